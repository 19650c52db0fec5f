import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compileTransaction, signTransaction, signerFromSeed, transactionSignature, zeroAddress } from '../index.ts';
import { openChain, type Chain } from './index.ts';

/** A node that answers as told: `reply` gets the request's id, or undefined to leave it hanging. */
async function nodeThat(reply: (response: ServerResponse, request: { id: unknown; method: string }) => void, timeoutMs = 5000): Promise<Chain> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk)).on('end', () => {
      reply(response, JSON.parse(body) as { id: unknown; method: string });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const chain = openChain({ rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs });
  onTestFinished(async () => {
    await chain[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });
  return chain;
}
const answering = (result: unknown) => nodeThat((response, { id }) => response.end(JSON.stringify({ jsonrpc: '2.0', id, result })));
const failing = (code: number, message = 'because') => nodeThat((response, { id }) => response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })));
const failure = (code: string, call: string) => expect.objectContaining({ name: 'DoubloonError', code, facts: expect.objectContaining({ call }) as unknown }) as unknown;

const signer = signerFromSeed(crypto.getRandomValues(new Uint8Array(32)));
const transaction = signTransaction(compileTransaction({ payer: signer.address, blockhash: zeroAddress, instructions: [] }), [signer]);

test('a node that is not there, hangs up, or never answers is unavailable, within the time of a call', async () => {
  const gone = openChain({ rpcUrl: 'http://127.0.0.1:1' });
  await expect(gone.slot('confirmed')).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getSlot'));
  const rude = await nodeThat((response) => response.destroy());
  await expect(rude.genesisHash()).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getGenesisHash'));
  const silent = await nodeThat(() => undefined, 100);
  await expect(silent.account(zeroAddress, 'finalized')).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getMultipleAccounts'));
  const stuck = await nodeThat((response) => response.write('{"jsonrpc"'), 100);
  await expect(stuck.send(transaction)).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'sendTransaction'));
});

test.each([401, 429, 500, 503])('HTTP %d is unavailable, and asked once only', async (status) => {
  let asked = 0;
  const chain = await nodeThat((response) => {
    asked++;
    response.writeHead(status).end('sorry');
  });
  await expect(chain.slot('confirmed')).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getSlot'));
  expect(asked).toBe(1);
});

test('a node that is behind is unavailable, one that says no has refused, with its code and words', async () => {
  for (const code of [-32005, -32603, 429]) await expect((await failing(code)).send(transaction)).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'sendTransaction'));
  const refused = (await failing(-32003, 'Transaction signature verification failure')).send(transaction);
  await expect(refused).rejects.toMatchObject({ code: 'CHAIN_REFUSED', facts: { call: 'sendTransaction', code: -32003, reason: 'Transaction signature verification failure' } });
});

test('rubbish, other shapes, and numbers that have lost digits are said to be that', async () => {
  const rubbish = await nodeThat((response) => response.end('<html>'));
  await expect(rubbish.slot('confirmed')).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'getSlot'));
  for (const result of ['7', null, {}, [], 1.5, 2 ** 53, -1e300]) await expect((await answering(result)).slot('confirmed')).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'getSlot'));
  const rich = await answering({ context: { slot: 5 }, value: [{ owner: zeroAddress, lamports: 2 ** 60, data: ['', 'base64'], executable: false, rentEpoch: 0 }] });
  await expect(rich.account(zeroAddress, 'confirmed')).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'getMultipleAccounts'));
});

test('fewer accounts or statuses than asked for are no answer', async () => {
  const short = await answering({ context: { slot: 5 }, value: [] });
  await expect(short.account(zeroAddress, 'confirmed')).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'getMultipleAccounts'));
  await expect(short.signatureStatuses([transactionSignature(transaction)])).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'getSignatureStatuses'));
});

test('a node that answers from before the slot that was asked for is unavailable, whether it knows the condition or not', async () => {
  const late = await answering({ context: { slot: 5 }, value: [null] });
  expect(await late.account(zeroAddress, 'finalized')).toBeUndefined();
  expect(await late.account(zeroAddress, 'finalized', 5n)).toBeUndefined();
  await expect(late.account(zeroAddress, 'finalized', 6n)).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getMultipleAccounts'));
  await expect((await failing(-32016)).account(zeroAddress, 'finalized', 6n)).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getMultipleAccounts'));
});

test('a clock of another shape is no time, and an answer about another transaction no receipt', async () => {
  const clock = await answering({ context: { slot: 5 }, value: [{ owner: zeroAddress, lamports: 1, data: ['AAAA', 'base64'], executable: false, rentEpoch: 0 }] });
  await expect(clock.time()).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'getMultipleAccounts'));
  await expect((await answering('1'.repeat(64))).send(transaction)).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'sendTransaction'));
});

