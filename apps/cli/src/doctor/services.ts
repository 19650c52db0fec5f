import { isDoubloonError } from '@doubloon/errors';
import { createIdentityClient, createTreasuryClient, type ClientOptions } from '@doubloon/rpc';
import { fail, ok, warn, type Finding } from './finding.ts';
import { appNames, valueOf, type AppName, type Instance } from './instance.ts';
import { calls } from './tokens.ts';

/** Whether each service runs, is ready, and answers those who call it. */
export async function checkServices(instance: Instance): Promise<readonly Finding[]> {
  const [ready, called] = await Promise.all([Promise.all(appNames.map((app) => checkReady(instance, app))), Promise.all(calls.map((call) => checkCall(instance, call)))]);
  return [...ready, ...called].flat();
}

interface Ready {
  readonly phase?: string;
  readonly dependencies?: Readonly<Record<string, { readonly ok: boolean; readonly needed?: boolean; readonly reason?: string }>>;
}

/** Asks the probe, where its address is known: in containers it answers inside alone. */
async function checkReady(instance: Instance, app: AppName): Promise<readonly Finding[]> {
  const check = `service.${app}`;
  const port = valueOf(instance, app, 'INTERNAL_PORT') ?? '0';
  if (port === '0') return [];
  const host = valueOf(instance, app, 'INTERNAL_HOST') ?? '127.0.0.1';
  const remedy = `Start ${app}, and look at what it logs: it says why it ended.`;
  let ready: Ready;
  let isReady: boolean;
  try {
    const reply = await fetch(`http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/readyz`, { signal: AbortSignal.timeout(5_000) });
    [ready, isReady] = [(await reply.json()) as Ready, reply.ok];
  } catch {
    return [fail(check, `${app} does not answer.`, remedy)];
  }
  const down = Object.entries(ready.dependencies ?? {}).filter(([, { ok: isUp }]) => !isUp).map(([name, { reason }]) => `${name}${reason === undefined ? '' : ` (${reason})`}`);
  if (!isReady) return [fail(check, `${app} is not ready: ${down.length > 0 ? down.join(', ') : (ready.phase ?? 'unknown reason')}.`, remedy)];
  if (down.length > 0) return [warn(check, `${app} does without ${down.join(', ')}.`, 'It catches up by itself once that is back; mend what failed above.')];
  return [ok(check, `${app} is ready.`)];
}

// What nobody has for an id: whoever may ask is told so, and nothing more is done.
const ask = {
  treasury: (options: ClientOptions) => createTreasuryClient(options).getOffer({ offerId: '0'.repeat(32) }),
  identity: (options: ClientOptions) => createIdentityClient(options).getSession({ session: '0'.repeat(43) }),
} as const;
/** How a service answers that took the token; a caller that may not ask just this is known all the same. */
const answers = ['OFFER_ABSENT', 'SESSION_ABSENT', 'FORBIDDEN'];

async function checkCall(instance: Instance, { caller, callee, token: name, url: address }: (typeof calls)[number]): Promise<readonly Finding[]> {
  const check = `calls.${caller}-${callee}`;
  const [url, token] = [valueOf(instance, caller, address), valueOf(instance, caller, name)];
  if (url === undefined || token === undefined) return [];
  try {
    await ask[callee]({ url, token, caller: 'doctor', timeoutMs: 5_000 });
  } catch (error) {
    if (isDoubloonError(error, 'UNAUTHENTICATED')) return [fail(check, `${callee} refuses the token of ${caller}.`, `See that ${callee} was started again since its callers were changed.`)];
    if (!isDoubloonError(error) || !answers.includes(error.code)) return [fail(check, `${caller} gets no answer from ${callee} at ${url}.`, `Start ${callee}, and see that ${address} of ${caller} leads to it.`)];
  }
  return [ok(check, `${callee} answers ${caller}.`)];
}
