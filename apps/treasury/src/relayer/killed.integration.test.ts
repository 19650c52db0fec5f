import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { cancel, decodeDeposit, localProgram, signTransaction } from '@doubloon/escrow';
import { failpoints, type FailpointName } from '@doubloon/failpoints';
import { treasury } from '@doubloon/rpc';
import { openAuthority } from '../../testing/authority.ts';
import { clientsOf, fundedOffer, openHome, openLocalChain, patient, repositoryId, typesOf, type Clients, type Home } from '../../testing/instance.ts';

interface Running {
  readonly clients: Clients;
  /** How the process ended. */
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A treasury in a process of its own, which dies at the failpoint as if its power were cut. */
async function start(home: Home, failpoint?: FailpointName): Promise<Running> {
  const env = { ...home.env, PATH: process.env['PATH'], NODE_ENV: 'test', LOG_LEVEL: 'info', HOST: '127.0.0.1', PORT: '0', ...(failpoint === undefined ? {} : { DOUBLOON_FAILPOINT: failpoint }) } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = (once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>).then(([, signal]) => signal);
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  onTestFinished(() => kill('SIGKILL'));
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
      if (msg === 'listening' && url !== undefined) resolve(url);
    });
  });
  // Something may be due as soon as it starts.
  const url = await Promise.race([listening, ended.then(() => 'http://127.0.0.1:1')]);
  return { clients: clientsOf(url, home), ended, kill };
}

const someone = () => String(randomInt(1, 2 ** 40));
const relaying = ['relay-signed', 'relay-kept', 'relay-claimed', 'relay-sent', 'relay-seen', 'relay-settled'] as const satisfies readonly FailpointName[];

async function setUp({ changes = {}, ...options }: { slotMs?: number; changes?: Readonly<Record<string, string>> } = {}) {
  const local = await openLocalChain(options);
  onTestFinished(() => local[Symbol.asyncDispose]());
  const authority = await openAuthority();
  const home = await openHome(local, { ...authority.env, TREASURY_RELAYER_KEY_FILE: local.relayerKeyFile, ...changes });
  const dying = async (name: FailpointName, act: (running: Running) => Promise<unknown> = () => Promise.resolve()): Promise<void> => {
    const running = await start(home, name);
    await act(running).catch(() => undefined);
    expect([name, await running.ended]).toEqual([name, 'SIGKILL']);
  };
  return { local, home, dying };
}

const others = ['decision-allowed', 'decision-kept', 'crank-due', 'deposit-seen-changed', 'deposit-change-kept', 'award-checked', 'award-kept', 'step-checked', 'step-kept'] as const satisfies readonly FailpointName[];

test('every failpoint of the treasury that no history of the kill matrix comes by is one of those here', () => {
  expect(Object.entries(failpoints).flatMap(([name, point]) => (point.app === 'treasury' && 'isUnplayed' in point ? [name] : [])).sort()).toEqual([...relaying, ...others].sort());
});

