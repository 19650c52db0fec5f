import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { request, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { addressOf } from '@doubloon/escrow';
import { deployedProgram, openChain } from '@doubloon/escrow/chain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalnet, type Localnet } from './index.ts';
import { startSurfnet } from './surfpool.ts';

const origin = 'http://127.0.0.1:3000';
let net: Localnet;
beforeAll(async () => {
  net = await startLocalnet({ faucetOrigins: [origin] });
});
afterAll(() => net.close());

const someone = () => addressOf(crypto.getRandomValues(new Uint8Array(32)));
const ask = (body: string, headers: Record<string, string> = {}, method = 'POST') => fetch(`${net.faucet.url}/airdrop`, { method, headers, ...(method === 'POST' ? { body } : {}) });

test('the program that runs is the one that was committed', async () => {
  await using chain = openChain(net);
  const so = readFileSync(fileURLToPath(import.meta.resolve('@doubloon/escrow/program.so')));
  expect((await deployedProgram(chain, net.program)).sha256).toBe(createHash('sha256').update(so).digest('hex'));
});

test('the usdc mint has 6 decimals, as the node itself reads it', async () => {
  const response = await fetch(net.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getTokenSupply', params: [net.mints.usdc] }) });
  expect(await response.json()).toMatchObject({ result: { value: { amount: '0', decimals: 6 } } });
});

test('the faucet adds lamports, in process and over HTTP', async () => {
  await using chain = openChain(net);
  const address = someone();
  await net.faucet.airdrop(address, 2_000_000_000n);
  const response = await ask(JSON.stringify({ address, lamports: '500000000' }), { origin });
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  expect((await chain.account(address, 'confirmed'))?.lamports).toBe(2_500_000_000n);
});

test('the faucet answers no page of another origin and no other host name', async () => {
  const body = JSON.stringify({ address: someone(), lamports: '1000000000' });
  const elsewhere = await ask(body, { origin: 'http://evil.example' });
  expect(elsewhere.status).toBe(403);
  expect(elsewhere.headers.has('access-control-allow-origin')).toBe(false);
  expect((await ask('', { origin }, 'OPTIONS')).status).toBe(204);
  const rebound = request(`${net.faucet.url}/airdrop`, { method: 'POST', headers: { host: 'evil.example' } });
  rebound.end(body);
  const [response] = await once(rebound, 'response') as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(403);
});

test.each(['', '{', 'null', '[]', '{"address":"x","lamports":"1"}', '{"address":"11111111111111111111111111111111","lamports":1}', '{"address":"11111111111111111111111111111111","lamports":"1000000000001"}', '{"address":"11111111111111111111111111111111","lamports":"-5"}', ' '.repeat(5000)])('the faucet refuses %j', async (body) => {
  const response = await ask(body.slice(0, 2000));
  expect(response.status).toBe(400);
});

test('time travel moves the clock that programs read', async () => {
  await using chain = openChain(net);
  const before = await chain.time();
  await net.timeTravel(3 * 86_400);
  const after = await chain.time();
  expect(after - before).toBeGreaterThanOrEqual(3n * 86_400n - 1n);
  expect(after - before).toBeLessThan(3n * 86_400n + 60n);
});

test('the chain goes on after the thousand slots that its event queue holds', async () => {
  await using quick = await startLocalnet({ slotMs: 5 });
  await using view = openChain({ rpcUrl: quick.rpcUrl, timeoutMs: 2_000 });
  await expect.poll(() => view.slot('processed'), { timeout: 40_000, interval: 500 }).toBeGreaterThan(1_500n);
});

test('a machine without a native module is told what to do', () => {
  const config = { offline: true, blockProductionMode: 'clock', slotTimeMs: 50 } as const;
  expect(() => startSurfnet(config, 'sunos-sparc')).toThrow('There is no local validator for sunos-sparc: start one yourself and set SOLANA_RPC_URL.');
});

test.each(['SIGTERM', 'SIGINT'] as const)('the command prints one line of JSON and stops on %s', async (signal) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url)), '--slot-ms', '40'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line') as [string];
    const { rpcUrl, genesisHash, faucetUrl } = JSON.parse(line) as Record<string, string>;
    await using chain = openChain({ rpcUrl: rpcUrl ?? '' });
    expect(await chain.genesisHash()).toBe(genesisHash);
    expect(faucetUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  } finally {
    child.kill(signal);
  }
  expect(await exited).toEqual([0, null]);
});

test('the command refuses options that mean nothing', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url)), '--slot-ms', 'fast'], { stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([2, null]);
});
