import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@doubloon/dev/demo/until.ts';
import { available } from '@doubloon/dev/kafka/cache.ts';
import { openEyes, readFinal, unhandled } from '@doubloon/dev/kill-matrix/final-state.ts';
import { openIssue, play, type Playing } from '@doubloon/dev/kill-matrix/history.ts';
import { judge } from '@doubloon/dev/kill-matrix/oracle.ts';
import { untilRight } from '@doubloon/dev/kill-matrix/run.ts';
import { seeded } from '@doubloon/dev/histories/seeded.ts';
import type { Neighbour } from '@doubloon/dev/stack/neighbours.ts';
import { startStack, type Stack } from '@doubloon/dev/stack/stack.ts';
import { expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 420_000 });

/** How long a neighbour is away. It is the condition itself, and nothing to be made shorter. */
const outageMs = 60_000;
const healsWithinMs = 150_000;
const seed = randomInt(1_000_000);
process.stdout.write(`seed ${String(seed)}\n`);

interface Away { take(stack: Stack): Promise<unknown>; giveBack(stack: Stack): Promise<unknown> }

const cut = (neighbour: Neighbour): Away => ({
  take: ({ neighbours }) => Promise.all(neighbours[neighbour].map((proxy) => proxy.cut())),
  giveBack: ({ neighbours }) => Promise.all(neighbours[neighbour].map((proxy) => proxy.heal())),
});
// Whoever comes back from such a silence knows nothing of the connections of before it, and resets them.
const silence = (neighbour: Neighbour): Away => ({
  async take({ neighbours }) { for (const proxy of neighbours[neighbour]) proxy.halfOpen(); },
  async giveBack({ neighbours }) {
    for (const proxy of neighbours[neighbour]) {
      proxy.reset();
      await proxy.heal();
    }
  },
});
const crash: Away = {
  take: async ({ broker }) => broker?.stop('SIGKILL'),
  giveBack: async ({ broker }) => broker?.restart(),
};

// They run side by side, but start one after the other: all at once would be too much for two cores.
let turn: Promise<unknown> = Promise.resolve();
function startInTurn(options: Parameters<typeof startStack>[0]): Promise<Stack> {
  const started = turn.then(() => startStack(options));
  turn = started.catch(() => undefined);
  return started;
}

const kafka = await available();
const whereKafkaIs = kafka.ok || process.env['CI'] === 'true' ? [['Kafka', true, crash] as const] : [];
if (whereKafkaIs.length === 0) process.stderr.write('SKIPPED a minute without Kafka: it needs Java 17 or newer, and Maven\n');

// Those that take longest to come back go first.
test.concurrent.each([
  ...whereKafkaIs,
  ['GitHub', false, silence('github')] as const,
  ['PostgreSQL', false, cut('postgres')] as const,
  ['the event log', false, cut('log')] as const,
  ['the node', false, cut('node')] as const,
])('a minute without %s, while an offer is being funded, heals by itself: one comment, one offer, one deposit, each event once', async (name, isKafka, away) => {
  const lines: string[] = [];
  await using stack = await startInTurn({
    web: false, kafka: isKafka, takeable: true, env: { 'github-app': { GITHUB_APP_SWEEP_EVERY: '5s' } },
    progress: () => undefined, onLine: (line) => { if (lines.push(line) > 400) lines.shift(); },
  });
  await using eyes = await openEyes(stack);
  const pids = () => (['treasury', 'github-app'] as const).map((app) => stack.app(app).pid);
  const before = pids();
  const playing: Playing = { stack, treasury: eyes.treasury, patienceMs: outageMs + healsWithinMs, random: seeded(seed), acts: [], signatures: [] };
  const place = await openIssue(stack, `A minute without ${name}`);
  const sources = () => playing.acts.filter(({ kind }) => kind === 'offer').map(({ source }) => source);
  const playedOut = play(playing, place, 'more');
  playedOut.catch(() => undefined);

  // The transaction is on the chain, and neither final there nor known to us as landed.
  await until('the transaction to be on the chain', async () => {
    const fund = playing.acts.find(({ kind }) => kind === 'fund');
    return fund?.kind === 'fund' && (await stack.chain.signatureStatuses([fund.signature]))[0] !== undefined ? true : undefined;
  }, healsWithinMs);
  await away.take(stack);
  await sleep(outageMs);
  // Where the log is Kafka it can't be read either: that much is still to be done is asked of the databases.
  const isUnfinished = isKafka ? (await eyes.treasury.query('select from outbox')).rowCount !== 0 : judge(playing.acts, await readFinal(stack, eyes, place, sources())).length > 0;
  await away.giveBack(stack);

  const outcome = { unfinishedWithout: isUnfinished, problems: await playedOut.then(() => untilRight(stack, eyes, place, playing.acts, healsWithinMs, healsWithinMs), (error: unknown) => [String(error)]), pids: pids() };
  expect(outcome, `seed ${String(seed)}, still open ${JSON.stringify(await unhandled(eyes))}\n${lines.slice(-40).join('\n')}`).toEqual({ unfinishedWithout: true, problems: [], pids: before });
  stack.github.assertConforms();
});
