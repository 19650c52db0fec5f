import { randomInt } from 'node:crypto';
import { test, vi } from 'vitest';
import { award, decodeDeposit, localProgram, signerFromSeed, signTransaction } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuthority } from '../../testing/authority.ts';
import { behindProxy, fundedOffer, openHome, openLocalChain, openTreasury, patient as inTurn, repositoryId, startTreasury, typesOf, writeKeyFile, type Clients, type Funded, type Home, type LocalChain } from '../../testing/instance.ts';

const someone = () => String(randomInt(1, 2 ** 40));
const awardTo = ({ app }: Clients, money: Funded) => app.award({ source: { repositoryId, issueId: money.issueId, issueNumber: 7, sourceKind: 'issue-comment', sourceId: someone() }, shares: [{ githubId: someone(), bps: 10_000 }] });
const intentsOf = async ({ database }: Home, { deposit }: Funded) => (await database.pool.query<{ state: string; problem: string | null; attempts: number }>('select state, problem, attempts from relayer_intent where deposit = $1 order by id', [deposit])).rows;
const signedOf = async ({ database }: Home) => (await database.pool.query<{ signature: string; state: string }>('select signature, state from relayer_transaction order by built_at')).rows;

// Each has a chain, a node and a database of its own, and mostly waits for them: side by side they take as long as the longest.
vi.setConfig({ testTimeout: 150_000 });
const patient = { ...inTurn, timeout: 60_000 };

type AtEnd = (close: () => Promise<void>) => void;

async function setUp(onTestFinished: AtEnd, changes: Readonly<Record<string, string>> = {}) {
  const local = await openLocalChain();
  onTestFinished(async () => { await local[Symbol.asyncDispose](); });
  const { node, env } = await behindProxy(local, onTestFinished);
  const authority = await openAuthority(onTestFinished);
  const home = await openHome(local, { ...env, ...authority.env, TREASURY_RELAYER_KEY_FILE: local.relayerKeyFile, ...changes }, onTestFinished);
  return { local, node, home, authority };
}
const awardOn = async (local: LocalChain, { deposit }: Funded) => decodeDeposit((await local.chain.account(deposit, 'finalized'))?.data ?? new Uint8Array()).award;

test.concurrent('what the network drops is sent again, and made anew only when it no longer can land', async ({ expect, onTestFinished }) => {
  const { local, node, home } = await setUp(onTestFinished);
  const clients = await startTreasury(home, onTestFinished);
  const money = await fundedOffer(local, clients);
  const end = node.dropSends();
  await awardTo(clients, money);
  await expect.poll(() => signedOf(home), patient).toMatchObject([{ state: 'expired' }, {}]);
  const [first, second] = await signedOf(home);
  const bytes = node.sent();
  expect(new Set(bytes).size).toBeLessThan(bytes.length);
  end();
  await expect.poll(() => typesOf(home, money.issueId), patient).toContain('awarded');
  await expect.poll(() => intentsOf(home, money), patient).toMatchObject([{ state: 'done' }]);
  expect(first?.signature).not.toBe(second?.signature);
});

test.concurrent('an answer that is lost after it was passed on makes nothing twice', async ({ expect, onTestFinished }) => {
  const { local, node, home } = await setUp(onTestFinished);
  const clients = await startTreasury(home, onTestFinished);
  const money = await fundedOffer(local, clients);
  node.loseSendAnswers('error', 1);
  await awardTo(clients, money);
  await expect.poll(() => intentsOf(home, money), patient).toMatchObject([{ state: 'done' }]);
  expect(await signedOf(home)).toMatchObject([{ state: 'finalized' }]);
});

test.concurrent('a node that says it landed is not believed: the deposit says it', async ({ expect, onTestFinished }) => {
  const { local, node, home } = await setUp(onTestFinished);
  const clients = await startTreasury(home, onTestFinished);
  const money = await fundedOffer(local, clients);
  node.dropSends(1);
  const end = node.claimStatuses('finalized');
  await awardTo(clients, money);
  await expect.poll(async () => (await signedOf(home))[0]?.state, patient).toBe('finalized');
  expect(await awardOn(local, money)).toBeUndefined();
  expect(await intentsOf(home, money)).not.toMatchObject([{ state: 'done' }]);
  end();
  await expect.poll(() => intentsOf(home, money), patient).toMatchObject([{ state: 'done' }]);
  expect(await awardOn(local, money)).toBeDefined();
});

