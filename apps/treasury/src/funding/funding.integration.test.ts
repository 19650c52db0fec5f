import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeDeposit, depositLayout, localProgram, parseAddress, signTransaction, transactionSignature } from '@doubloon/escrow';
import { createLogger } from '@doubloon/service';
import { treasury } from '@doubloon/rpc';
import { creditDeposit } from '../deposits/credit-deposit.ts';
import { openAuthority } from '../../testing/authority.ts';
import { offered, offerRequest, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type Home, type LocalChain } from '../../testing/instance.ts';

const { OfferState, SubmissionState } = treasury;
const silent = createLogger({ name: 'test', level: 'silent' });

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

test('the rules under which money is given are looked at when its transaction is built, and nobody waits for that while nobody can', async () => {
  const authority = await openAuthority();
  const clients = await startTreasury(await openHome(local, authority.env));
  const [{ offerId }, wallet] = [await offered(clients), await local.wallet()];
  await clients.web.buildFunding({ offerId, wallet: wallet.address });
  await expect.poll(() => authority.rulesAsked, patient).toEqual([repositoryId]);
  await authority.goAway();
  expect((await clients.web.buildFunding({ offerId, wallet: wallet.address })).transaction.length).toBeGreaterThan(0);
}, 60_000);

const rowsOf = async ({ database }: Home, offerId: string) => (await database.pool.query<{ signature: string; state: string }>('select signature, state from submission where offer_id = $1 order by place', [offerId])).rows;

test('from an offer to money in escrow, and to the event that tells of it', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const wallet = await local.wallet();
  const { offerId, issueId } = await offered(clients);
  const shown = await clients.web.getOffer({ offerId });
  expect(shown.offer).toMatchObject({ state: OfferState.OFFERED, text: '0.5', fundUrl: `http://pages.example/fund/${offerId}` });

  const built = await clients.web.buildFunding({ offerId, wallet: wallet.address });
  expect(built.terms).toMatchObject({ cluster: { name: 'localnet', genesisHash: local.localnet.genesisHash }, operator: local.operator, withRelayer: true, approver: '', mint: '', denomName: 'sol', graceSeconds: 259_200, windowSeconds: 259_200 });
  expect(built.terms?.program?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(Math.abs(Date.parse(built.deadline) - Date.parse(shown.terms?.deadline ?? ''))).toBeLessThan(60_000);
  const before = (await local.chain.account(wallet.address, 'confirmed'))?.lamports ?? 0n;

  const signed = signTransaction(built.transaction, [wallet]);
  const { submission } = await clients.web.submitFunding({ offerId, transaction: signed });
  expect(submission).toMatchObject({ signature: transactionSignature(signed), wallet: wallet.address });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);

  const [opened, submitted, funded] = await home.events(issueId);
  expect([opened, submitted, funded].map((event) => BigInt(event?.sequence ?? 0))).toEqual([1n, 2n, 3n]);
  expect(funded).toMatchObject({ data: { offerId, denom: 'sol', amount: '500000000', deposit: built.deposit, funder: wallet.address, deadline: built.deadline, signature: transactionSignature(signed) } });
  const bounty = await clients.app.getBounty({ repositoryId, issueId });
  expect(bounty.totals).toMatchObject([{ denom: 'sol', funded: '500000000', fundedText: '0.5', offered: '0' }]);
  expect(bounty.offers).toMatchObject([{ deposit: { address: built.deposit, funder: wallet.address, text: '0.5' } }]);
  await expect.poll(async () => (await clients.web.getOffer({ offerId })).offer?.submission?.state, patient).toBe(SubmissionState.FINALIZED);
  const after = (await local.chain.account(wallet.address, 'confirmed'))?.lamports ?? 0n;
  expect(before - after).toBe(BigInt(built.totalLamports));
});

