import { setTimeout as sleep } from 'node:timers/promises';
import { transactionSignature } from '@doubloon/escrow';
import { changed, conditionsOf, failure, result, withId, type Commitment, type Fault, type Reply } from './json-rpc.ts';

export type ErrorKind = 'behind' | 'rate-limited' | 'internal' | 'bad-gateway';
export type RubbishKind = 'not-json' | 'wrong-id' | 'wrong-shape' | 'truncated' | 'huge';

/** Seconds that a rate-limited answer asks to wait. */
export const retryAfterSeconds = 2;
const hugeBytes = 34 * 1024 * 1024;

const signatureIn = (params: readonly unknown[]): string => transactionSignature(Buffer.from(String(params[0]), 'base64'));

/** Answered as if it was taken, and never passed on. */
export const dropped: Fault = (call) => Promise.resolve(result(call, signatureIn(call.params)));

/** Passed on, and then not told of: an error, the gateway's, or nothing. */
export const answerLost = (how: 'error' | 'bad-gateway' | 'silence'): Fault => async (call, forward) => {
  await forward();
  return how === 'silence' ? undefined : errorOf(how === 'error' ? 'internal' : how)(call, forward);
};

export const never: Fault = () => Promise.resolve(undefined);

export const late = (ms: number): Fault => async (_call, forward) => {
  await sleep(ms, undefined, { ref: false });
  return forward();
};

/** What a node, or the gateway before it, says when it can't. */
export const errorOf = (kind: ErrorKind): Fault => (call) => Promise.resolve(({
  behind: () => failure(call, { code: -32005, message: 'Node is behind by 150 slots', data: { numSlotsBehind: 150 } }),
  'rate-limited': (): Reply => ({ status: 429, headers: { 'retry-after': String(retryAfterSeconds) }, body: '{"jsonrpc":"2.0","error":{"code":429,"message":"Too many requests"}}' }),
  internal: () => failure(call, { code: -32603, message: 'Internal error' }),
  'bad-gateway': (): Reply => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<html><h1>502 Bad Gateway</h1></html>' }),
})[kind]());

export const rubbish = (kind: RubbishKind): Fault => async (call, forward) => {
  switch (kind) {
    case 'not-json': return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' };
    case 'wrong-id': return withId(await forward(), 'of somebody else');
    case 'wrong-shape': return result(call, { surprise: [null, 1.5, 'text'] });
    case 'truncated': return { ...(await forward()), isCutShort: true };
    case 'huge': return result(call, 'x'.repeat(hugeBytes));
  }
};

/** Knows no signature, though they landed. */
export const statusesForgotten: Fault = async (_call, forward) => changed(await forward(), (value) => ({ ...(value as { value: unknown[] }), value: (value as { value: unknown[] }).value.map(() => null) }));

/** Says of every signature how sure it is, also of those that never came. */
export const statusesClaimed = (commitment: Commitment, err: unknown = null): Fault => async (_call, forward) => changed(await forward(), (value) => {
  const { context, value: statuses } = value as { context: { slot: number }; value: unknown[] };
  return { context, value: statuses.map(() => ({ slot: 1, confirmations: commitment === 'finalized' ? null : 1, err, status: err === null ? { Ok: null } : { Err: err }, confirmationStatus: commitment })) };
});

interface AccountAnswer { context: unknown; value: unknown }

/** Shows accounts otherwise than they are, in every answer about single addresses at one of the commitments. */
export const accountsShown = (change: (account: { lamports: number } | null, address: string) => unknown, commitments: readonly Commitment[]): Fault => async (call, forward) => {
  const reply = await forward();
  if (!commitments.includes(conditionsOf(call).commitment ?? 'finalized')) return reply;
  return changed(reply, (value) => {
    const answer = value as AccountAnswer;
    const addresses = call.method === 'getAccountInfo' ? [call.params[0]] : (call.params[0] as unknown[]);
    const shown = (Array.isArray(answer.value) ? answer.value : [answer.value]).map((account, index) => change(account as { lamports: number } | null, String(addresses[index])));
    return { ...answer, value: call.method === 'getAccountInfo' ? shown[0] : shown };
  });
};

/** Leaves accounts out of the answers about a whole program. */
export const programAccountsHidden = (isHidden: (address: string) => boolean): Fault => async (_call, forward) => changed(await forward(), (value) => {
  const without = (list: readonly { pubkey: string }[]) => list.filter(({ pubkey }) => !isHidden(pubkey));
  return Array.isArray(value) ? without(value as { pubkey: string }[]) : { ...(value as AccountAnswer), value: without((value as { value: { pubkey: string }[] }).value) };
});

/** Adds to the number that is answered: slots and heights running ahead, or going back. */
export const shifted = (by: number, commitments: readonly Commitment[]): Fault => async (call, forward) => {
  const reply = await forward();
  return commitments.includes(conditionsOf(call).commitment ?? 'finalized') ? changed(reply, (value) => Math.max(0, Number(value) + by)) : reply;
};

/** Knows no blockhash, however new. */
export const blockhashUnknown: Fault = async (call, forward) => {
  if (call.method === 'sendTransaction') return failure(call, { code: -32002, message: 'Transaction simulation failed: Blockhash not found', data: { err: 'BlockhashNotFound', logs: [] } });
  return changed(await forward(), (value) => ({ ...(value as AccountAnswer), value: call.method === 'isBlockhashValid' ? false : { err: 'BlockhashNotFound', logs: [], unitsConsumed: 0, accounts: null } }));
};

export const answered = (value: unknown): Fault => (call) => Promise.resolve(result(call, value));
