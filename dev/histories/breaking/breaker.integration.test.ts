import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startStack, type AppName } from '../../stack/stack.ts';
import type { Round } from '../operation.ts';
import { openStage, stackFor, type Stage } from '../play/stage.ts';
import { nodeFaults, type Break, type Deed } from './break.ts';
import { openBreaker } from './breaker.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const repository = 'histories/plain';
const open = new AsyncDisposableStack();
let stage: Stage;

beforeAll(async () => {
  const settings = stackFor([{ name: repository }]);
  const stack = open.use(await startStack({
    ...settings, env: { treasury: settings.env.treasury, 'github-app': { GITHUB_APP_SWEEP_EVERY: '1s' } }, web: false, takeable: true, faultyNode: true, progress: () => undefined, onLine: () => undefined,
  }));
  stage = open.use(await openStage(stack, [{ name: repository }]));
});
afterAll(() => open.disposeAsync());

/** Somebody offers money on a new issue. */
async function offer(title: string): Promise<number> {
  const { github } = stage.stack;
  const { number } = github.openIssue('ada', repository, { title });
  const headers = { authorization: `Bearer ${github.tokens['ada'] ?? ''}`, 'user-agent': 'ada', 'content-type': 'application/json' };
  const reply = await fetch(`${github.apiUrl}/repos/${repository}/issues/${String(number)}/comments`, { method: 'POST', headers, body: JSON.stringify({ body: '$sol:0.5$' }) });
  expect(reply.status).toBe(201);
  return number;
}

/** Offers money on a new issue now and then, a dozen times at most, and answers the issues when that which happens meanwhile is over. */
async function offerDuring(meanwhile: Promise<void>): Promise<number[]> {
  const issues: number[] = [];
  const over = new AbortController();
  const ended = meanwhile.finally(() => { over.abort(); });
  while (!over.signal.aborted && issues.length < 12) {
    issues.push(await offer(`Broken ${String(issues.length)}`));
    await Promise.race([ended, sleep(500)]);
  }
  await ended;
  return issues;
}

/** Our comments on the issues. */
async function answers(issues: readonly number[]): Promise<number[]> {
  const { rows } = await stage.app.query<{ number: number }>('select number::int from issue join living_comment l on l.repository_id = issue.repository_id and l.issue_id = issue.id where l.comment_id is not null and number = any ($1)', [issues]);
  return rows.map(({ number }) => number).sort((a, b) => a - b);
}

const isReady = async (name: AppName): Promise<boolean> => (await fetch(`${stage.stack.app(name).internalUrl}/readyz`)).ok;

const at = (round: Round, atMs: number, deeds: readonly Deed[]): Break[] => deeds.map((deed) => ({ ...deed, round, atMs }));

