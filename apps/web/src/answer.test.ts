import { DoubloonError } from '@doubloon/errors';
import { createLogger } from '@doubloon/service';
import { expect, test } from 'vitest';
import { answer } from './answer.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const told = async (error: Error) => {
  const reply = await answer(log, () => Promise.reject(error));
  return { status: reply.status, body: (await reply.json()) as unknown };
};

test('what the visitor can do something about comes with its facts', async () => {
  const facts = { wallet: 'w', lacking: [{ denom: 'usdc', decimals: 6, balance: '0', needed: '5', missing: '5' }] };
  expect(await told(new DoubloonError('BALANCE_TOO_SMALL', facts))).toMatchObject({ status: 402, body: { code: 'BALANCE_TOO_SMALL', facts } });
});

test.each([
  [new Error('password in the connection string'), 500],
  [new DoubloonError('SCHEMA_TOO_OLD', { have: '12', need: '13' }), 500],
  [new DoubloonError('CHAIN_ANSWER_MALFORMED', { call: 'getSecret', problem: 'it is of another shape' }), 502],
  [new DoubloonError('GENESIS_MISMATCH', { pinned: 'one', found: 'other' }), 503],
])('what is ours to mend comes without facts, and without the sentence for whoever mends it (%s)', async (error, status) => {
  const found = await told(error);
  expect(found.status).toBe(status);
  expect(Object.keys(found.body as object)).toEqual(['code', 'message']);
  expect(JSON.stringify(found.body)).not.toMatch(/password|12|getSecret|SOLANA_RPC_URL|pinned/);
});

test('that something is away comes without facts', async () => {
  expect(await told(new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getSlot', retryAfterMs: 5 }))).toEqual({ status: 503, body: { code: 'CHAIN_UNAVAILABLE', message: 'The chain did not answer (getSlot).' } });
});
