import { Connection, Keypair, PublicKey, SystemProgram, Transaction } from '@solana/web3.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { localProgram, parseAddress } from '@doubloon/escrow';
import { startLocalnet, type Localnet } from '@doubloon/localnet';
import { startRpcProxy, type RpcProxy } from './rpc-proxy.ts';

const patient = { timeout: 20_000, interval: 50 };
const payer = Keypair.generate();

let net: Localnet;
let proxy: RpcProxy;
let open: AsyncDisposableStack;
/** Through the proxy, and past it. */
let through: Connection;
let past: Connection;
beforeAll(async () => {
  open = new AsyncDisposableStack();
  net = open.use(await startLocalnet());
  proxy = open.use(await startRpcProxy(net));
  through = new Connection(proxy.url, { commitment: 'confirmed', wsEndpoint: proxy.wsUrl, disableRetryOnRateLimit: true });
  past = new Connection(net.rpcUrl, { commitment: 'confirmed', wsEndpoint: net.wsUrl });
  await net.faucet.airdrop(parseAddress(payer.publicKey.toBase58()), 10_000_000_000n);
});
afterAll(() => open.disposeAsync());
beforeEach(() => proxy.heal());

async function transfer(lamports = 1_000_000): Promise<{ raw: Buffer; to: PublicKey }> {
  const to = Keypair.generate().publicKey;
  const transaction = new Transaction({ feePayer: payer.publicKey, ...(await past.getLatestBlockhash()) }).add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports }));
  transaction.sign(payer);
  return { raw: transaction.serialize(), to };
}
const send = async (raw: Buffer): Promise<string> => through.sendRawTransaction(raw, { skipPreflight: true, maxRetries: 0 });
const statusOf = async (connection: Connection, signature: string) => (await connection.getSignatureStatuses([signature])).value[0];
const landed = (signature: string) => expect.poll(() => statusOf(past, signature), patient).not.toBeNull();
const confirmed = (signature: string) => expect.poll(async () => (await statusOf(past, signature))?.confirmationStatus, patient).toMatch(/confirmed|finalized/);

test('without a fault it is the node: calls, counts, and notifications', async () => {
  expect(await through.getGenesisHash()).toBe(await past.getGenesisHash());
  expect(proxy.calls('getGenesisHash')).toBe(1);
  const slots: number[] = [];
  const id = through.onSlotChange(({ slot }) => slots.push(slot));
  await expect.poll(() => slots.length, patient).toBeGreaterThan(2);
  await through.removeSlotChangeListener(id);
  const { raw } = await transfer();
  await landed(await send(raw));
  expect(proxy.sent()).toContain(raw.toString('base64'));
});

test('the next so many transactions are dropped, with their signature as the answer', async () => {
  proxy.dropSends(1);
  const [first, second] = [await transfer(), await transfer()];
  const signature = await send(first.raw);
  await confirmed(await send(second.raw));
  expect(await statusOf(past, signature)).toBeNull();
  expect(proxy.sent().slice(-2)).toEqual([first, second].map(({ raw }) => raw.toString('base64')));
});

test.each(['error', 'bad-gateway', 'silence'] as const)('a transaction lands though its answer is lost: %s', async (how) => {
  proxy.loseSendAnswers(how, 1);
  const { raw, to } = await transfer();
  let answer: unknown;
  void send(raw).then(() => { answer = 'taken'; }, (error: unknown) => { answer = error; });
  await expect.poll(() => past.getBalance(to), patient).toBe(1_000_000);
  if (how === 'silence') expect(answer).toBeUndefined();
  else await expect.poll(() => String(answer), patient).toMatch(how === 'error' ? /Internal error/ : /502/);
});

test('answers come late by method, and never', async () => {
  proxy.answerLate(300, { methods: ['getSlot'], times: 1 });
  const before = performance.now();
  await through.getBlockHeight();
  expect(performance.now() - before).toBeLessThan(250);
  await through.getSlot();
  expect(performance.now() - before).toBeGreaterThanOrEqual(298);
  proxy.answerNever({ methods: ['getSlot'] });
  await expect(Promise.race([through.getSlot(), past.getSlot().then(() => past.getSlot()).then(() => 'waiting')])).resolves.toBe('waiting');
});

test.each([['behind', /behind by 150/], ['rate-limited', /429/], ['internal', /Internal error/], ['bad-gateway', /502/]] as const)('errors: %s', async (kind, words) => {
  proxy.answerError(kind, { times: 1 });
  await expect(through.getSlot()).rejects.toThrow(words);
  await expect(through.getSlot()).resolves.toBeGreaterThan(0);
});

