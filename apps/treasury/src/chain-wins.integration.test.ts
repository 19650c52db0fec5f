import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { compileTransaction, depositNonce, fundSol, localProgram, parseTransaction, signTransaction, transactionSignature, type Address } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';
import { join } from 'node:path';
import { clientsOf, newSigner, offered, offerRequest, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type LocalChain } from '../testing/instance.ts';
import { startRpcProxy, type RpcProxy } from '../testing/rpc-proxy.ts';

const { OfferState, SubmissionState } = treasury;

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

/** A treasury whose node can be made to misbehave. */
async function behindProxy(): Promise<RpcProxy & { env: Record<string, string> }> {
  const proxy = await startRpcProxy(local.localnet.rpcUrl, transactionSignature);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return { ...proxy, env: { SOLANA_RPC_URL: proxy.url } };
}

describe('a transaction that is not taken', () => {
  test('it ends when its blockhash is too old, and the offer can be signed anew', async () => {
    const proxy = await behindProxy();
    const home = await openHome(local, proxy.env);
    const clients = await startTreasury(home);
    const wallet = await local.wallet();
    const { offerId, issueId } = await offered(clients);
    const transaction = await signedFor(clients, offerId, wallet);
    proxy.set('sendTransaction', 'drop');
    await clients.web.submitFunding({ offerId, transaction });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.SUBMITTED);
    await expect.poll(() => stateOf(clients, offerId), { ...patient, timeout: 40_000 }).toBe(OfferState.OFFERED);
    expect((await clients.web.getOffer({ offerId })).offer?.submission).toMatchObject({ state: SubmissionState.EXPIRED });
    expect(proxy.calls.get('sendTransaction')).toBeGreaterThan(3);

    proxy.set('sendTransaction', 'pass');
    expect((await clients.web.submitFunding({ offerId, transaction })).submission).toMatchObject({ state: SubmissionState.EXPIRED });
    await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, wallet) });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'submission-expired', 'submitted', 'funded']);
  });

  test('signed too late, it is refused at once', async () => {
    const clients = await startTreasury(await openHome(local));
    const { offerId } = await offered(clients);
    const { transaction, lastValidBlockHeight } = await clients.web.buildFunding({ offerId, wallet: (await local.wallet()).address });
    const wallet = await local.wallet();
    const late = await signedFor(clients, offerId, wallet);
    expect(parseTransaction(transaction).version).toBe('legacy');
    await expect.poll(() => local.chain.blockHeight('confirmed'), { timeout: 40_000, interval: 200 }).toBeGreaterThan(BigInt(lastValidBlockHeight) + 20n);
    await expect(clients.web.submitFunding({ offerId, transaction: late })).rejects.toMatchObject({ code: 'BLOCKHASH_EXPIRED' });
  });
});

