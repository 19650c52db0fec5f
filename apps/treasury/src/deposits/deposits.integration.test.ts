import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { award, cancel, close, decodeDeposit, disableKeys, localProgram as program, payout, veto, type Address, type Deposit } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { fundedOffer, offered, offerRequest, openHome, openLocalChain, openTreasury, patient, repositoryId, typesOf, type Funded, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const { DepositState, OfferState } = treasury;
const [ada, grace] = ['583231', '9919'];
const shares = [{ githubId: ada, bps: 7_000 }, { githubId: grace, bps: 3_000 }];
const hours72 = 72 * 3_600;

// Nobody here asks the treasury for anything: it sees what others do, by the deposits' accounts.
let open: AsyncDisposableStack;
let local: LocalChain;
let home: Home;
let clients: RunningTreasury;
beforeAll(async () => {
  open = new AsyncDisposableStack();
  local = open.use(await openLocalChain());
  home = await openHome(local, {}, (end) => { open.defer(end); });
  clients = await openTreasury(home);
  open.defer(() => clients.stop());
});
afterAll(() => open.disposeAsync());

let money: Funded;
beforeEach(async () => { money = await fundedOffer(local, clients); });

const onChain = async (deposit: Address): Promise<Deposit> => decodeDeposit((await local.chain.account(deposit, 'confirmed'))?.data ?? new Uint8Array());
async function awarded(by: readonly ('relayer' | 'funder')[], { deposit, funder } = money): Promise<void> {
  const { createdSlot, sequence } = await onChain(deposit);
  const deciders = by.map((who) => (who === 'relayer' ? local.keys.relayer : funder));
  await local.send([award({ program, deposit, operator: local.operator, deciders: deciders.map(({ address }) => address), createdSlot, sequence, shares })], [await local.wallet(10_000_000n), ...deciders]);
}
const told = () => typesOf(home, money.issueId);
const shown = async () => (await clients.web.getOffer({ offerId: money.offerId })).offer;
const rowOf = async () => (await home.database.pool.query<{ state: string; doubted_slot: string | null }>('select state, doubted_slot from deposit where address = $1', [money.deposit])).rows[0];

test('an award by two is told with its shares, then each payout, by whoever sends it, to the last unit', async () => {
  await awarded(['relayer', 'funder']);
  await expect.poll(told, patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
  const [event] = (await home.events(money.issueId)).slice(-1);
  expect(event).toMatchObject({ data: { deposit: money.deposit, by: ['funder', 'relayer'], shares: [{ githubId: ada, bps: 7_000, amount: '350000000' }, { githubId: grace, bps: 3_000, amount: '150000000' }] } });
  expect((await shown())?.deposit).toMatchObject({ state: DepositState.AWARDED, held: '500000000', award: { shares: [{ githubId: ada, text: '0.35', settled: '' }, { githubId: grace }] } });

  const wallets = [await local.link(ada), await local.link(grace)];
  await local.localnet.timeTravel(hours72 + 60);
  for (const [share, wallet] of wallets.entries()) {
    await local.send([payout({ program, deposit: money.deposit, operator: local.operator, share, githubId: shares[share]?.githubId ?? '', wallet: wallet.address })], [wallet]);
    await expect.poll(told, patient).toEqual(['offered', 'submitted', 'funded', 'awarded', ...['paid', 'paid'].slice(0, share + 1)]);
  }
  const paid = (await home.events(money.issueId)).slice(-2);
  expect(paid.map(({ data }) => data)).toMatchObject([{ share: 0, githubId: ada, amount: '350000000' }, { share: 1, githubId: grace, amount: '150000000' }]);
  expect(await shown()).toMatchObject({ state: OfferState.PAID, deposit: { state: DepositState.PAID, held: '0' } });
  expect((await clients.app.getBounty({ repositoryId, issueId: money.issueId })).totals).toMatchObject([{ funded: '0' }]);
});

test('is not believed at one look', async () => {
  await awarded(['relayer', 'funder']);
  await expect.poll(rowOf, patient).toMatchObject({ state: 'held', doubted_slot: expect.any(String) as unknown });
  await expect.poll(rowOf, patient).toMatchObject({ state: 'awarded', doubted_slot: null });
});

test('what several did while the treasury was away is told in order, each once', async () => {
  await clients.stop();
  await awarded(['relayer']);
  await local.send([veto({ program, deposit: money.deposit, operator: local.operator, decider: money.funder.address })], [money.funder]);
  await awarded(['relayer', 'funder']);
  clients = await openTreasury(home);
  open.defer(() => clients.stop());
  await expect.poll(told, patient).toEqual(['offered', 'submitted', 'funded', 'vetoed', 'awarded']);
  expect((await shown())?.deposit).toMatchObject({ vetoed: true, state: DepositState.AWARDED });
  const sequences = (await home.events(money.issueId)).map(({ sequence }) => Number(sequence));
  expect(sequences).toEqual([1, 2, 3, 4, 5]);
});

test('a withdrawal is told as one, and the deposit can be awarded by one again', async () => {
  await awarded(['relayer']);
  await expect.poll(told, patient).toContain('awarded');
  await local.send([veto({ program, deposit: money.deposit, operator: local.operator, decider: local.keys.relayer.address })], [await local.wallet(10_000_000n), local.keys.relayer]);
  await expect.poll(told, patient).toContain('vetoed');
  expect((await home.events(money.issueId)).at(-1)).toMatchObject({ data: { reason: 'withdrawn' } });
  expect((await shown())?.deposit).toMatchObject({ vetoed: false, state: DepositState.HELD });
});

test('a cancelled deposit leaves the totals at once, and is told closed when its account is gone', async () => {
  await local.send([cancel({ program, deposit: money.deposit, operator: local.operator, funder: money.funder.address, decider: local.keys.relayer.address })], [await local.wallet(10_000_000n), local.keys.relayer]);
  await expect.poll(told, patient).toEqual(['offered', 'submitted', 'funded', 'cancelled']);
  expect(await shown()).toMatchObject({ state: OfferState.REFUNDED, deposit: { state: DepositState.CANCELLED, held: '0', gone: false } });
  await local.localnet.timeTravel(8 * 86_400);
  await local.send([close({ program, deposit: money.deposit, funder: money.funder.address })], [money.funder]);
  await expect.poll(told, patient).toEqual(['offered', 'submitted', 'funded', 'cancelled', 'closed']);
  expect((await shown())?.deposit).toMatchObject({ gone: true });
});

// Last: the operator of this file has no relayer after it.
test('of two offers of a text that share a nonce the money tells which it is for', async () => {
  const { source: { id: commentId }, issue: { issueId } } = offerRequest();
  const [lure, real] = [offerRequest({ amount: '300000000', commentId, issueId }), offerRequest({ amount: '500000000', commentId, issueId })];
  const [first, second] = [await offered(clients, lure), await offered(clients, real)];
  await home.database.pool.query('update offer set nonce = (select nonce from offer where id = $2) where id = $1', [first.offerId, second.offerId]);
  expect((await fundedOffer(local, clients, real)).offerId).toBe(second.offerId);
  expect((await clients.web.getOffer({ offerId: first.offerId })).offer?.deposit).toBeUndefined();
});

test('a treasury that begins anew gives an offer the id that it had, and finds its money before anybody else pays', async () => {
  const request = offerRequest();
  const before = await fundedOffer(local, clients, request);
  const anew = await openTreasury(await openHome(local));
  onTestFinished(() => anew.stop());
  const writtenAt = new Date(Date.now() - 15 * 86_400_000).toISOString();
  expect((await anew.app.openOffer({ ...request, writtenAt })).offer).toMatchObject({ id: before.offerId, offeredAt: writtenAt });
  // Long before the next look at all deposits, which is a minute away.
  await expect.poll(async () => (await anew.web.getOffer({ offerId: before.offerId })).offer, { timeout: 20_000, interval: 50 }).toMatchObject({ state: OfferState.FUNDED, deposit: { address: before.deposit } });
  const { offer: unfunded } = await anew.app.openOffer({ ...offerRequest(), writtenAt });
  await expect(anew.web.buildFunding({ offerId: unfunded?.id ?? '', wallet: before.funder.address })).rejects.toMatchObject({ code: 'OFFER_NOT_OPEN', facts: { state: 'expired' } });
});

describe('when the relayer is disabled', () => {
  test('what it decided alone is told void, though nobody touched the deposit', async () => {
    await awarded(['relayer']);
    await expect.poll(told, patient).toContain('awarded');
    await local.send([disableKeys({ program, operator: local.operator, admin: local.keys.admin.address, keys: ['relayer'] })], [local.keys.admin]);
    await expect.poll(told, patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'vetoed']);
    expect((await home.events(money.issueId)).at(-1)).toMatchObject({ data: { reason: 'void' } });
    await local.send([veto({ program, deposit: money.deposit, operator: local.operator })], [money.funder]);
    await awarded(['funder']);
    await expect.poll(told, patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'vetoed', 'awarded']);
  });
});