test('a rate-limited answer says how long to wait', async () => {
  proxy.answerError('rate-limited', { times: 1 });
  const answer = await fetch(proxy.url, { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"getSlot"}' });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '2']);
});

test.each(['not-json', 'wrong-shape', 'truncated'] as const)('rubbish: %s', async (kind) => {
  proxy.answerRubbish(kind, { times: 1 });
  await expect(through.getSlot()).rejects.toThrow();
  await expect(through.getSlot()).resolves.toBeGreaterThan(0);
});

test('rubbish: an answer to somebody else, and one of 34 MiB', async () => {
  const asked = async () => (await fetch(proxy.url, { method: 'POST', body: '{"jsonrpc":"2.0","id":7,"method":"getSlot"}' })).text();
  proxy.answerRubbish('wrong-id', { times: 1 });
  expect(JSON.parse(await asked())).toMatchObject({ id: 'of somebody else', result: expect.any(Number) as unknown });
  proxy.answerRubbish('huge', { times: 1 });
  expect((await asked()).length).toBeGreaterThan(34 * 1024 * 1024);
});

test('a node that stays behind knows slots, statuses and accounts as they were', async () => {
  await proxy.beBehind();
  const slot = await through.getSlot('processed');
  const { raw } = await transfer();
  const signature = await send(raw);
  await confirmed(signature);
  expect(await statusOf(through, signature)).toBeNull();
  expect(await through.getSlot('processed')).toBe(slot);
  expect(await past.getSlot('processed')).toBeGreaterThan(slot);
  await expect(through.getSlot({ commitment: 'processed', minContextSlot: slot + 1 })).rejects.toThrow(/Minimum context slot/);
  expect((await through.getAccountInfoAndContext(payer.publicKey, 'processed')).context.slot).toBe(slot);
});

test('a node that is some slots behind follows', async () => {
  await proxy.beBehind(20);
  const slot = await through.getSlot('processed');
  await expect.poll(() => through.getSlot('processed'), patient).toBeGreaterThan(slot);
  const [then, now] = [await through.getSlot('processed'), await past.getSlot('processed')];
  expect(now - then).toBeGreaterThanOrEqual(20);
});

test('accounts of the program that came since are not there for a node that is behind', async () => {
  const found = await past.getProgramAccounts(new PublicKey(localProgram));
  await proxy.beBehind(Infinity, [localProgram, SystemProgram.programId.toBase58()]);
  expect(await through.getProgramAccounts(new PublicKey(localProgram))).toHaveLength(found.length);
  const { raw, to } = await transfer();
  await confirmed(await send(raw));
  expect(await through.getAccountInfo(to)).toBeNull();
  expect(await past.getAccountInfo(to)).not.toBeNull();
});

test('it forgets signatures, and claims to be sure of them', async () => {
  const { raw } = await transfer();
  const signature = await send(raw);
  await confirmed(signature);
  const end = proxy.forgetStatuses();
  expect(await statusOf(through, signature)).toBeNull();
  end();
  expect(await statusOf(through, signature)).not.toBeNull();
  proxy.claimStatuses('finalized');
  expect(await statusOf(through, '1'.repeat(64))).toMatchObject({ confirmationStatus: 'finalized', err: null });
});

test('it lies about accounts, at the commitments it is told', async () => {
  const key = payer.publicKey;
  proxy.claimLamports(key.toBase58(), 5, ['finalized']);
  expect(await through.getBalance(key)).toBeGreaterThan(5);
  expect((await through.getAccountInfo(key, 'finalized'))?.lamports).toBe(5);
  expect((await through.getAccountInfo(key, 'confirmed'))?.lamports).toBeGreaterThan(5);
  proxy.hideAccounts({ addresses: [key.toBase58()], commitments: ['finalized'] });
  expect((await through.getMultipleAccountsInfo([key, SystemProgram.programId], 'finalized')).map((account) => account !== null)).toEqual([false, true]);
  expect(await through.getAccountInfo(key, 'confirmed')).not.toBeNull();
});

test('its slots run ahead at one commitment, and its block heights', async () => {
  proxy.claimSlots(1_000, ['finalized']);
  expect(await through.getSlot('finalized')).toBeGreaterThan((await past.getSlot('processed')) + 500);
  expect(await through.getSlot('confirmed')).toBeLessThan((await past.getSlot('processed')) + 500);
  proxy.claimBlockHeights(1_000);
  expect(await through.getBlockHeight('confirmed')).toBeGreaterThan((await past.getBlockHeight('processed')) + 500);
});

test('it knows no blockhash, and has another genesis hash', async () => {
  proxy.claimExpired();
  const { raw } = await transfer();
  await expect(send(raw)).rejects.toThrow(/Blockhash not found/);
  expect((await through.isBlockhashValid((await past.getLatestBlockhash()).blockhash)).value).toBe(false);
  proxy.claimGenesis('5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d');
  expect(await through.getGenesisHash()).toBe('5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d');
});

describe('its connections', () => {
  test('are cut, and taken again', async () => {
    proxy.answerNever({ methods: ['getVersion'] });
    const waiting = expect(through.getVersion()).rejects.toThrow();
    await expect.poll(() => proxy.calls('getVersion'), patient).toBe(1);
    await proxy.cut();
    await waiting;
    await expect(through.getSlot()).resolves.toBeGreaterThan(0);
  });

  test('are refused while it is away, on the same port afterwards', async () => {
    await proxy.goAway();
    await expect(through.getSlot()).rejects.toThrow(/fetch failed/);
    await proxy.comeBack();
    await expect(through.getSlot()).resolves.toBeGreaterThan(0);
  });

  test('over WebSocket go silent and stay open', async () => {
    const socket = new WebSocket(proxy.wsUrl);
    const heard: unknown[] = [];
    socket.addEventListener('message', ({ data }) => heard.push(data));
    await new Promise((resolve) => { socket.addEventListener('open', resolve); });
    socket.send('{"jsonrpc":"2.0","id":1,"method":"slotSubscribe"}');
    await expect.poll(() => heard.length, patient).toBeGreaterThan(2);
    proxy.silenceWebSockets();
    // The node goes on, and this one hears nothing of it.
    const before = heard.length;
    const slot = await past.getSlot('processed');
    await expect.poll(() => past.getSlot('processed'), patient).toBeGreaterThan(slot + 5);
    expect(heard.length - before).toBeLessThanOrEqual(1);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    await proxy.goAway();
    await expect.poll(() => socket.readyState, patient).toBe(WebSocket.CLOSED);
  });
});
