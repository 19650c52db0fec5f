import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileTransaction, depositNonce, fundSol, localProgram, signTransaction, type Signer } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { behindProxy, newSigner, offered, offerRequest, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type LocalChain } from '../../testing/instance.ts';

const { OfferState, SubmissionState } = treasury;
const untilTooOld = { ...patient, timeout: 40_000 };

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

describe('a transaction that is not taken', () => {
  test('it ends when its blockhash is too old, and the offer can be signed anew', async () => {
    const { node, env } = await behindProxy(local);
    const home = await openHome(local, env);
    const clients = await startTreasury(home);
    const wallet = await local.wallet();
    const { offerId, issueId } = await offered(clients);
    const transaction = await signedFor(clients, offerId, wallet);
    node.dropSends();
    await clients.web.submitFunding({ offerId, transaction });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.SUBMITTED);
    await expect.poll(() => stateOf(clients, offerId), untilTooOld).toBe(OfferState.OFFERED);
    expect((await clients.web.getOffer({ offerId })).offer?.submission).toMatchObject({ state: SubmissionState.EXPIRED });
    expect(node.sent().length).toBeGreaterThan(3);
    expect(new Set(node.sent())).toEqual(new Set([Buffer.from(transaction).toString('base64')]));

    await node.heal();
    expect((await clients.web.submitFunding({ offerId, transaction })).submission).toMatchObject({ state: SubmissionState.EXPIRED });
    await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, wallet) });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'submission-expired', 'submitted', 'funded']);
  });

  test('signed too late, it is refused at once', async () => {
    const clients = await startTreasury(await openHome(local));
    const { offerId } = await offered(clients);
    const wallet = await local.wallet();
    const { transaction, lastValidBlockHeight } = await clients.web.buildFunding({ offerId, wallet: wallet.address });
    await expect.poll(() => local.chain.blockHeight('confirmed'), untilTooOld).toBeGreaterThan(BigInt(lastValidBlockHeight) + 5n);
    await expect(clients.web.submitFunding({ offerId, transaction: signTransaction(transaction, [wallet]) })).rejects.toMatchObject({ code: 'BLOCKHASH_EXPIRED' });
    expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);
  });
});

describe('a blockhash that the wallet put in', () => {
  const depositOf = (offerId: string, { issueId, wallet, deadline }: { issueId: string; wallet: Signer; deadline: string }) =>
    fundSol({
      program: localProgram, operator: local.operator, repositoryId, issueId, funder: wallet.address, nonce: depositNonce(offerId), amount: 500_000_000n,
      deadline: BigInt(Date.parse(deadline)) / 1000n, withRelayer: true, approver: undefined,
    });

  test('is taken when the chain knows it; one that nobody knows does not lock the offer', async () => {
    const clients = await startTreasury(await openHome(local));
    const { offerId, issueId } = await offered(clients);
    const wallet = await local.wallet();
    const { deadline } = await clients.web.buildFunding({ offerId, wallet: wallet.address });
    const instruction = depositOf(offerId, { issueId, wallet, deadline });
    const signedWith = (blockhash: string) => signTransaction(compileTransaction({ payer: wallet.address, blockhash, instructions: [instruction] }), [wallet]);

    await expect(clients.web.submitFunding({ offerId, transaction: signedWith(newSigner().address) })).rejects.toMatchObject({ code: 'BLOCKHASH_EXPIRED' });
    expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);

    await clients.web.submitFunding({ offerId, transaction: signedWith((await local.chain.latestBlockhash()).blockhash) });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  });
});

describe('an offer that is withdrawn while a signed transaction is alive', () => {
  test('stays locked, and is funded when it lands', async () => {
    const { node, env } = await behindProxy(local);
    const home = await openHome(local, env);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    node.dropSends();
    await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, await local.wallet()) });
    expect(await clients.app.withdrawOffer({ offerId, reason: 'deleted' })).toMatchObject({ pending: true, offer: { state: OfferState.SUBMITTED } });
    await node.heal();
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    expect(await clients.app.withdrawOffer({ offerId, reason: 'deleted' })).toMatchObject({ pending: false, offer: { state: OfferState.FUNDED } });
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  });

  test('is replaced when it can no longer land', async () => {
    const { node, env } = await behindProxy(local);
    const home = await openHome(local, env);
    const clients = await startTreasury(home);
    const request = offerRequest();
    const { offerId, issueId } = await offered(clients, request);
    const { offerId: replacedBy } = await offered(clients, { ...request, money: { denom: 'sol', amount: '600000000' } });
    node.dropSends();
    await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, await local.wallet()) });
    expect(await clients.app.withdrawOffer({ offerId, replacedBy, reason: 'edited' })).toMatchObject({ pending: true, offer: { replacedBy: '' } });
    await expect.poll(() => stateOf(clients, offerId), untilTooOld).toBe(OfferState.REPLACED);
    expect((await clients.web.getOffer({ offerId })).offer).toMatchObject({ replacedBy });
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'offered', 'submitted', 'submission-expired', 'replaced']);
  });
});

