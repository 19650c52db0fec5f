import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { associatedTokenAddress, award, decodeDeposit, decodeIdentity, identityAddress, localProgram, signTransaction, veto } from '@doubloon/escrow';
import { identityEvent, openEventLog, toRecord, type LogRecord } from '@doubloon/events';
import { treasury } from '@doubloon/rpc';
import { tokenAccountIn } from '../funding/token-account.ts';
import { openAuthority, type Authority } from '../../testing/authority.ts';
import { fundedOffer, offerRequest, openHome, openLocalChain, openTreasury, patient, repositoryId, typesOf, type Funded, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const { DepositState, IntentState, OfferState } = treasury;
const hours72 = 72 * 3_600;

let open: AsyncDisposableStack;
let local: LocalChain;
let home: Home;
let authority: Authority;
let clients: RunningTreasury;
beforeAll(async () => {
  open = new AsyncDisposableStack();
  local = open.use(await openLocalChain());
  authority = await openAuthority((end) => { open.defer(end); });
  home = await openHome(local, { ...authority.env, TREASURY_RELAYER_KEY_FILE: local.relayerKeyFile }, (end) => { open.defer(end); });
  clients = await openTreasury(home);
  open.defer(() => clients.stop());
});
afterAll(() => open.disposeAsync());

const someone = () => String(randomInt(1, 2 ** 40));
const source = (issueId: string, sourceId = someone()) => ({ repositoryId, issueId, issueNumber: 7, sourceKind: 'issue-comment', sourceId });
const told = ({ issueId }: Funded) => typesOf(home, issueId);
const balanceOf = async (address: Parameters<LocalChain['chain']['account']>[0]) => (await local.chain.account(address, 'finalized'))?.lamports ?? 0n;
/** What the identity service would publish. */
async function tell(record: LogRecord): Promise<void> {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  await using events = await openEventLog(home.env['EVENT_LOG_URL'] ?? '', { clientId: 'test', log: quiet, topics: ['identity'] });
  await events.publish('identity', [record]);
}
const shown = async ({ offerId }: Funded) => (await clients.web.getOffer({ offerId })).offer;

const awardTo = (money: Funded, githubId: string, sourceId?: string) => clients.app.award({ source: source(money.issueId, sourceId), shares: [{ githubId, bps: 10_000 }] });
const intentsOf = async ({ deposit }: Funded) => (await home.database.pool.query<{ action: string; state: string; problem: string | null; signature: string | null }>('select action, state, problem, signature from relayer_intent where deposit = $1 order by id', [deposit])).rows;
const onChain = async ({ deposit }: Funded) => decodeDeposit((await local.chain.account(deposit, 'finalized'))?.data ?? new Uint8Array());

describe('nothing is written down', () => {
  test('when the identity service says no: its reason is passed on', async () => {
    const money = await fundedOffer(local, clients);
    authority.refuse('Only maintainers may award here.', 'NOT_A_MAINTAINER');
    await expect(awardTo(money, someone())).rejects.toMatchObject({ code: 'NOT_AUTHORIZED', facts: { sentence: 'Only maintainers may award here.', reason: 'NOT_A_MAINTAINER' } });
    authority.allow();
    expect(await intentsOf(money)).toEqual([]);
    expect((await clients.app.getBounty({ repositoryId, issueId: money.issueId })).decisions).toEqual([]);
  });

  test('for shares that the program would not take, a source that is none, and an issue without money', async () => {
    const money = await fundedOffer(local, clients);
    const asked = authority.asked.length;
    const [ada] = [someone()];
    for (const shares of [[], [{ githubId: ada, bps: 9_999 }], [{ githubId: ada, bps: 5_000 }, { githubId: ada, bps: 5_000 }], [{ githubId: '0', bps: 10_000 }], [{ githubId: 'ada', bps: 10_000 }]]) {
      await expect(clients.app.award({ source: source(money.issueId), shares })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    }
    await expect(clients.app.award({ source: source(money.issueId), shares: [{ githubId: ada, bps: 9_999 }, { githubId: someone(), bps: 1 }] })).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
    await expect(awardTo(money, ada, '-1')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(clients.app.award({ source: source(someone()), shares: [{ githubId: ada, bps: 10_000 }] })).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
    await expect(clients.web.award({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(authority.asked).toHaveLength(asked);
    expect(await intentsOf(money)).toEqual([]);
  });
});

// Side by side: they wait for what the chain calls final.
test.concurrent('one comment decides once, however often and with whatever text it is delivered', async ({ expect }) => {
  const money = await fundedOffer(local, clients);
  const [ada, grace, comment] = [someone(), someone(), someone()];
  await Promise.all([awardTo(money, ada, comment), awardTo(money, ada, comment), awardTo(money, ada, comment)]);
  await awardTo(money, grace, comment);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
  expect((await onChain(money)).award?.shares).toMatchObject([{ githubId: ada }]);
  expect(await intentsOf(money)).toHaveLength(1);
});

test.concurrent('a pull request that closes two issues is awarded on both, once on each', async ({ expect }) => {
  const [first, second] = [await fundedOffer(local, clients), await fundedOffer(local, clients)];
  const [ada, pull] = [someone(), someone()];
  const merged = ({ issueId }: Funded) => clients.app.award({ source: { ...source(issueId, pull), sourceKind: 'pull-request' }, shares: [{ githubId: ada, bps: 10_000 }] });
  await Promise.all([merged(first), merged(first), merged(second)]);
  for (const money of [first, second]) {
    expect((await merged(money)).decision).toMatchObject({ sourceKind: 'pull-request', sourceId: pull, intents: [{ deposit: money.deposit }] });
    await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
    expect(await intentsOf(money)).toHaveLength(1);
  }
});

test.concurrent('of two comments that award at once one does, and the other is told why not', async ({ expect }) => {
  const money = await fundedOffer(local, clients);
  await Promise.all([awardTo(money, someone()), awardTo(money, someone())]);
  await expect.poll(async () => (await intentsOf(money)).map(({ state }) => state).sort(), patient).toEqual(['done', 'failed']);
  expect((await intentsOf(money)).find(({ state }) => state === 'failed')?.problem).toBe('Something else was decided on the deposit meanwhile.');
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
});

test.concurrent('a comment withdraws what a comment awarded, and another cancels: all of it is back', async ({ expect }) => {
  const money = await fundedOffer(local, clients);
  const before = await balanceOf(money.funder.address);
  await awardTo(money, someone());
  await expect.poll(() => told(money), patient).toContain('awarded');
  await expect(clients.app.cancel({ source: source(money.issueId) })).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE', facts: { reason: 'It is awarded already' } });
  await clients.app.veto({ source: source(money.issueId) });
  await expect.poll(() => told(money), patient).toContain('vetoed');
  await clients.app.cancel({ source: source(money.issueId) });
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'vetoed', 'cancelled']);
  expect(await balanceOf(money.funder.address) - before).toBe(500_000_000n);
  expect(authority.asked.filter(({ issueId }) => issueId === money.issueId).map(({ action }) => action)).toEqual(['award', 'veto', 'cancel']);
});

test.concurrent('five deposits of an issue by one comment, four in one transaction; one that comes later needs another', async ({ expect }) => {
  const issueId = someone();
  const all: Funded[] = [];
  for (let nth = 0; nth < 5; nth++) all.push(await fundedOffer(local, clients, offerRequest({ issueId, amount: '10000000' })));
  const [first] = all;
  if (first === undefined) throw new Error('five were funded');
  await awardTo(first, someone());
  await expect.poll(async () => (await told(first)).filter((type) => type === 'awarded').length, patient).toBe(5);
  const { rows } = await home.database.pool.query<{ count: string }>('select count(*) from relayer_intent where deposit = any ($1) group by signature order by 1', [all.map(({ deposit }) => deposit)]);
  expect(rows.map(({ count }) => count)).toEqual(['1', '4']);
  const late = await fundedOffer(local, clients, offerRequest({ issueId, amount: '10000000' }));
  expect(await intentsOf(late)).toEqual([]);
});

test.concurrent('the exact split is told before anything is decided', async ({ expect }) => {
  const money = await fundedOffer(local, clients, offerRequest({ amount: '100000001' }));
  const shares = [1, 2, 3].map((_, index) => ({ githubId: someone(), bps: index === 0 ? 3_334 : 3_333 }));
  const { deposits } = await clients.web.splitPreview({ repositoryId, issueId: money.issueId, shares });
  expect(deposits).toMatchObject([{ deposit: money.deposit, problem: '', shares: [{ amount: '33340001', text: '0.033340001' }, { amount: '33330000' }, { amount: '33330000' }] }]);
});

test('a veto of the funder that lands between seeing and signing is not overrun', async () => {
  const money = await fundedOffer(local, clients);
  await clients.stop();
  const { createdSlot, sequence } = await onChain(money);
  const shares = [{ githubId: someone(), bps: 10_000 }];
  const deposit = { program: localProgram, deposit: money.deposit, operator: local.operator };
  clients = await openTreasury({ ...home, env: { ...home.env, TREASURY_RELAYER_BUDGET: '0' } });
  await awardTo(money, someone());
  await expect.poll(async () => (await intentsOf(money))[0]?.problem, patient).toBe('What the relayer may spend in a day is spent.');
  await clients.stop();
  await local.send([award({ ...deposit, deciders: [local.keys.relayer.address], createdSlot, sequence, shares })], [await local.wallet(), local.keys.relayer]);
  await local.send([veto({ ...deposit, decider: money.funder.address })], [money.funder]);
  clients = await openTreasury(home);
  await expect.poll(async () => (await intentsOf(money))[0], patient).toMatchObject({ state: 'failed', problem: 'Something else was decided on the deposit meanwhile.', signature: null });
  expect((await onChain(money)).award).toBeUndefined();
});

describe('a veto that is written before its award stands wins, also over a restart', () => {
  const vetoed = async (money: Funded) => {
    await expect.poll(async () => (await intentsOf(money)).filter(({ state }) => state === 'waiting' || state === 'alive'), patient).toEqual([]);
    return { intents: (await intentsOf(money)).map(({ action, state, problem }) => ({ action, state, problem })), deposit: await onChain(money) };
  };

  test('what was not signed yet is never sent, and another award after it is', async () => {
    const money = await fundedOffer(local, clients);
    await clients.stop();
    clients = await openTreasury({ ...home, env: { ...home.env, TREASURY_RELAYER_BUDGET: '0' } });
    await awardTo(money, someone());
    await clients.app.veto({ source: source(money.issueId) });
    await clients.stop();
    clients = await openTreasury(home);
    const { intents, deposit } = await vetoed(money);
    expect(intents).toEqual([{ action: 'award', state: 'failed', problem: 'It was vetoed before it stood.' }, { action: 'veto', state: 'done', problem: null }]);
    expect(deposit).toMatchObject({ state: 'funded', sequence: 1n });
    await awardTo(money, someone());
    await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
  });

  test('what was signed is undone as soon as it stands', async () => {
    const money = await fundedOffer(local, clients);
    await awardTo(money, someone());
    await expect.poll(async () => (await intentsOf(money))[0]?.state, { ...patient, interval: 10 }).toBe('alive');
    expect((await shown(money))?.deposit?.state).toBe(DepositState.HELD);
    await clients.app.veto({ source: source(money.issueId) });
    await clients.stop();
    clients = await openTreasury(home);
    const { intents, deposit } = await vetoed(money);
    expect(intents[1]).toEqual({ action: 'veto', state: 'done', problem: null });
    expect(deposit).toMatchObject({ state: 'funded', award: undefined, sequence: 3n });
  });

  test('so is what a wallet signed', async () => {
    const money = await fundedOffer(local, clients);
    const { transaction } = await clients.web.buildAward({ deposit: money.deposit, wallet: money.funder.address, shares: [{ githubId: someone(), bps: 10_000 }] });
    await clients.web.submitAward({ deposit: money.deposit, transaction: signTransaction(transaction, [money.funder]) });
    await clients.app.veto({ source: source(money.issueId) });
    const { intents, deposit } = await vetoed(money);
    expect(intents).toEqual([{ action: 'veto', state: 'done', problem: null }]);
    expect(deposit).toMatchObject({ state: 'funded', vetoed: true, award: undefined });
  });
});

test('a veto is for the deposits that it is allowed for, and says of the others why not, however often it is asked', async () => {
  const issueId = someone();
  const [own, foreign] = [await fundedOffer(local, clients, offerRequest({ issueId, amount: '10000000' })), await fundedOffer(local, clients, offerRequest({ issueId, amount: '20000000' }))];
  await awardTo(own, someone());
  await expect.poll(async () => (await told(own)).filter((type) => type === 'awarded').length, patient).toBe(2);
  authority.leaveOut({ deposit: foreign.deposit, reason: 'It is not yours.' });
  const comment = source(issueId);
  await clients.app.veto({ source: comment });
  authority.leaveOut();
  await expect.poll(() => told(own), patient).toContain('vetoed');
  await expect.poll(async () => (await clients.app.veto({ source: comment })).decision?.intents, patient).toMatchObject([
    { deposit: own.deposit, state: IntentState.DONE, problem: '' }, { deposit: foreign.deposit, state: IntentState.FAILED, problem: 'It is not yours.' },
  ]);
  expect((await onChain(foreign)).state).toBe('awarded');
});

test('a comment awards, and when that is final and both have wallets they are paid by themselves, exactly', async () => {
  const money = await fundedOffer(local, clients, offerRequest({ amount: '500000001' }));
  const [ada, grace] = [someone(), someone()];
  const [first, second] = [await local.link(ada), await local.link(grace)];
  const before = [await balanceOf(first.address), await balanceOf(second.address)];
  const shares = [{ githubId: ada, bps: 6_667 }, { githubId: grace, bps: 3_333 }];
  const { decision } = await clients.app.award({ source: source(money.issueId), shares });
  expect(decision).toMatchObject({ action: 'award', actor: { login: 'ada' }, intents: [{ deposit: money.deposit, state: IntentState.WAITING }] });
  expect(authority.asked.at(-1)).toMatchObject({ action: 'award', awardeeIds: [ada, grace], awardeeBps: [6_667, 3_333], stakes: [{ deposit: money.deposit, funder: money.funder.address, withRelayer: true, funderAwarded: false }] });
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
  await expect.poll(async () => (await clients.app.getBounty({ repositoryId, issueId: money.issueId })).decisions, patient).toMatchObject([{ intents: [{ state: IntentState.DONE }] }]);

  const relayerBefore = await balanceOf(local.keys.relayer.address);
  const jumpedAt = new Date();
  await local.localnet.timeTravel(hours72 + 5);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'paid', 'paid']);
  // However far the chain's clock has jumped, it is noticed within 5 s.
  const { rows: [noticed] } = await home.database.pool.query<{ at: Date }>("select max(created_at) as at from relayer_intent where deposit = $1 and action = 'payout'", [money.deposit]);
  expect((noticed?.at.getTime() ?? Infinity) - jumpedAt.getTime()).toBeLessThan(5_000);
  expect(await shown(money)).toMatchObject({ state: OfferState.PAID, deposit: { state: DepositState.PAID } });
  const after = [await balanceOf(first.address), await balanceOf(second.address)];
  expect(after.map((one, index) => one - (before[index] ?? 0n))).toEqual([500_000_001n - 166_650_000n, 166_650_000n]);
  // Both in one transaction, for its fee alone.
  const { rows } = await home.database.pool.query<{ signature: string; cost: string }>("select distinct t.signature, t.cost from relayer_intent i join relayer_transaction t using (signature) where i.deposit = $1 and i.action = 'payout'", [money.deposit]);
  expect(rows).toHaveLength(1);
  expect(relayerBefore - await balanceOf(local.keys.relayer.address)).toBeLessThanOrEqual(BigInt(rows[0]?.cost ?? 0));
  // Everybody can look at it: in the events, and where the bounty is shown, with the wallets that its bytes pay.
  const signature = rows[0]?.signature ?? '';
  expect((await home.events(money.issueId)).filter(({ type }) => type.endsWith('paid.v1')).map(({ data }) => data)).toMatchObject([{ share: 0, signature }, { share: 1, signature }]);
  const { deposits } = await clients.app.getBounty({ repositoryId, issueId: money.issueId });
  expect(deposits).toMatchObject([{ refundUrl: `http://pages.example/refund/${money.deposit}`, award: { shares: [{ settled: 'paid', signature, wallet: first.address, waitsFor: '' }, { settled: 'paid', signature, wallet: second.address, waitsFor: '' }] } }]);
});

test('a wallet that is linked after the award is paid within 5 s of the end of its cool-down, and nobody helps', async () => {
  const money = await fundedOffer(local, clients);
  const ada = someone();
  const { createdSlot, sequence } = await onChain(money);
  await local.send([award({ program: localProgram, deposit: money.deposit, operator: local.operator, deciders: [local.keys.relayer.address, money.funder.address], createdSlot, sequence, shares: [{ githubId: ada, bps: 10_000 }] })], [await local.wallet(), local.keys.relayer, money.funder]);
  await expect.poll(() => told(money), patient).toContain('awarded');
  const waiting = async () => (await shown(money))?.deposit?.award?.shares[0];
  await expect.poll(waiting, patient).toMatchObject({ waitsFor: 'wallet', paysFrom: '', settled: '' });
  const wallet = await local.link(ada);
  const account = identityAddress({ program: localProgram, operator: local.operator, githubId: ada }).address;
  const { linkedAt } = decodeIdentity((await local.chain.account(account, 'confirmed'))?.data ?? new Uint8Array());
  const iso = (seconds: bigint) => new Date(Number(seconds) * 1000).toISOString();
  await tell(toRecord(identityEvent('linked', { id: `${account}:linked:1`, subject: ada, time: new Date(), sequence: 1n, data: { account, wallet: wallet.address, linkedAt: iso(linkedAt), paysFrom: iso(linkedAt + BigInt(hours72)) } })));
  await expect.poll(waiting, patient).toMatchObject({ waitsFor: 'cool-down', paysFrom: iso(linkedAt + BigInt(hours72)) });
  await local.localnet.timeTravel(hours72 - 10);
  await expect.poll(() => told(money), { ...patient, timeout: 40_000 }).toContain('paid');
  const { endedAt = 0n } = await onChain(money);
  expect(endedAt - (linkedAt + BigInt(hours72))).toBeLessThanOrEqual(5n);
});

test('a winner of tokens who never held any gets an account for them, once', async () => {
  const ada = someone();
  const wallet = await local.link(ada);
  await local.localnet.timeTravel(hours72 + 5);
  for (const nth of [0, 1]) {
    const money = await fundedOffer(local, clients, offerRequest({ denom: 'usdc', amount: '2500000', nth }));
    const { createdSlot, sequence } = await onChain(money);
    await local.send([award({ program: localProgram, deposit: money.deposit, operator: local.operator, deciders: [local.keys.relayer.address, money.funder.address], createdSlot, sequence, shares: [{ githubId: ada, bps: 10_000 }] })], [await local.wallet(), local.keys.relayer, money.funder]);
    await expect.poll(() => told(money), patient).toContain('paid');
  }
  const account = await local.chain.account(associatedTokenAddress({ wallet: wallet.address, mint: local.localnet.mints.usdc }).address, 'finalized');
  expect(account && tokenAccountIn(account)).toMatchObject({ holder: wallet.address, amount: 5_000_000n });
  expect((await home.database.pool.query('select from opened_account where github_id = $1', [ada])).rowCount).toBe(1);
});

test('nobody keeps others from their tokens: neither a winner who closes their account, nor a stranger who sends SOL where one is to be opened', async () => {
  const [ada, grace] = [someone(), someone()];
  const [, wallet] = [await local.link(ada), await local.link(grace)];
  await local.localnet.timeTravel(hours72 + 5);
  const { usdc: mint } = local.localnet.mints;
  // Opened for Ada before, who closed it and kept the rent.
  await home.database.pool.query("insert into opened_account (github_id, mint, signature, opened_at) select $1, $2, signature, now() from relayer_transaction limit 1", [ada, mint]);
  const account = associatedTokenAddress({ wallet: wallet.address, mint }).address;
  await local.localnet.faucet.airdrop(account, 1_000_000n);
  const money = await fundedOffer(local, clients, offerRequest({ denom: 'usdc', amount: '2500000' }));
  const { createdSlot, sequence } = await onChain(money);
  const shares = [ada, grace].map((githubId) => ({ githubId, bps: 5_000 }));
  await local.send([award({ program: localProgram, deposit: money.deposit, operator: local.operator, deciders: [local.keys.relayer.address, money.funder.address], createdSlot, sequence, shares })], [await local.wallet(), local.keys.relayer, money.funder]);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'paid']);
  const held = await local.chain.account(account, 'finalized');
  expect(held && tokenAccountIn(held)).toMatchObject({ holder: wallet.address, amount: 1_250_000n });
  expect(await intentsOf(money)).toMatchObject([{ state: 'waiting', problem: 'The token account of who is to be paid was opened before and is gone: they have to open it themselves.' }, { state: 'done' }]);
});

