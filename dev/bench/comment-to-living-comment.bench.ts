import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { GitHubStandin } from '@doubloon/github-standin';
import type { Measure } from './benchmark.ts';
import { startQuietStack } from './quiet-stack.ts';
import { percentile } from './rounds.ts';

const repository = 'analytical-engines/difference';
const issues = 24;
const rounds = 3;
const perSecond = 10;
/** The App edits one living comment at most once in two seconds. */
const restMs = 2_500;
const limitMs = 20_000;

interface Told { readonly action: string; readonly issue: { readonly number: number }; readonly comment?: { readonly body: string }; readonly sender: { readonly type: string } }

/** Resolves with the milliseconds until the App has written a comment with `amount` on the issue, as the stand-in saw it. */
async function untilWritten(github: GitHubStandin, number: number, amount: string, began: number): Promise<number> {
  for (let at = github.deliveries.length; performance.now() - began < limitMs; await sleep(1)) {
    for (; at < github.deliveries.length; at++) {
      const delivery = github.deliveries[at];
      if (delivery?.event !== 'issue_comment') continue;
      const told = JSON.parse(delivery.request.payload) as Told;
      if (told.sender.type === 'Bot' && told.issue.number === number && told.comment?.body.includes(amount) === true) return performance.now() - began;
    }
  }
  throw new Error(`no living comment with ${amount} on #${String(number)} within ${String(limitMs)} ms`);
}

/** From a person's comment at the stand-in to what the App has written of it there. */
export const measure: Measure = async () => {
  await using stack = await startQuietStack({ web: false, limits: { createsPerMinute: 10_000, createsPerHour: 10_000 } });
  const { github } = stack;
  const call = async <T>(method: string, path: string, body: object): Promise<T> => {
    const reply = await fetch(`${github.apiUrl}/repos/${repository}${path}`, { method, headers: { authorization: `Bearer ${github.tokens['ada'] ?? ''}`, 'user-agent': 'bench', 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${method} ${path} answered ${String(reply.status)}`);
    return (await reply.json()) as T;
  };
  const numbers: number[] = [];
  for (let nth = 0; nth < issues; nth++) numbers.push((await call<{ number: number }>('POST', '/issues', { title: `Issue ${String(nth)}` })).number);
  await github.delivered();
  // What GitHub allows to be created a minute is not what is measured: the App's own count of it starts anew with each series.
  const app = new pg.Client({ connectionString: stack.databaseUrls['github-app'] });
  app.on('error', () => undefined);
  await app.connect();
  const rest = async (): Promise<void> => {
    await sleep(restMs);
    await app.query("update installation set created_at = '{}'");
  };

  const comments = new Map<number, number>();
  const created: number[] = [];
  for (const number of numbers) {
    const began = performance.now();
    const { id } = github.comment('ada', repository, number, 'I would love this. $sol:0.01$');
    comments.set(number, id);
    created.push(await untilWritten(github, number, '0.01', began));
  }

  let cents = 1;
  const edit = async (number: number, amount: string): Promise<number> => {
    const began = performance.now();
    const written = untilWritten(github, number, amount, began);
    await call('PATCH', `/issues/comments/${String(comments.get(number))}`, { body: `I would love this. $sol:${amount}$` });
    return written;
  };
  const amountOf = (): string => `0.${String(++cents).padStart(2, '0')}`;
  const [oneByOne, atOnce]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    await rest();
    const single = amountOf();
    for (const number of numbers) oneByOne.push(await edit(number, single));
    await rest();
    const paced = amountOf();
    const began = performance.now();
    atOnce.push(...(await Promise.all(numbers.map(async (number, nth) => {
      await sleep(Math.max(0, began + (nth * 1000) / perSecond - performance.now()));
      return edit(number, paced);
    }))));
  }

  await app.end();

  const trips = await roundTrips(created.length);
  const figures = (name: string, took: readonly number[]) => [0.5, 0.99].map((share) => ({ name: `${name}: p${String(share * 100)}`, unit: 'ms', ours: percentile(took, share), baseline: percentile(trips, share), ratio: percentile(took, share) / percentile(trips, share), n: took.length }));
  return {
    aim: 'p50 under 300 ms of our own time',
    baseline: 'one POST to a server on node:http that does nothing: the least that a webhook and its answer take on this machine now',
    conditions: `All embedded, every service its own process: stand-in, App, treasury, event log and databases on PostgreSQL (without fsync). From the comment at the stand-in to the App's writing there; ${String(issues)} issues, ${String(rounds)} rounds of edits, in turn one by one and at ${String(perSecond)} a second.`,
    figures: [...figures('a comment, one by one', created), ...figures('an edit, one by one', oneByOne), ...figures(`edits at ${String(perSecond)} a second`, atOnce)],
  };
};

async function roundTrips(count: number): Promise<number[]> {
  const server = createServer((request, response) => { request.resume().on('end', () => response.writeHead(202, { connection: 'close' }).end()); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const took: number[] = [];
  for (let nth = 0; nth < count; nth++) {
    const began = performance.now();
    await (await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, { method: 'POST', body: 'x'.repeat(12_000) })).arrayBuffer();
    took.push(performance.now() - began);
  }
  server.close();
  return took;
}
