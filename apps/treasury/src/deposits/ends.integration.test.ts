import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { award, cancel, close, decodeDeposit, encodeBase58, linkIdentity, localProgram as program, parseAddress, payout, signTransaction, veto, type Address, type Signer } from '@doubloon/escrow';
import { localUsdc } from '@doubloon/localnet';
import { treasury } from '@doubloon/rpc';
import { offered, offerRequest, openHome, openLocalChain, openTreasury, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type Home, type LocalChain } from '../../testing/instance.ts';

const { OfferState, SubmissionState } = treasury;
const [day, ada] = [86_400, '583231'];

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

const depositAt = async (address: Address) => {
  const account = await local.chain.account(address, 'confirmed');
  return account && decodeDeposit(account.data);
};
const cancelling = (deposit: Address, wallet: Signer, mint?: Address) => local.send([cancel({ program, deposit, operator: local.operator, funder: wallet.address, decider: local.keys.relayer.address, mint })], [wallet, local.keys.relayer]);

/** A signed transaction that was handed in and has landed, and whose treasury stopped before it could see that. */
async function leftAlone(home: Home, mint?: Address): Promise<{ offerId: string; issueId: string; deposit: Address; wallet: Signer }> {
  const clients = await openTreasury(home);
  const wallet = await local.walletWithUsdc(50_000_000n);
  const { offerId, issueId } = await offered(clients, mint === undefined ? offerRequest() : offerRequest({ denom: 'usdc', amount: '50000000' }));
  const { transaction, deposit } = await clients.web.buildFunding({ offerId, wallet: wallet.address });
  await clients.web.submitFunding({ offerId, transaction: signTransaction(transaction, [wallet]) });
  const address = parseAddress(deposit);
  await expect.poll(() => local.chain.account(address, 'processed'), patient).toBeDefined();
  await clients.stop();
  expect((await home.database.pool.query('select from deposit')).rowCount).toBe(0);
  return { offerId, issueId, deposit: address, wallet };
}

describe('a deposit that was over before anybody here saw it', () => {
  test.each([['SOL', undefined], ['tokens', localUsdc]])('counts and ends at once, so that its offer is locked no more (%s)', async (_what, mint) => {
    const home = await openHome(local);
    const { offerId, issueId, deposit, wallet } = await leftAlone(home, mint);
    await cancelling(deposit, wallet, mint);
    await local.localnet.timeTravel(61);
    const clients = await startTreasury(home);
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.REFUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded', 'cancelled']);
    await expect.poll(async () => (await clients.web.getOffer({ offerId })).offer?.submission?.state, patient).toBe(SubmissionState.FINALIZED);
    const { offers, totals } = await clients.app.getBounty({ repositoryId, issueId });
    expect(totals).toMatchObject([{ funded: '0', offered: '0' }]);
    expect(offers).toMatchObject([{ deposit: { address: deposit, funder: wallet.address, end: 'refunded' } }]);
  });

  test('and whose account is gone is closed, with no claim about where its money went', async () => {
    const home = await openHome(local);
    const { offerId, issueId, deposit, wallet } = await leftAlone(home);
    await cancelling(deposit, wallet);
    await local.localnet.timeTravel(8 * day);
    await local.send([close({ program, deposit, funder: wallet.address })], [wallet]);
    // Nobody else's clock moved with the chain's.
    await home.database.pool.query("update submission set submitted_at = submitted_at - interval '8 days', next_at = now()");
    const clients = await startTreasury(home);
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.CLOSED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded', 'closed']);
    expect((await clients.web.getOffer({ offerId })).offer).toMatchObject({ submission: { state: SubmissionState.FINALIZED }, deposit: { address: deposit, end: 'closed' } });
    expect((await home.database.pool.query("select from submission where next_at < 'infinity'")).rowCount).toBe(0);
  });
});

test('money that two keys awarded and paid on the chain, without us, is paid and in no total', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const { relayer, attestor } = local.keys;
  const [winner, funder] = [await local.wallet(), await local.wallet()];
  await local.send([linkIdentity({ program, operator: local.operator, githubId: ada, payer: winner.address, attestor: attestor.address, wallet: winner.address, expiry: (await local.chain.time()) + 300n })], [winner, attestor]);
  await local.localnet.timeTravel(3 * day + 60);
  const { offerId, issueId } = await offered(clients);
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, funder) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  const deposit = parseAddress((await clients.web.getOffer({ offerId })).offer?.deposit?.address ?? '');
  const { createdSlot = 0n, sequence = 0n } = (await depositAt(deposit)) ?? {};

  await local.send([award({ program, deposit, operator: local.operator, deciders: [funder.address, relayer.address], createdSlot, sequence, shares: [{ githubId: ada, bps: 10_000 }] })], [funder, relayer]);
  expect(await stateOf(clients, offerId)).toBe(OfferState.FUNDED);
  await local.send([payout({ program, deposit, operator: local.operator, share: 0, githubId: ada, wallet: winner.address })], [funder]);
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.PAID);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'paid']);
  expect((await clients.app.getBounty({ repositoryId, issueId })).totals).toMatchObject([{ funded: '0', offered: '0' }]);
});

