import { describe, expect, test } from 'vitest';
import { instructionNumbers, localProgram as program, parseAddress, systemProgram, terms, tokenProgram, wrappedSol, type Deposit, type Identity, type Operator } from '@doubloon/escrow';
import type { IntentAction, IntentRow } from './intent-row.ts';
import { judgeIntent, type Facts } from './judge-intent.ts';

const operatorAddress = parseAddress('Sysvar1nstructions1111111111111111111111111');
const relayer = parseAddress('SysvarC1ock11111111111111111111111111111111');
const [funder, other] = [systemProgram, tokenProgram];
const now = 1_000_000n;
const ends: readonly bigint[] = Array.from({ length: 16 }, () => 0n);
const operator: Operator = {
  bump: 255, hostHash: new Uint8Array(32), firstAdmin: other, admin: other, relayer, attestor: other, relayerEpoch: 1n, attestorEpoch: 1n,
  nextRelayer: undefined, nextAttestor: undefined, createdSlot: 1n, sequence: 1n, relayerDisabledAt: ends, attestorDisabledAt: ends,
};
const funded: Deposit = {
  bump: 255, state: 'funded', withRelayer: true, vetoed: false, operator: operatorAddress, funder, approver: undefined, mint: undefined, repositoryId: '1', issueId: '2', nonce: 3n,
  amount: 1_000n, createdSlot: 70n, createdAt: 0n, deadline: 2_000_000n, endedAt: undefined, sequence: 1n, award: undefined,
};
const shares = [{ githubId: '7', bps: 10_000 }];
const awarded: Deposit = { ...funded, state: 'awarded', sequence: 2n, award: { shares: [{ githubId: '7', bps: 10_000, settled: undefined }], by: ['relayer'], epoch: 1n, at: now, finalAt: now + terms.windowSeconds } };
const final: Deposit = { ...awarded, award: { ...(awarded.award as NonNullable<Deposit['award']>), finalAt: now } };
const linked: Identity = { bump: 255, state: 'linked', contested: false, contestedBefore: false, operator: operatorAddress, githubId: '7', wallet: other, linkedAt: 0n, attestorEpoch: 1n, pending: undefined, sequence: 1n };
const facts: Facts = { program, operatorAddress, operator, relayer, time: now, deposit: funded, identity: undefined, hasTokenAccount: false };
const intent = (action: IntentAction, changes: Partial<IntentRow> = {}): IntentRow => ({ id: '1', action, decision: '1', deposit: wrappedSol, created_slot: '70', sequence: '1', share: null, shares: action === 'award' ? shares : null, attempts: 0, vetoed: false, waits: false, ...changes });
const judged = (action: IntentAction, changes: Partial<Facts>, of: Partial<IntentRow> = {}) => judgeIntent(intent(action, of), { ...facts, ...changes });
const numbersOf = (verdict: ReturnType<typeof judged>) => (verdict.kind === 'do' ? verdict.instructions.map(({ program: to, data }) => (to === program ? data[0] : 'opens')) : verdict.kind);

describe('an award', () => {
  test('is made of what was decided on, with its slot and sequence', () => {
    const verdict = judged('award', {});
    expect(numbersOf(verdict)).toEqual([instructionNumbers.award]);
    const data = verdict.kind === 'do' ? Buffer.from(verdict.instructions[0]?.data ?? []) : Buffer.alloc(0);
    expect([data.readBigUInt64LE(1), data.readBigUInt64LE(9), data.readBigUInt64LE(17), data.readUInt16LE(25)]).toEqual([70n, 1n, 7n, 10_000]);
  });
  test('is done when the account says so, whoever did it', () => { expect(judged('award', { deposit: awarded })).toEqual({ kind: 'done' }); });
  test.each([
    ['a stale sequence', { deposit: { ...funded, sequence: 3n } }],
    ['another award', { deposit: { ...awarded, award: { ...(awarded.award as NonNullable<Deposit['award']>), shares: [{ githubId: '8', bps: 10_000, settled: undefined }] } } }],
    ['a veto before', { deposit: { ...funded, vetoed: true } }],
    ['a deposit whose funder decides alone', { deposit: { ...funded, withRelayer: false } }],
    ['a deposit of another operator', { deposit: { ...funded, operator: other } }],
    ['a deposit whose time is over', { time: funded.deadline + terms.graceSeconds }],
    ['a deposit that is gone', { deposit: undefined }],
  ])('is never made on %s', (_what, changes) => { expect(judged('award', changes).kind).toBe('never'); });
  test('is never made when a comment vetoed it before it stood, and is done when it had landed by then', () => {
    expect(judged('award', {}, { vetoed: true })).toMatchObject({ kind: 'never', problem: 'It was vetoed before it stood.' });
    expect(judged('award', { deposit: awarded }, { vetoed: true })).toEqual({ kind: 'done' });
    expect(judged('award', {}, { waits: true }).kind).toBe('later');
    // What stands is what the veto is about, though it names the same people.
    expect(judged('award', { deposit: awarded }, { waits: true }).kind).toBe('later');
  });
  test.each([
    ['replaced', { ...operator, relayer: other }],
    ['disabled', { ...operator, relayer: undefined }],
    ['followed by another that took over', { ...operator, nextRelayer: { key: other, at: now } }],
  ])('waits while the key is %s', (_what, changed) => { expect(judged('award', { operator: changed }).kind).toBe('later'); });
});

