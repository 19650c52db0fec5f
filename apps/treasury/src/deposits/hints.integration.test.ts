import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { listenForHints } from '@doubloon/escrow/chain';
import { localProgram } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { behindProxy, offered, openHome, openLocalChain, patient, signedFor, startTreasury, stateOf, type LocalChain } from '../../testing/instance.ts';
import { depositsOf } from './scan-deposits.ts';

const { OfferState } = treasury;
// Nothing looks by itself while these tests run, after the first round of each.
const seldom = { TREASURY_WATCH_EVERY: '10m', TREASURY_SCAN_EVERY: '10m', TREASURY_SEND_EVERY: '10m' };

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

test('a deposit that a wallet sends itself is counted by a hint, long before the next round', async () => {
  const { node, env } = await behindProxy(local);
  const clients = await startTreasury(await openHome(local, { ...env, ...seldom }));
  await expect.poll(() => node.webSockets(), patient).toBe(1);
  const { offerId } = await offered(clients);
  await local.chain.send(await signedFor(clients, offerId, await local.wallet()));
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
});

test.each<[string, Record<string, string>]>([['the watcher', { TREASURY_SCAN_EVERY: '10m' }], ['the scan', { TREASURY_WATCH_EVERY: '10m' }]])('with a WebSocket that is open and silent, %s finds it by itself', async (_name, changes) => {
  const { node, env } = await behindProxy(local);
  const clients = await startTreasury(await openHome(local, { ...env, ...changes }));
  await expect.poll(() => node.webSockets(), patient).toBe(1);
  node.silenceWebSockets();
  const { offerId } = await offered(clients);
  await local.chain.send(await signedFor(clients, offerId, await local.wallet()));
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
});

test('without any WebSocket it is ready, and finds it by itself', async () => {
  const { env } = await behindProxy(local);
  const clients = await startTreasury(await openHome(local, { ...env, SOLANA_WS_URL: 'ws://127.0.0.1:9' }));
  expect(clients.health.ready().ok).toBe(true);
  const { offerId } = await offered(clients);
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, await local.wallet()) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
});

test('a connection that was cut, refused or went silent is made anew, and hints to look at what was missed', async () => {
  const { node } = await behindProxy(local);
  let hints = 0;
  const hearing = listenForHints({ wsUrl: node.wsUrl, program: localProgram, filters: depositsOf(local.operator), onHint: () => { hints++; }, apartMs: 0, silentMs: 500 });
  onTestFinished(() => { hearing[Symbol.dispose](); });
  const another = async () => {
    const before = hints;
    await expect.poll(() => hints, patient).toBeGreaterThan(before);
  };
  await expect.poll(() => hints, patient).toBe(1);
  await node.cut();
  await another();
  await node.goAway();
  await expect.poll(() => node.webSockets(), patient).toBe(0);
  await node.comeBack();
  await another();
  node.silenceWebSockets();
  const struck = hints;
  await node.heal();
  await expect.poll(() => hints, patient).toBeGreaterThan(struck);
});

test('many changes at once are few hints', async () => {
  const { node, env } = await behindProxy(local);
  let hints = 0;
  const clients = await startTreasury(await openHome(local, env));
  const hearing = listenForHints({ wsUrl: node.wsUrl, program: localProgram, filters: depositsOf(local.operator), onHint: () => { hints++; }, apartMs: 60_000 });
  onTestFinished(() => { hearing[Symbol.dispose](); });
  await expect.poll(() => hints, patient).toBe(1);
  for (let nth = 0; nth < 3; nth++) {
    const { offerId } = await offered(clients);
    await local.chain.send(await signedFor(clients, offerId, await local.wallet()));
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  }
  expect(hints).toBe(1);
});