test.concurrent('a transaction that would take more than its fee is never signed', async ({ expect, onTestFinished }) => {
  const { local, node, home } = await setUp(onTestFinished);
  const clients = await startTreasury(home, onTestFinished);
  const money = await fundedOffer(local, clients);
  const end = node.strike(async (_call, forward) => {
    const reply = await forward();
    return { ...reply, body: reply.body.replace(/("accounts":\[\{[^[]*\["",\s*"base64"\][^}]*"lamports":)\d+/, '$15') };
  }, { methods: ['simulateTransaction'] });
  await awardTo(clients, money);
  await expect.poll(async () => (await intentsOf(home, money))[0]?.problem, patient).toBe('It would take more from the relayer than its fee: its operator has to look.');
  expect(await signedOf(home)).toEqual([]);
  end();
  await expect.poll(() => typesOf(home, money.issueId), patient).toContain('awarded');
});

test.concurrent('a day’s budget that is spent holds everything back but a veto, and another day’s lets it go', async ({ expect, onTestFinished }) => {
  const { local, home } = await setUp(onTestFinished, { TREASURY_RELAYER_BUDGET: '0' });
  const clients = await openTreasury(home);
  const money = await fundedOffer(local, clients);
  await awardTo(clients, money);
  await expect.poll(async () => (await intentsOf(home, money))[0], patient).toMatchObject({ state: 'waiting', problem: 'What the relayer may spend in a day is spent.' });
  expect(await signedOf(home)).toEqual([]);
  // A veto does not wait: whoever spends the budget of others buys no award its time.
  const other = await fundedOffer(local, clients);
  const { createdSlot, sequence } = decodeDeposit((await local.chain.account(other.deposit, 'finalized'))?.data ?? new Uint8Array());
  await local.send([award({ program: localProgram, deposit: other.deposit, operator: local.operator, deciders: [local.keys.relayer.address], createdSlot, sequence, shares: [{ githubId: someone(), bps: 10_000 }] })], [await local.wallet(), local.keys.relayer]);
  await expect.poll(() => typesOf(home, other.issueId), patient).toContain('awarded');
  await clients.app.veto({ source: { repositoryId, issueId: other.issueId, issueNumber: 7, sourceKind: 'issue-comment', sourceId: someone() } });
  await expect.poll(() => typesOf(home, other.issueId), patient).toContain('vetoed');
  await clients.stop();
  const { TREASURY_RELAYER_BUDGET: _none, ...env } = home.env;
  await startTreasury({ ...home, env }, onTestFinished);
  await expect.poll(() => typesOf(home, money.issueId), patient).toContain('awarded');
});

test.concurrent('a key that is not the one in force signs nothing, and one that others can read is refused at the start', async ({ expect, onTestFinished }) => {
  const { local, home } = await setUp(onTestFinished);
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const seed = new Uint8Array(32).fill(9);
  const path = await writeKeyFile(folder, seed);
  await local.localnet.faucet.airdrop(signerFromSeed(seed).address, 1_000_000_000n);
  const clients = await openTreasury({ ...home, env: { ...home.env, TREASURY_RELAYER_KEY_FILE: path } });
  const money = await fundedOffer(local, clients);
  await awardTo(clients, money);
  await expect.poll(async () => (await intentsOf(home, money))[0], patient).toMatchObject({ state: 'waiting', problem: 'The relayer’s key is not the one in force on the chain; its operator has to look.' });
  await clients.stop();
  await chmod(path, 0o604);
  await expect(openTreasury({ ...home, env: { ...home.env, TREASURY_RELAYER_KEY_FILE: path } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await startTreasury(home, onTestFinished);
  await expect.poll(() => typesOf(home, money.issueId), patient).toContain('awarded');
});

test.concurrent('what is smaller than its repository asks for is left to others, and what it decides on is not', async ({ expect, onTestFinished }) => {
  const { local, home, authority } = await setUp(onTestFinished);
  authority.limit([{ denom: 'sol', minimum: '600000000' }]);
  const clients = await startTreasury(home, onTestFinished);
  const [small, decided] = [await fundedOffer(local, clients), await fundedOffer(local, clients)];
  await awardTo(clients, decided);
  await expect.poll(() => typesOf(home, decided.issueId), patient).toContain('awarded');
  await local.localnet.timeTravel(94 * 86_400);
  await expect.poll(() => intentsOf(home, small), patient).toMatchObject([{ state: 'waiting', problem: 'The deposit is smaller than what its repository asks for: anybody can do this themselves.' }]);
  expect(await signedOf(home)).toHaveLength(1);
});

test.concurrent('funders have a while of their own to take back what nobody earned', async ({ expect, onTestFinished }) => {
  const { local, home } = await setUp(onTestFinished, { TREASURY_REFUND_AFTER: '30m' });
  const clients = await startTreasury(home, onTestFinished);
  const first = await fundedOffer(local, clients);
  await local.localnet.timeTravel(3_600);
  const later = await fundedOffer(local, clients);
  // An hour and some minutes after the grace of the first, some minutes after that of the other.
  await local.localnet.timeTravel(93 * 86_400 + 300);
  await expect.poll(() => typesOf(home, first.issueId), patient).toContain('refunded');
  expect(await intentsOf(home, later)).toEqual([]);
  await local.localnet.timeTravel(1_800);
  await expect.poll(() => typesOf(home, later.issueId), patient).toContain('refunded');
});

test.concurrent('an award that a wallet signed and the network never took is told as failed, and can be built again', async ({ expect, onTestFinished }) => {
  const { local, node, home } = await setUp(onTestFinished);
  const clients = await startTreasury(home, onTestFinished);
  const money = await fundedOffer(local, clients);
  const build = () => clients.web.buildAward({ deposit: money.deposit, wallet: money.funder.address, shares: [{ githubId: someone(), bps: 10_000 }], actorId: '', issueNumber: 7 });
  const submit = async (transaction: Uint8Array) => (await clients.web.submitAward({ deposit: money.deposit, transaction })).intent;
  const end = node.dropSends();
  const lost = signTransaction((await build()).transaction, [money.funder]);
  await submit(lost);
  await expect.poll(() => submit(lost), patient).toMatchObject({ state: treasury.IntentState.FAILED, problem: 'The network did not take it in time.' });
  expect(await clients.web.getDeposit({ deposit: money.deposit })).toMatchObject({ submission: { problem: 'The network did not take it in time.' }, submittedStep: treasury.DepositStep.AWARD });
  end();
  await submit(signTransaction((await build()).transaction, [money.funder]));
  await expect.poll(() => typesOf(home, money.issueId), patient).toContain('awarded');
});
