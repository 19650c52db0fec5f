import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactionSignature } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';
import { behindProxy, clientsOf, newSigner, offered, openHome, openLocalChain, patient, signedFor, startTreasury, stateOf, typesOf, type LocalChain } from '../../testing/instance.ts';

const { OfferState, SubmissionState } = treasury;

let local: LocalChain;
// So slow that what was signed outlives the restart of a process on a busy machine.
beforeAll(async () => { local = await openLocalChain({ slotMs: 120 }); });
afterAll(() => local[Symbol.asyncDispose]());

test('while the event log is away it stays ready, takes what is signed, and tells of it all in order afterwards', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const { offerId, issueId } = await offered(clients);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered']);
  const log = new URL(home.env['EVENT_LOG_URL'] ?? '').pathname.slice(1);
  const allow = (yes: boolean) => home.database.pool.query(`alter database "${log}" with allow_connections ${String(yes)}`);
  await allow(false);
  await home.database.pool.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [log]);
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, await local.wallet()) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  await expect.poll(() => clients.health.ready(), patient).toMatchObject({ ok: true, dependencies: { 'event log': { ok: false, needed: false } } });
  await allow(true);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
});

describe('while the node is away', () => {
  test('it stays ready, opens offers, and tells that the chain is away', async () => {
    const { node, env } = await behindProxy(local);
    const clients = await startTreasury(await openHome(local, env));
    await offered(clients);
    expect(clients.health.ready().ok).toBe(true);
    await node.goAway();
    await expect.poll(() => clients.health.ready(), patient).toMatchObject({ ok: true, dependencies: { scan: { ok: false, needed: false, reason: 'CHAIN_UNAVAILABLE' } } });
    await offered(clients);
  });

  test('what was signed is kept, and lands when the node is back', async () => {
    const { node, env } = await behindProxy(local);
    const home = await openHome(local, env);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    const transaction = await signedFor(clients, offerId, await local.wallet());
    await node.goAway();
    const { submission } = await clients.web.submitFunding({ offerId, transaction });
    expect(submission).toMatchObject({ state: SubmissionState.RECORDED, signature: transactionSignature(transaction) });
    await expect(clients.web.buildFunding({ offerId: (await offered(clients)).offerId, wallet: newSigner().address })).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
    expect(await stateOf(clients, offerId)).toBe(OfferState.SUBMITTED);
    await node.comeBack();
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  });

  test('killed between the row and the send, it lands once after the restart', async () => {
    const { node, env } = await behindProxy(local);
    node.answerNever({ methods: ['sendTransaction'] });
    const home = await openHome(local, { ...env, LOG_LEVEL: 'info' });
    const main = join(import.meta.dirname, '../main.ts');
    const first = startProcess(main, home.env);
    const clients = clientsOf(String((await first.logged('listening'))['url']), home);
    const { offerId, issueId } = await offered(clients);
    const wallet = await local.wallet();
    const transaction = await signedFor(clients, offerId, wallet);
    await clients.web.submitFunding({ offerId, transaction });
    await expect.poll(() => node.calls('sendTransaction'), patient).toBeGreaterThan(0);
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

  test('what it does not take, whoever made it so, keeps nothing else from being sent', async () => {
    const { node, env } = await behindProxy(local);
    const clients = await startTreasury(await openHome(local, env));
    const offers = await Promise.all(Array.from({ length: 9 }, async () => ({ ...(await offered(clients)), wallet: await local.wallet() })));
    const signed = await Promise.all(offers.map(async ({ offerId, wallet }) => ({ offerId, transaction: await signedFor(clients, offerId, wallet) })));
    await node.goAway();
    await Promise.all(signed.map((one) => clients.web.submitFunding(one)));
    // The first handful of each round, whichever those are.
    let sends = 0;
    node.strike((_call, forward) => { sends = 0; return forward(); }, { methods: ['getBlockHeight'] });
    node.strike((_call, forward) => (++sends > 8 ? forward() : Promise.resolve({ status: 403, body: 'Forbidden' })), { methods: ['sendTransaction'] });
    await node.comeBack();
    await expect.poll(async () => (await Promise.all(offers.map(({ offerId }) => stateOf(clients, offerId)))).filter((state) => state === OfferState.FUNDED).length, patient).toBe(1);
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