test('everything that is planned really breaks, and is whole afterwards: what was said meanwhile is answered, once', async () => {
  const { stack } = stage;
  const deliveries = { path: '/app/hook/deliveries', times: 1 };
  const plan = [
    ...at(0, 0, [
      { what: 'hook', event: 'issue_comment', action: 'created', times: 1, fault: { kind: 'duplicate' } },
      { what: 'hook', event: 'issue_comment', action: 'created', times: 1, fault: { kind: 'late', by: { deliveries: 1 } } },
      { what: 'hook', event: 'issue_comment', action: 'created', times: 1, fault: { kind: 'late', by: { ms: 200 } } },
      { what: 'hook', event: 'issue_comment', action: 'created', times: 1, fault: { kind: 'lost', inLog: true } },
      { what: 'hook', event: 'issues', action: 'opened', times: 1, fault: { kind: 'lost', inLog: false } },
      { what: 'api', ...deliveries, fault: { kind: 'unavailable', status: 502 } },
      { what: 'api', method: 'POST', path: '/issues/[0-9]+/comments$', times: 1, fault: { kind: 'unavailable', done: true } },
      { what: 'api', method: 'POST', path: '/reactions$', times: 1, fault: { kind: 'reset' } },
      { what: 'api', path: '/repos/', times: 1, fault: { kind: 'slow', ms: 100 } },
      { what: 'clock', byMs: 60_000 },
      { what: 'kills', app: 'treasury', cards: [], withinMs: 1_000 },
    ]),
    ...at(0, 600, [{ what: 'kills', app: 'github-app', cards: [{ name: 'inbox-claimed', nth: 1 }], withinMs: 30_000 }]),
    ...at(1, 0, [
      { what: 'stall', who: 'identity', forMs: 200 },
      ...(['cut', 'reset', 'half-open', 'delay'] as const).flatMap((how): Deed[] => (['postgres', 'log', 'github'] as const).map((to) => ({ what: 'way', to, how, forMs: 100 }))),
      ...nodeFaults.map((how): Deed => ({ what: 'node', how, forMs: 100 })),
      { what: 'stall', who: 'postgres', forMs: 200 },
      { what: 'restart', how: 'fast' },
      { what: 'restart', how: 'immediate' },
      { what: 'again' },
    ]),
  ];
  const problems: string[] = [];
  const breaker = await openBreaker(stage, { seed: 1, breaks: plan }, (says) => problems.push(says));
  const before = stack.apps.map((name) => stack.app(name).pid);
  const issues = await offerDuring(breaker.during(0, new AbortController().signal));
  expect(breaker.failpoints()).toEqual(['inbox-claimed']);
  expect(breaker.kills()).toBe(3);
  // By then GitHub's API was asked for all that fails there.
  await expect.poll(() => answers(issues), { timeout: 120_000, interval: 250 }).toEqual(issues);
  await breaker.calm();

  await breaker.during(1, new AbortController().signal);
  await breaker.calm();
  const last = await offer('Whole');
  await expect.poll(() => answers([last]), { timeout: 120_000, interval: 250 }).toEqual([last]);
  for (const name of stack.apps) expect(stack.app(name).pid === before[stack.apps.indexOf(name)]).toBe(name === 'identity');
  expect(problems).toEqual([]);
  const kinds = Object.keys(breaker.breaks());
  for (const kind of ['treasury killed at any moment', 'github-app killed at any moment', 'github-app killed at a failpoint',
    'webhook duplicated', 'webhook overtaken', 'webhook late', 'webhook lost, failed in the log', 'webhook lost, unknown in the log', 'API: unavailable', 'API: unavailable, but done', 'API: reset', 'API: slow', 'clock of GitHub jumps',
    'process stalled', 'disk of PostgreSQL stalled', 'PostgreSQL restarted, fast', 'PostgreSQL restarted, immediate', 'connections to PostgreSQL: cut', 'connections to the event log: half-open', 'connections to GitHub: delay',
    ...nodeFaults.map((how) => `node: ${how}`), 'everything delivered again']) expect(kinds).toContain(kind);
  await breaker[Symbol.asyncDispose]();
});

test('without the law of the inbox, a delivery that is lost when the App dies is told at once, and afterwards the law is in force again', async () => {
  const problems: string[] = [];
  const plan = { seed: 1, breaks: at(0, 0, [{ what: 'kills', app: 'github-app', cards: [{ name: 'delivery-verified', nth: 2 }], withinMs: 60_000 }]), lawOff: 'inbox' as const };
  const breaker = await openBreaker(stage, plan, (says) => problems.push(says));
  await offerDuring(breaker.during(0, new AbortController().signal));
  await breaker[Symbol.asyncDispose]();
  expect(problems).toContainEqual(expect.stringMatching(/^lost: delivery .* was acknowledged to GitHub and not stored$/));
  expect(await Promise.all(stage.stack.apps.map(isReady))).toEqual([true, true, true]);
  const last = await offer('Lawful');
  await expect.poll(() => answers([last]), { timeout: 120_000, interval: 250 }).toEqual([last]);
});
