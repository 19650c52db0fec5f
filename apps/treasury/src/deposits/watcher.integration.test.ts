import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileTransaction, depositNonce, fundSol, localProgram, signTransaction } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { offered, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type LocalChain } from '../../testing/instance.ts';

const { OfferState } = treasury;

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

describe('what wallets send by themselves', () => {
  const land = async (transaction: Uint8Array) => {
    const signature = await local.chain.send(transaction);
    await expect.poll(async () => (await local.chain.signatureStatuses([signature]))[0], patient).toMatchObject({ commitment: 'finalized' });
    expect((await local.chain.signatureStatuses([signature]))[0]).not.toHaveProperty('error');
  };

  test('counts when it is what we built', async () => {
    const home = await openHome(local, { TREASURY_SCAN_EVERY: '10m' });
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    await land(await signedFor(clients, offerId, await local.wallet()));
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'funded']);
  });

  test('counts when it landed while nobody looked and nothing had been recorded of it', async () => {
    const home = await openHome(local, { TREASURY_WATCH_EVERY: '10m' });
    const clients = await startTreasury(home);
    const { offerId } = await offered(clients);
    const wallet = await local.wallet();
    await land(await fundedBy(wallet, offerId, await issueOf(clients, offerId)));
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  });

  test('on the same deposit address, it makes the other transaction of the wallet fail', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const wallet = await local.wallet();
    const { offerId } = await offered(clients);
    const transaction = await signedFor(clients, offerId, wallet);
    await land(await fundedBy(wallet, offerId, await issueOf(clients, offerId)));
    await expect(clients.web.submitFunding({ offerId, transaction })).rejects.toMatchObject({ code: expect.stringMatching(/^(TRANSACTION_REFUSED|OFFER_NOT_OPEN)$/) as unknown });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  });

  test.each<[string, { amount?: bigint; withRelayer?: boolean; deadline?: bigint }]>([
    ['a smaller amount', { amount: 1_000_000n }],
    ['the funder deciding alone', { withRelayer: false }],
    ['a deadline of two hours', { deadline: 7_200n }],
  ])('never counts under other terms: %s', async (_name, change) => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    await land(await fundedBy(await local.wallet(), offerId, issueId, change));
    // One that counts, made after it, shows that the scan has been past both.
    const { offerId: good } = await offered(clients);
    await land(await fundedBy(await local.wallet(), good, await issueOf(clients, good)));
    await expect.poll(() => stateOf(clients, good), patient).toBe(OfferState.FUNDED);
    expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);
    expect((await clients.app.getBounty({ repositoryId, issueId })).totals).toMatchObject([{ funded: '0' }]);
  });

  const issueOf = async ({ web }: Parameters<typeof stateOf>[0], offerId: string) => (await web.getOffer({ offerId })).offer?.issue?.issueId ?? '';

  async function fundedBy(wallet: Parameters<typeof signedFor>[2], offerId: string, issueId: string, { amount = 500_000_000n, withRelayer = true, deadline = 90n * 86_400n } = {}) {
    const [{ blockhash }, time] = [await local.chain.latestBlockhash(), await local.chain.time()];
    const instruction = fundSol({ program: localProgram, operator: local.operator, repositoryId, issueId, funder: wallet.address, nonce: depositNonce(offerId), amount, deadline: time + deadline, withRelayer });
    return signTransaction(compileTransaction({ payer: wallet.address, blockhash, instructions: [instruction] }), [wallet]);
  }
});