test('an award that was withdrawn before anybody here saw it leaves its count, which whatever follows has to name', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const { relayer } = local.keys;
  const funder = await local.wallet();
  const { offerId, issueId } = await offered(clients);
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, funder) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  const deposit = parseAddress((await clients.web.getOffer({ offerId })).offer?.deposit?.address ?? '');
  const { createdSlot = 0n, sequence = 0n } = (await depositAt(deposit)) ?? {};
  await local.send([
    award({ program, deposit, operator: local.operator, deciders: [relayer.address], createdSlot, sequence, shares: [{ githubId: ada, bps: 10_000 }] }),
    veto({ program, deposit, operator: local.operator, decider: relayer.address }),
  ], [relayer]);
  expect((await depositAt(deposit))?.sequence).toBe(sequence + 2n);
  await expect.poll(async () => (await home.database.pool.query<{ sequence: string }>('select sequence from deposit where address = $1', [deposit])).rows[0]?.sequence, patient).toBe(String(sequence + 2n));
  expect(await typesOf(home, issueId)).toEqual(['offered', 'submitted', 'funded']);
});

test('what the relayer cancelled went back to its funder', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const wallet = await local.wallet();
  const { offerId, issueId } = await offered(clients);
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, wallet) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  await cancelling(parseAddress((await clients.web.getOffer({ offerId })).offer?.deposit?.address ?? ''), wallet);
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.REFUNDED);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded', 'cancelled']);
});

describe('one row that can not be written keeps no other from its turn', () => {
  /** Lets the database refuse to write one offer. */
  const refuseOffer = ({ database }: Home, offerId: string) => database.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'this row is bad'; end $$;
    create trigger refuse before update on offer for each row when (old.id = '${offerId}') execute function refuse()`);

  test('of deposits that are awaited', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const [bad, good] = [await offered(clients), await offered(clients)];
    const [first, second] = [await signedFor(clients, bad.offerId, await local.wallet()), await signedFor(clients, good.offerId, await local.wallet())];
    await clients.stop();
    await local.chain.send(first);
    await local.chain.send(second);
    await refuseOffer(home, bad.offerId);
    const again = await startTreasury(home);
    await expect.poll(() => stateOf(again, good.offerId), patient).toBe(OfferState.FUNDED);
    expect(await stateOf(again, bad.offerId)).toBe(OfferState.OFFERED);
    await expect.poll(() => again.health.ready(), patient).toMatchObject({ ok: true, dependencies: { watcher: { ok: false } } });
  });

  test('of offers that expire', async () => {
    const home = await openHome(local);
    const clients = await openTreasury(home);
    const [bad, good] = [await offered(clients), await offered(clients)];
    await clients.stop();
    await home.database.pool.query("update offer set expires_at = now() - case when id = $1 then interval '2 days' else interval '1 day' end", [bad.offerId]);
    await refuseOffer(home, bad.offerId);
    const again = await startTreasury(home);
    await expect.poll(() => stateOf(again, good.offerId), patient).toBe(OfferState.EXPIRED);
  });

  test('of transactions that can no longer land', async () => {
    const home = await openHome(local);
    const clients = await openTreasury(home);
    const [bad, good] = [await offered(clients), await offered(clients)];
    for (const { offerId } of [bad, good]) {
      const { transaction, deposit } = await clients.web.buildFunding({ offerId, wallet: (await local.wallet()).address });
      await home.database.pool.query(`
        insert into submission (signature, offer_id, wallet, deposit, deadline, transaction, last_valid_block_height, next_at, submitted_at)
        select $1, offer_id, wallet, deposit, deadline, $2, 0, now(), now() from funding_build where deposit = $3`, [encodeBase58(randomBytes(64)), transaction, deposit]);
      await home.database.pool.query("update offer set state = 'submitted' where id = $1", [offerId]);
    }
    await refuseOffer(home, bad.offerId);
    await expect.poll(() => stateOf(clients, good.offerId), { timeout: 60_000, interval: 200 }).toBe(OfferState.OFFERED);
    expect(await stateOf(clients, bad.offerId)).toBe(OfferState.SUBMITTED);
    await clients.stop();
  });
});