// Last: they move the clock by months.
test('what nobody decided on goes back after its time, by itself, and its account is closed a week later', async () => {
  const money = await fundedOffer(local, clients);
  await local.localnet.timeTravel(94 * 86_400);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'refunded']);
  await local.localnet.timeTravel(8 * 86_400);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'refunded', 'closed']);
});

test('a share that nobody claimed goes back to its funder, and the other was paid', async () => {
  const money = await fundedOffer(local, clients);
  const ada = someone();
  await local.link(ada);
  const { createdSlot, sequence } = await onChain(money);
  await local.send([award({ program: localProgram, deposit: money.deposit, operator: local.operator, deciders: [local.keys.relayer.address, money.funder.address], createdSlot, sequence, shares: [{ githubId: ada, bps: 5_000 }, { githubId: someone(), bps: 5_000 }] })], [await local.wallet(), local.keys.relayer, money.funder]);
  await local.localnet.timeTravel(hours72 + 5);
  await expect.poll(() => told(money), patient).toContain('paid');
  await local.localnet.timeTravel(91 * 86_400);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'paid', 'refunded']);
  expect(await shown(money)).toMatchObject({ state: OfferState.PAID, deposit: { state: DepositState.PAID, award: { shares: [{ settled: 'paid' }, { settled: 'refunded' }] } } });
});

test('nobody may decide while the identity service does not answer', async () => {
  const money = await fundedOffer(local, clients);
  await authority.goAway();
  await expect(awardTo(money, someone())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(await intentsOf(money)).toEqual([]);
});