test('closing ends what is under way', async () => {
  let arrived: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const chain = await nodeThat(() => {
    arrived();
  }, 60_000);
  const waiting = expect(chain.slot('confirmed')).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getSlot'));
  await asked;
  await chain[Symbol.asyncDispose]();
  await waiting;
});

test('what is no transaction is never asked about', async () => {
  let asked = 0;
  const chain = await nodeThat((response) => {
    asked++;
    response.destroy();
  });
  for (const ask of [chain.fee, chain.simulate, chain.send]) await expect(ask(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'TRANSACTION_MALFORMED' });
  expect(asked).toBe(0);
});

test('the price is what three of four recent slots were content with, and 0 when nobody paid', async () => {
  const fees = [9, 1, 5, 3].map((prioritizationFee, slot) => ({ slot, prioritizationFee }));
  expect(await (await answering(fees)).prioritizationFee([])).toBe(5n);
  expect(await (await answering([])).prioritizationFee([])).toBe(0n);
});

test('an answer to another question, and one without an end, are no answers', async () => {
  const other = await nodeThat((response) => response.end('{"jsonrpc":"2.0","id":"of somebody else","result":5}'));
  await expect(other.slot('confirmed')).rejects.toEqual(failure('CHAIN_ANSWER_MALFORMED', 'getSlot'));
  let isClosed = false;
  const endless = await nodeThat((response) => {
    const more = () => { while (!isClosed && response.write('x'.repeat(65_536))); };
    response.on('drain', more).on('close', () => { isClosed = true; });
    more();
  }, 60_000);
  await expect(endless.slot('confirmed')).rejects.toMatchObject({ code: 'CHAIN_ANSWER_MALFORMED', facts: { problem: 'it is longer than 32 MiB' } });
  await expect.poll(() => isClosed).toBe(true);
});

test.each([['2', 2_000], ['0', undefined], ['999999', 60_000], ['soon', undefined], ['Wed, 21 Oct 2015 07:28:00 GMT', undefined]])('a node that asks to be left alone for %s is', async (text, retryAfterMs) => {
  const chain = await nodeThat((response) => response.writeHead(429, { 'retry-after': text }).end());
  await expect(chain.slot('confirmed')).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE', facts: { call: 'getSlot', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } });
  if (retryAfterMs === undefined) await expect(chain.slot('confirmed')).rejects.not.toHaveProperty('facts.retryAfterMs');
});

describe('a final state', () => {
  const clock = (slot: bigint, seconds: bigint) => {
    const bytes = Buffer.alloc(40);
    bytes.writeBigUInt64LE(slot, 0);
    bytes.writeBigInt64LE(seconds, 32);
    return { owner: zeroAddress, lamports: 1, data: [bytes.toString('base64'), 'base64'], executable: false, rentEpoch: 0 };
  };
  const nodeAt = ({ final, context = final, shown = context }: { final: number; context?: number; shown?: number }) => nodeThat((response, { id, method }) => {
    const value = (count: number) => ({ context: { slot: context }, value: [clock(BigInt(shown), 77n), ...Array.from({ length: count }, () => null)] });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: method === 'getSlot' ? final : value(1) }));
  });

  test('has the slot that was final before, the newest it may show, and its time', async () => {
    expect(await (await nodeAt({ final: 100, context: 131 })).finalState([zeroAddress])).toEqual({ slot: 100n, reached: 131n, time: 77n, accounts: [undefined] });
  });

  test('is not believed of a node that calls less final than is known to be', async () => {
    const chain = await nodeAt({ final: 100, context: 131 });
    expect(await chain.finalState([zeroAddress], 100n)).toMatchObject({ slot: 100n });
    await expect(chain.finalState([zeroAddress], 101n)).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getSlot'));
  });

  test.each([{ final: 100, context: 99 }, { final: 100, context: 131, shown: 99 }, { final: 1_100, context: 1_131, shown: 131 }])('is not believed when its own Clock has not come as far: %j', async (node) => {
    await expect((await nodeAt(node)).finalState([zeroAddress])).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getMultipleAccounts'));
  });
});

test('each call that fails is told of', async () => {
  const told: string[] = [];
  await using chain = openChain({ rpcUrl: 'http://127.0.0.1:1', onFailure: (code) => told.push(code) });
  await expect(chain.finalState([zeroAddress])).rejects.toEqual(failure('CHAIN_UNAVAILABLE', 'getSlot'));
  await expect(chain.send(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'TRANSACTION_MALFORMED' });
  expect(told).toEqual(['CHAIN_UNAVAILABLE', 'TRANSACTION_MALFORMED']);
});
