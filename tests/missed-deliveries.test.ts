import { until } from '@doubloon/dev/demo/until.ts';
import { startStack, type Stack } from '@doubloon/dev/stack/stack.ts';
import { openPerson } from '@doubloon/dev/demo/person.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = 'analytical-engines/difference';
let stack: Stack;
beforeAll(async () => { stack = await startStack({ web: false, progress: () => undefined, onLine: () => undefined }); });
afterAll(() => stack[Symbol.asyncDispose]());

async function openIssue(title: string): Promise<{ number: number; id: number }> {
  const reply = await fetch(`${stack.github.apiUrl}/repos/${repository}/issues`, {
    method: 'POST', body: JSON.stringify({ title }),
    headers: { authorization: `Bearer ${stack.github.tokens['ada'] ?? ''}`, 'user-agent': 'ada', 'content-type': 'application/json' },
  });
  if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to a new issue`);
  return (await reply.json()) as { number: number; id: number };
}

/** What the living comment of an issue has links to fund for, by the text that offers it: it shows every offer that stands. */
async function offeredIn(body: string): Promise<string[]> {
  const links = [...body.matchAll(/\/fund\/([0-9a-f]{32})\)/g)].map(([, offerId = '']) => offerId);
  const offers = await Promise.all(links.map((offerId) => stack.treasury.getOffer({ offerId })));
  return offers.map(({ offer }) => `${offer?.source?.url ?? ''} ${offer?.text ?? ''}`).sort();
}

/** A counter of the App, by its name and its label. */
async function counted(name: string, label: string): Promise<number> {
  const text = await (await fetch(`${stack.app('github-app').internalUrl}/metrics`)).text();
  return Number(text.split('\n').find((line) => line.startsWith(`${name}{`) && line.includes(`"${label}"`))?.split(' ').at(-1) ?? 0);
}

const living = (issue: number, wanted: (body: string) => boolean) => openPerson(stack.github, 'ada', repository, issue).livingComment(wanted);

test('fifty commands that were posted while the App was away are answered within a minute and one sweep, once each', async () => {
  const app = stack.app('github-app');
  const issues: number[] = [];
  for (let nth = 1; nth <= 10; nth++) issues.push((await openIssue(`Issue ${String(nth)} without the App`)).number);
  await app.stop();
  const posted = issues.map((issue) => ({ issue, offers: ['0.11', '0.12', '0.13', '0.14', '0.15'].map((text) => `${stack.github.comment('ada', repository, issue, `$sol:${text}$`).htmlUrl} ${text}`) }));
  await stack.github.delivered();
  expect(stack.github.deliveries.filter(({ event, outcome }) => event === 'issue_comment' && outcome?.statusCode === 502)).toHaveLength(50);

  await app.start();
  const end = Date.now() + 60_000;
  for (const { issue, offers } of posted) {
    const { body } = await until(`issue ${String(issue)} to be answered`, () => living(issue, (text) => offers.every((offer) => text.includes(`Fund ${offer.split(' ').at(-1) ?? ''} sol`))), end - Date.now());
    expect(await offeredIn(body)).toEqual(offers.sort());
  }
  // A good round is counted at its end, which may be a moment away.
  expect(await counted('doubloon_sweep_rounds_total', 'good')).toBeLessThanOrEqual(1);
  expect(await counted('doubloon_sweep_deliveries_total', 'found')).toBeGreaterThanOrEqual(50);
});

test.each([['leads nowhere', 'http://127.0.0.1:1/webhooks'], ['is not set', undefined]])('when the address of the webhooks %s, the sweep alone carries the line: offer, edit, deletion', async (_what, url) => {
  stack.github.setWebhook(url, 'a secret that nobody ever checks anything with');
  await stack.app('github-app').start({ GITHUB_APP_SWEEP_EVERY: '1s' });
  const { number } = await openIssue('An issue that nobody is told of');
  const ada = openPerson(stack.github, 'ada', repository, number);
  const { id } = await ada.comment('$sol:0.5$');
  await until('an answer', () => living(number, (body) => body.includes('Fund 0.5 sol')));
  await ada.edit(id, '$sol:0.75$');
  await until('the edit', () => living(number, (body) => body.includes('Fund 0.75 sol') && !body.includes('Fund 0.5 sol')));
  await ada.remove(id);
  await until('the deletion', () => living(number, (body) => body.includes('Ended: 1 replaced by an edit, 1 withdrawn.')));
});
