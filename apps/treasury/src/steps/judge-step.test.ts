import { describe, expect, test } from 'vitest';
import { instructionNumbers, localProgram as program, parseAddress, systemProgram, terms, tokenProgram, wrappedSol, type Deposit, type Identity, type Operator } from '@doubloon/escrow';
import { judgeStep, possibleSteps, type StepFacts, type StepName } from './judge-step.ts';

const operatorAddress = parseAddress('Sysvar1nstructions1111111111111111111111111');
const [funder, approver, winner] = [systemProgram, parseAddress('SysvarC1ock11111111111111111111111111111111'), tokenProgram];
const now = 10_000_000n;
const ends: readonly bigint[] = Array.from({ length: 16 }, () => 0n);
const operator: Operator = {
  bump: 255, hostHash: new Uint8Array(32), firstAdmin: winner, admin: winner, relayer: winner, attestor: winner, relayerEpoch: 1n, attestorEpoch: 1n,
  nextRelayer: undefined, nextAttestor: undefined, createdSlot: 1n, sequence: 1n, relayerDisabledAt: ends, attestorDisabledAt: ends,
};
const disabled: Operator = { ...operator, relayer: undefined, relayerEpoch: 2n, relayerDisabledAt: ends.with(1, now - 1n) };
const funded: Deposit = {
  bump: 255, state: 'funded', withRelayer: true, vetoed: false, operator: operatorAddress, funder, approver: undefined, mint: undefined, repositoryId: '1', issueId: '2', nonce: 3n,
  amount: 1_001n, createdSlot: 70n, createdAt: 0n, deadline: 20_000_000n, endedAt: undefined, sequence: 1n, award: undefined,
};
const award: NonNullable<Deposit['award']> = { shares: [{ githubId: '7', bps: 5_000, settled: undefined }, { githubId: '8', bps: 5_000, settled: undefined }], by: ['relayer'], epoch: 1n, at: now - 10n, finalAt: now + 10n };
const pending: Deposit = { ...funded, state: 'awarded', award };
const final: Deposit = { ...pending, award: { ...award, finalAt: now } };
const halfPaid: Deposit = { ...final, award: { ...award, finalAt: now, shares: award.shares.with(0, { githubId: '7', bps: 5_000, settled: 'paid' }) } };
const linked: Identity = { bump: 255, state: 'linked', contested: false, contestedBefore: false, operator: operatorAddress, githubId: '8', wallet: winner, linkedAt: 0n, attestorEpoch: 1n, pending: undefined, sequence: 1n };
const common = { program, operatorAddress, operator, time: now, address: wrappedSol, deposit: funded };
const late = (at: bigint) => ({ time: at });

type Found = readonly [StepName, number, readonly string[]][];

describe('what is possible', () => {
  test.each<[string, Partial<StepFacts>, readonly (Identity | undefined)[], Found]>([
    ['nothing while it waits for a decision', {}, [], []],
    ['its funder takes it back where the relayer has no say', { deposit: { ...funded, withRelayer: false } }, [], [['cancel', 0, [funder]]]],
    ['nothing at the last second of its grace', late(funded.deadline + terms.graceSeconds - 1n), [], []],
    ['anybody sends it back from the end of its grace on', late(funded.deadline + terms.graceSeconds), [], [['refund', 0, []]]],
    ['its funder vetoes an award in its window', { deposit: pending }, [undefined, linked], [['veto', 0, [funder]]]],
    ['its approver too', { deposit: { ...pending, approver } }, [], [['veto', 0, [funder, approver]]]],
    ['anybody clears a void award away', { deposit: pending, operator: disabled }, [undefined, linked], [['veto', 0, []]]],
    ['who has a wallet is paid once it is final', { deposit: final }, [undefined, linked], [['payout', 1, []]]],
    ['not while their link cools down', { deposit: final }, [undefined, { ...linked, linkedAt: now - terms.coolDownSeconds + 1n }], []],
    ['not while a change of theirs cools down', { deposit: final }, [undefined, { ...linked, pending: { wallet: funder, since: now, epoch: 1n } }], []],
    ['not while their wallet is disputed', { deposit: final }, [undefined, { ...linked, contestedBefore: true }], []],
    ['nothing of a share that was settled', { deposit: halfPaid }, [linked, undefined], []],
    ['nothing goes back at the last second to claim it', { deposit: final, ...late(now + terms.claimSeconds - 1n) }, [undefined, linked], [['payout', 1, []]]],
    ['what nobody claimed goes back then', { deposit: final, ...late(now + terms.claimSeconds) }, [undefined, linked], [['refund-share', 0, []], ['payout', 1, []]]],
    ['and what is disputed', { deposit: halfPaid, ...late(now + terms.claimSeconds) }, [linked, { ...linked, contestedBefore: true }], [['refund-share', 1, []]]],
    ['nothing in the week after its end', { deposit: { ...funded, state: 'refunded', endedAt: now }, ...late(now + terms.lingerSeconds - 1n) }, [], []],
    ['anybody closes it after that week', { deposit: { ...funded, state: 'refunded', endedAt: now }, ...late(now + terms.lingerSeconds) }, [], [['close', 0, []]]],
    ['nothing with one that is gone', { deposit: undefined }, [], []],
    ['nothing with one of another operator', { deposit: { ...final, operator: winner } }, [linked, linked], []],
  ])('%s', (_what, changes, identities, expected) => {
    expect(possibleSteps({ ...common, ...changes }, identities).map(({ step, share, by }) => [step, share, by])).toEqual(expected);
  });
});

test('a step tells who gets how much, and is one instruction of the program', () => {
  const told = (step: StepName, changes: Partial<StepFacts>) => {
    const judged = judgeStep(step, { ...common, share: 0, identity: undefined, ...changes });
    if (judged.kind !== 'possible') throw new Error(judged.reason);
    const instruction = judged.instruct(funder);
    return [judged.to, judged.amount, instruction.program, instruction.data[0]];
  };
  expect(told('payout', { deposit: final, share: 1, identity: linked })).toEqual([winner, 500n, program, instructionNumbers.payout]);
  // What rounding left is the first one's.
  expect(told('payout', { deposit: final, share: 0, identity: { ...linked, githubId: '7' } })).toEqual([winner, 501n, program, instructionNumbers.payout]);
  expect(told('refund-share', { deposit: final, share: 1, time: now + terms.claimSeconds })).toEqual([funder, 500n, program, instructionNumbers.refund]);
  expect(told('refund', { time: funded.deadline + terms.graceSeconds })).toEqual([funder, 1_001n, program, instructionNumbers.refund]);
  expect(told('cancel', { deposit: { ...funded, withRelayer: false } })).toEqual([funder, 1_001n, program, instructionNumbers.cancel]);
  expect(told('veto', { deposit: pending })).toEqual([undefined, 0n, program, instructionNumbers.veto]);
});

test('what has happened is told from what can not happen', () => {
  const kind = (step: StepName, changes: Partial<StepFacts>) => judgeStep(step, { ...common, share: 0, identity: linked, ...changes }).kind;
  expect(kind('payout', { deposit: halfPaid })).toBe('done');
  expect(kind('payout', { deposit: undefined })).toBe('done');
  expect(kind('refund', { deposit: { ...funded, state: 'cancelled', endedAt: now } })).toBe('done');
  expect(kind('payout', { deposit: final, share: 5 })).toBe('impossible');
  expect(kind('cancel', {})).toBe('impossible');
});