test('killed at each step of an award and of its payout, it awards once and pays once, exactly', { timeout: 300_000 }, async () => {
  const { local, home, dying } = await setUp();
  const first = await start(home);
  const money = await fundedOffer(local, first.clients);
  await first.kill('SIGTERM');
  const ada = someone();
  const wallet = await local.link(ada);
  const before = (await local.chain.account(wallet.address, 'finalized'))?.lamports ?? 0n;
  const source = { repositoryId, issueId: money.issueId, issueNumber: 7, sourceKind: 'issue-comment', sourceId: someone() };
  const award = ({ clients }: Running) => clients.app.award({ source, shares: [{ githubId: ada, bps: 10_000 }] });

  for (const name of ['decision-allowed', 'decision-kept'] as const) await dying(name, award);
  for (const name of relaying) await dying(name, award);
  const second = await start(home);
  await award(second);
  await expect.poll(() => typesOf(home, money.issueId), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
  await second.kill('SIGTERM');

  await local.localnet.timeTravel(72 * 3_600 + 60);
  for (const name of ['crank-due', ...relaying] as const) await dying(name);
  const third = await start(home);
  await expect.poll(() => typesOf(home, money.issueId), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'paid']);
  // What it sees of the deposit and what it makes of the intent are two rounds.
  await expect.poll(async () => (await home.database.pool.query("select from relayer_intent where state <> 'done'")).rowCount, patient).toBe(0);
  await third.kill('SIGTERM');
  expect(((await local.chain.account(wallet.address, 'finalized'))?.lamports ?? 0n) - before).toBe(500_000_000n);
  const { rows } = await home.database.pool.query<{ action: string; state: string; count: string }>('select action, state, count(*) from relayer_intent group by 1, 2 order by 1');
  expect(rows).toEqual([{ action: 'award', state: 'done', count: '1' }, { action: 'payout', state: 'done', count: '1' }]);
  // On a slow machine one may have run out of time, and another was made then.
  expect((await home.database.pool.query("select from relayer_transaction where state = 'finalized'")).rowCount).toBe(2);
  // One award and one payout have changed the account.
  expect(decodeDeposit((await local.chain.account(money.deposit, 'finalized'))?.data ?? new Uint8Array()).sequence).toBe(3n);
});

test('killed around what it has seen of a deposit, it tells of it once', { timeout: 120_000 }, async () => {
  const { local, home, dying } = await setUp();
  const first = await start(home);
  const all = [await fundedOffer(local, first.clients), await fundedOffer(local, first.clients)];
  await first.kill('SIGTERM');
  for (const { deposit, funder } of all) await local.send([cancel({ program: localProgram, deposit, operator: local.operator, funder: funder.address, decider: local.keys.relayer.address })], [funder, local.keys.relayer]);
  for (const name of ['deposit-seen-changed', 'deposit-change-kept'] as const) await dying(name);
  await start(home);
  for (const { issueId } of all) await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded', 'cancelled']);
});

// Its blockhash has to live through some starts of a process.
test('killed around an award that a wallet signed, it takes it once', { timeout: 120_000 }, async () => {
  const { local, home, dying } = await setUp({ slotMs: 150 });
  const first = await start(home);
  const money = await fundedOffer(local, first.clients);
  const built = await first.clients.web.buildAward({ deposit: money.deposit, wallet: money.funder.address, shares: [{ githubId: someone(), bps: 10_000 }], actorId: '9919', issueNumber: 7 });
  const transaction = signTransaction(built.transaction, [money.funder]);
  await first.kill('SIGTERM');
  const submit = ({ clients }: Running) => clients.web.submitAward({ deposit: money.deposit, transaction });
  for (const name of ['award-checked', 'award-kept'] as const) await dying(name, submit);
  await submit(await start(home)).catch(() => undefined);
  await expect.poll(() => typesOf(home, money.issueId), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
  expect((await home.database.pool.query('select from relayer_transaction')).rowCount).toBe(1);
});

test('killed around a step that a wallet signed, it takes it once', { timeout: 120_000 }, async () => {
  const { local, home, dying } = await setUp({ slotMs: 150, changes: { TREASURY_REFUND_AFTER: '30d' } });
  const first = await start(home);
  const money = await fundedOffer(local, first.clients);
  await local.localnet.timeTravel(94 * 86_400);
  const step = { deposit: money.deposit, step: treasury.DepositStep.REFUND, share: 0 };
  const { transaction: built } = await first.clients.web.buildDepositStep({ ...step, wallet: money.funder.address });
  const transaction = signTransaction(built, [money.funder]);
  await first.kill('SIGTERM');
  const submit = ({ clients }: Running) => clients.web.submitDepositStep({ ...step, transaction });
  for (const name of ['step-checked', 'step-kept'] as const) await dying(name, submit);
  const last = await start(home);
  await submit(last);
  await expect.poll(() => typesOf(home, money.issueId), patient).toEqual(['offered', 'submitted', 'funded', 'refunded']);
  expect((await home.database.pool.query('select from deposit_step')).rowCount).toBe(1);
});