test('a deposit whose slot is not final yet is not counted, whatever the node answers', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const { offerId } = await offered(clients);
  const transaction = await signedFor(clients, offerId, await local.wallet());
  await clients.web.submitFunding({ offerId, transaction });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);

  const address = parseAddress((await clients.web.getOffer({ offerId })).offer?.deposit?.address ?? '');
  const account = await local.chain.account(address, 'finalized');
  if (account === undefined) throw new Error('the deposit that was counted is not there');
  const { createdSlot } = decodeDeposit(account.data);
  expect(createdSlot).toBeLessThanOrEqual(await local.chain.slot('finalized'));
  const context = { pool: home.database.pool, chain: local.chain, cluster: { name: 'localnet', genesisHash: local.localnet.genesisHash }, program: localProgram, operator: local.operator, log: silent, now: () => new Date(), checkProgram: () => Promise.resolve(), credited: () => undefined, changed: () => undefined };
  expect(await creditDeposit(context, address, account, { slot: createdSlot - 1n, time: 0n })).toEqual({ kind: 'not-final' });
  expect(await creditDeposit(context, address, account, { slot: createdSlot, time: 0n })).toEqual({ kind: 'known' });

  // The same account as one look at a node might show it when it is over: an end so fresh is not final, and one of a deposit that counts wants a second look.
  const over = { ...account, data: Uint8Array.from(account.data) };
  over.data[depositLayout.fields.state.offset] = 4;
  new DataView(over.data.buffer).setBigInt64(depositLayout.fields.endedAt.offset, 1_000n, true);
  expect(await creditDeposit(context, address, over, { slot: createdSlot, time: 1_059n })).toEqual({ kind: 'not-final' });
  expect(await creditDeposit(context, address, over, { slot: createdSlot, time: 1_060n })).toEqual({ kind: 'known' });
  expect((await home.database.pool.query('select state from deposit where offer_id = $1', [offerId])).rows).toEqual([{ state: 'held' }]);
  expect(await stateOf(clients, offerId)).toBe(OfferState.FUNDED);
});

describe('the same again', () => {
  test('a double click submits once, and repeating it later changes nothing', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    const transaction = await signedFor(clients, offerId, await local.wallet());
    const answers = await Promise.all([1, 2, 3].map(() => clients.web.submitFunding({ offerId, transaction })));
    expect(new Set(answers.map(({ submission }) => submission?.signature)).size).toBe(1);
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(async () => (await clients.web.submitFunding({ offerId, transaction })).submission?.state, patient).toBe(SubmissionState.FINALIZED);
    expect(await rowsOf(home, offerId)).toHaveLength(1);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  });

  test('two tabs build one deposit address, and the second to submit is told that the offer is on its way', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const wallet = await local.wallet();
    const { offerId } = await offered(clients);
    const one = await clients.web.buildFunding({ offerId, wallet: wallet.address });
    const other = await vi.waitUntil(async () => {
      const built = await clients.web.buildFunding({ offerId, wallet: wallet.address });
      return Buffer.compare(built.transaction, one.transaction) === 0 ? undefined : built;
    }, patient);
    expect(other.deposit).toBe(one.deposit);
    await clients.web.submitFunding({ offerId, transaction: signTransaction(one.transaction, [wallet]) });
    await expect(clients.web.submitFunding({ offerId, transaction: signTransaction(other.transaction, [wallet]) })).rejects.toMatchObject({ code: 'OFFER_NOT_OPEN' });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    expect(await rowsOf(home, offerId)).toHaveLength(1);
  });

  test('two wallets at once: one is taken, the other is refused and keeps its money', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const wallets = await Promise.all([local.wallet(), local.wallet()]);
    const { offerId, issueId } = await offered(clients);
    const signed = await Promise.all(wallets.map((wallet) => signedFor(clients, offerId, wallet)));
    const outcomes = await Promise.allSettled(signed.map((transaction) => clients.web.submitFunding({ offerId, transaction })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({ code: 'OFFER_NOT_OPEN', facts: { state: 'submitted' } });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    await expect(clients.web.buildFunding({ offerId, wallet: wallets[1].address })).rejects.toMatchObject({ code: 'OFFER_NOT_OPEN', facts: { state: 'funded' } });
    const { totals } = await clients.app.getBounty({ repositoryId, issueId });
    expect(totals).toMatchObject([{ funded: '500000000' }]);
    const balances = await Promise.all(wallets.map(async ({ address }) => (await local.chain.account(address, 'finalized'))?.lamports));
    expect(balances.filter((balance) => balance === 2_000_000_000n)).toHaveLength(1);
  });
});