describe('while the node is away', () => {
  test('what was signed is kept, and lands when the node is back', async () => {
    const proxy = await behindProxy();
    const home = await openHome(local, proxy.env);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    const transaction = await signedFor(clients, offerId, await local.wallet());
    proxy.set('all', 'refuse');
    const { submission } = await clients.web.submitFunding({ offerId, transaction });
    expect(submission).toMatchObject({ state: SubmissionState.RECORDED, signature: transactionSignature(transaction) });
    await expect(clients.web.buildFunding({ offerId: (await offered(clients)).offerId, wallet: newSigner().address })).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
    expect(await stateOf(clients, offerId)).toBe(OfferState.SUBMITTED);
    proxy.set('all', 'pass');
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  });

  test('killed between the row and the send, it lands once after the restart', async () => {
    const proxy = await behindProxy();
    proxy.set('sendTransaction', 'hold');
    const home = await openHome(local, { ...proxy.env, LOG_LEVEL: 'info' });
    const main = join(import.meta.dirname, 'main.ts');
    const first = startProcess(main, home.env);
    const clients = clientsOf(String((await first.logged('listening'))['url']), home);
    const { offerId, issueId } = await offered(clients);
    const wallet = await local.wallet();
    const transaction = await signedFor(clients, offerId, wallet);
    await clients.web.submitFunding({ offerId, transaction });
    await expect.poll(() => proxy.calls.get('sendTransaction'), patient).toBeGreaterThan(0);
    first.kill('SIGKILL');
    await expect(first.ended).resolves.toBe('SIGKILL');
    expect(await local.chain.signatureStatuses([transactionSignature(transaction)])).toEqual([undefined]);

    const second = startProcess(main, { ...home.env, SOLANA_RPC_URL: local.localnet.rpcUrl });
    const again = clientsOf(String((await second.logged('listening'))['url']), home);
    await expect.poll(() => stateOf(again, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
    const { rows } = await home.database.pool.query('select signature from submission where offer_id = $1', [offerId]);
    expect(rows).toEqual([{ signature: transactionSignature(transaction) }]);
    second.kill('SIGTERM');
    await expect(second.ended).resolves.toBe(0);
  });

  test('two treasuries on one database send and credit one deposit once', async () => {
    const home = await openHome(local);
    const [one, other] = [await startTreasury(home), await startTreasury(home)];
    const { offerId, issueId } = await offered(one);
    const transaction = await signedFor(other, offerId, await local.wallet());
    await Promise.all([one, other].map(({ web }) => web.submitFunding({ offerId, transaction })));
    await expect.poll(() => stateOf(one, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  });
});

describe('an offer that is withdrawn while a signed transaction is alive', () => {
  test('stays locked, and is funded when it lands', async () => {
    const proxy = await behindProxy();
    const home = await openHome(local, proxy.env);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    proxy.set('sendTransaction', 'drop');
    await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, await local.wallet()) });
    expect(await clients.app.withdrawOffer({ offerId, reason: 'deleted' })).toMatchObject({ pending: true, offer: { state: OfferState.SUBMITTED } });
    proxy.set('sendTransaction', 'pass');
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    expect(await clients.app.withdrawOffer({ offerId, reason: 'deleted' })).toMatchObject({ pending: false, offer: { state: OfferState.FUNDED } });
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  });

  test('is replaced when it can no longer land', async () => {
    const proxy = await behindProxy();
    const home = await openHome(local, proxy.env);
    const clients = await startTreasury(home);
    const request = offerRequest();
    const { offerId, issueId } = await offered(clients, request);
    const { offerId: replacedBy } = await offered(clients, { ...request, money: { denom: 'sol', amount: '600000000' } });
    proxy.set('sendTransaction', 'drop');
    await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, await local.wallet()) });
    expect(await clients.app.withdrawOffer({ offerId, replacedBy, reason: 'edited' })).toMatchObject({ pending: true, offer: { replacedBy: '' } });
    await expect.poll(() => stateOf(clients, offerId), { ...patient, timeout: 40_000 }).toBe(OfferState.REPLACED);
    expect((await clients.web.getOffer({ offerId })).offer).toMatchObject({ replacedBy });
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'offered', 'submitted', 'submission-expired', 'replaced']);
  });
});

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
    expect((await clients.web.getBounty({ repositoryId, issueId })).totals).toMatchObject([{ funded: '0' }]);
  });

  const issueOf = async ({ web }: Parameters<typeof stateOf>[0], offerId: string) => (await web.getOffer({ offerId })).offer?.issue?.issueId ?? '';

  async function fundedBy(wallet: Parameters<typeof signedFor>[2], offerId: string, issueId: string, { amount = 500_000_000n, withRelayer = true, deadline = 90n * 86_400n } = {}) {
    const [{ blockhash }, time] = [await local.chain.latestBlockhash(), await local.chain.time()];
    const instruction = fundSol({ program: localProgram, operator: local.operator, repositoryId, issueId, funder: wallet.address as Address, nonce: depositNonce(offerId), amount, deadline: time + deadline, withRelayer });
    return signTransaction(compileTransaction({ payer: wallet.address, blockhash, instructions: [instruction] }), [wallet]);
  }
});
