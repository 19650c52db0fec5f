import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { localProgram } from '@doubloon/escrow';
import { readProgram } from '@doubloon/escrow/chain';
import { createHealth, createLogger } from '@doubloon/service';
import { offered, openHome, openLocalChain, patient, startTreasury, type LocalChain } from '../testing/instance.ts';
import { keepFacts } from './chain-facts.ts';

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

test('the hash that people are shown is that of the file everybody can build', async () => {
  const clients = await startTreasury(await openHome(local));
  const { offerId } = await offered(clients);
  const so = readFileSync(fileURLToPath(import.meta.resolve('@doubloon/escrow/program.so')));
  expect((await clients.web.getOffer({ offerId })).terms?.program).toMatchObject({ address: localProgram, sha256: createHash('sha256').update(so).digest('hex') });
});

test('from the moment another program stands there nothing is built or opened any more', async () => {
  let swapped = false;
  let time = Date.now();
  const health = createHealth({ version: 'test', now: () => new Date(time) });
  onTestFinished(() => health[Symbol.asyncDispose]());
  const refusal = new DoubloonError('PROGRAM_REFUSED', { program: localProgram, problem: 'somebody changed it' });
  const facts = await keepFacts({
    chain: local.chain, operator: local.operator, everyMs: 5, now: () => new Date(time), log: createLogger({ name: 'test', level: 'silent' }), health: health.dependency('chain'),
    readProgram: () => (swapped ? Promise.reject(refusal) : readProgram(local.chain, { program: localProgram, cluster: 'localnet' })),
  });
  onTestFinished(() => facts[Symbol.asyncDispose]());
  expect(facts.current().program.sha256).toHaveLength(64);
  swapped = true;
  time += 11 * 60_000;
  await expect.poll(() => { try { return facts.current(); } catch (error) { return error; } }, patient).toBe(refusal);
  swapped = false;
  await expect.poll(() => { try { return facts.current().program.sha256.length; } catch { return 0; } }, patient).toBe(64);
});