describe('a veto', () => {
  test('is of the award that was seen', () => {
    expect(numbersOf(judged('veto', { deposit: awarded }, { sequence: '2' }))).toEqual([instructionNumbers.veto]);
    expect(judged('veto', { deposit: { ...awarded, sequence: 4n } }, { sequence: '2' }).kind).toBe('done');
    expect(judged('veto', { deposit: funded }, { sequence: '2' }).kind).toBe('done');
  });
  test('of an award that is on its way waits for it, and is done when none can come any more', () => {
    expect(judged('veto', { deposit: funded }, { sequence: '2', waits: true }).kind).toBe('later');
    expect(numbersOf(judged('veto', { deposit: awarded }, { sequence: '2', waits: true }))).toEqual([instructionNumbers.veto]);
    expect(judged('veto', { deposit: { ...funded, sequence: 3n } }, { sequence: '2', waits: true }).kind).toBe('done');
  });
  test('comes too late for a final award', () => { expect(judged('veto', { deposit: final }, { sequence: '2' }).kind).toBe('never'); });
});

describe('a cancellation', () => {
  test('is of what nobody was awarded, and is done when the money went back by itself', () => {
    expect(numbersOf(judged('cancel', {}))).toEqual([instructionNumbers.cancel]);
    expect(judged('cancel', { deposit: awarded }).kind).toBe('never');
    expect(judged('cancel', { deposit: { ...funded, state: 'refunded', endedAt: now } }).kind).toBe('done');
  });
});

describe('a payout', () => {
  const due = (changes: Partial<Facts>) => judged('payout', { deposit: final, identity: linked, ...changes }, { decision: null, share: 0 });
  test('goes to the wallet that is in force', () => { expect(numbersOf(due({}))).toEqual([instructionNumbers.payout]); });
  test.each([
    ['before the award is final', { deposit: awarded }],
    ['without a link', { identity: undefined }],
    ['while the link cools down', { identity: { ...linked, linkedAt: now } }],
    ['while the wallet is contested', { identity: { ...linked, contestedBefore: true } }],
    ['to whom the award was taken from', { deposit: funded }],
  ])('is not made %s', (_what, changes) => { expect(due(changes).kind).toBe('never'); });
  test('is done once the share is settled', () => {
    expect(due({ deposit: { ...final, award: { ...(final.award as NonNullable<Deposit['award']>), shares: [{ githubId: '7', bps: 10_000, settled: 'paid' }] } } }).kind).toBe('done');
  });
  test('opens a token account only where there is none', () => {
    expect(numbersOf(due({ deposit: { ...final, mint: wrappedSol } }))).toEqual(['opens', instructionNumbers.payout]);
    expect(numbersOf(due({ deposit: { ...final, mint: wrappedSol }, hasTokenAccount: true }))).toEqual([instructionNumbers.payout]);
  });
});

describe('what comes by itself', () => {
  const of = { decision: null };
  test('a refund from the end of the grace on, of what nobody was awarded', () => {
    expect(judged('refund', { time: funded.deadline + terms.graceSeconds - 1n }, of).kind).toBe('never');
    expect(numbersOf(judged('refund', { time: funded.deadline + terms.graceSeconds }, of))).toEqual([instructionNumbers.refund]);
    expect(judged('refund', { time: funded.deadline + terms.graceSeconds, deposit: final }, of).kind).toBe('never');
  });
  test('a share that nobody claimed, unless somebody can', () => {
    const late = { deposit: final, time: now + terms.claimSeconds };
    expect(judged('refund-share', { ...late, time: late.time - 1n }, { ...of, share: 0 }).kind).toBe('never');
    expect(numbersOf(judged('refund-share', late, { ...of, share: 0 }))).toEqual([instructionNumbers.refund]);
    expect(judged('refund-share', { ...late, identity: linked }, { ...of, share: 0 }).kind).toBe('never');
  });
  test('a close a week after the end', () => {
    const over: Deposit = { ...funded, state: 'cancelled', endedAt: now };
    expect(judged('close', { deposit: over, time: now + terms.lingerSeconds - 1n }, of).kind).toBe('never');
    expect(numbersOf(judged('close', { deposit: over, time: now + terms.lingerSeconds }, of))).toEqual([instructionNumbers.close]);
    expect(judged('close', { deposit: undefined }, of).kind).toBe('done');
  });
});
