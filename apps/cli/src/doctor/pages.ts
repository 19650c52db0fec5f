import { fail, ok, type Finding } from './finding.ts';
import { valueOf, type Instance } from './instance.ts';

/** Whether people who follow a link come to the pages. */
export async function checkPages(instance: Instance): Promise<readonly Finding[]> {
  const check = 'pages.origin';
  const origin = valueOf(instance, 'web', 'WEB_ORIGIN');
  if (origin === undefined || URL.parse(origin) === null) return [];
  const remedy = 'See that your proxy leads WEB_ORIGIN to the port of web, and that web runs.';
  try {
    const reply = await fetch(new URL('/', origin), { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
    const html = await reply.text();
    if (reply.status !== 200 || !html.includes('Doubloon')) return [fail(check, `${origin} answers ${String(reply.status)}, and not with the pages.`, remedy)];
    return [ok(check, `The pages answer at ${origin}.`)];
  } catch {
    return [fail(check, `Nobody answers at ${origin}.`, remedy)];
  }
}