describe('refused, with nothing recorded', () => {
  test('a wallet with too little money hears how much is missing', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const wallet = await local.wallet(400_000_000n);
    const { offerId } = await offered(clients);
    const refused = clients.web.buildFunding({ offerId, wallet: wallet.address });
    await expect(refused).rejects.toMatchObject({ code: 'BALANCE_TOO_SMALL', facts: { lacking: [{ denom: 'sol', decimals: 9, balance: '400000000' }] } });
    const { facts: { lacking: [facts] } } = (await refused.catch((error: unknown) => error)) as { facts: { lacking: [{ needed: string; missing: string }] } };
    expect(BigInt(facts.missing)).toBe(BigInt(facts.needed) - 400_000_000n);
    // What was said to be missing is enough.
    await local.localnet.faucet.airdrop(wallet.address, BigInt(facts.missing));
    await expect.poll(() => clients.web.buildFunding({ offerId, wallet: wallet.address }).then(() => true, () => false), patient).toBe(true);
  });

  test('a wallet that is no wallet', async () => {
    const clients = await startTreasury(await openHome(local));
    const { offerId } = await offered(clients);
    for (const wallet of ['', 'not base58 0OIl', '1'.repeat(300), '11111111111111111111111111111111', local.operator]) {
      await expect(clients.web.buildFunding({ offerId, wallet }), wallet).rejects.toMatchObject({ code: 'WALLET_INVALID' });
    }
  });

  test('bytes that were changed, and bytes for another offer', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const wallet = await local.wallet();
    const [first, second] = [await offered(clients), await offered(clients)];
    const signed = await signedFor(clients, first.offerId, wallet);
    await expect(clients.web.submitFunding({ offerId: second.offerId, transaction: signed })).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'other-wallet' } });
    await signedFor(clients, second.offerId, wallet);
    await expect(clients.web.submitFunding({ offerId: second.offerId, transaction: signed })).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'terms-changed' } });
    const forged = Uint8Array.from(signed);
    forged[10] = (forged[10] ?? 0) ^ 1;
    await expect(clients.web.submitFunding({ offerId: first.offerId, transaction: forged })).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'signature-wrong' } });
    expect([...(await rowsOf(home, first.offerId)), ...(await rowsOf(home, second.offerId))]).toEqual([]);
  });

  test('an offer that is not there, a caller that may not, and an amount below what the chain needs', async () => {
    const clients = await startTreasury(await openHome(local));
    await expect(clients.web.getOffer({ offerId: '0'.repeat(32) })).rejects.toMatchObject({ code: 'OFFER_ABSENT' });
    await expect(clients.web.getOffer({ offerId: "' or 1=1 --" })).rejects.toMatchObject({ code: 'OFFER_ABSENT' });
    await expect(clients.web.openOffer(offerRequest())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(clients.app.submitFunding({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(clients.web.award({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(clients.app.quote({ denom: 'sol', text: '1' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(clients.app.openOffer(offerRequest({ amount: '1' }))).rejects.toMatchObject({ code: 'AMOUNT_TOO_SMALL' });
    await expect(clients.app.openOffer(offerRequest({ amount: '18446744073709551616' }))).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(clients.app.openOffer(offerRequest({ denom: 'eurc' }))).rejects.toMatchObject({ code: 'DENOM_UNKNOWN' });
    await expect(clients.web.quote({ denom: 'sol', text: '1,5' })).rejects.toMatchObject({ code: 'AMOUNT_INVALID', facts: { reason: 'separator' } });
    expect(await clients.web.quote({ denom: 'sol', text: '0.50' })).toMatchObject({ money: { denom: 'sol', amount: '500000000' }, text: '0.5', decimals: 9 });
  });
});
