import {
  awardStanding, cancel, claimableUntil, close, effectiveWallet, payout, refund, refundShare, shareAmounts, terms, veto,
  type Address, type Deposit, type Identity, type Instruction, type Operator,
} from '@doubloon/escrow';

/** What somebody can do with a deposit by themselves, beside awarding it. */
export const stepNames = ['veto', 'cancel', 'refund', 'refund-share', 'payout', 'close'] as const;
export type StepName = (typeof stepNames)[number];

/** Those that are about one share of an award. */
export const isOfShare = (step: StepName): boolean => step === 'refund-share' || step === 'payout';

/** What the chain says that matters to a step. */
export interface StepFacts {
  readonly program: Address;
  readonly operatorAddress: Address;
  readonly operator: Operator;
  /** Unix seconds of the chain's clock. */
  readonly time: bigint;
  readonly address: Address;
  /** `undefined` when its account is gone, or another one stands there. */
  readonly deposit: Deposit | undefined;
  /** Which share, and the identity of its user; 0 and `undefined` for steps that are about none. */
  readonly share: number;
  readonly identity: Identity | undefined;
}

/** `done`: what it is for has happened. Reasons are whole sentences, fit to show. */
export type JudgedStep = { readonly kind: 'done' | 'impossible'; readonly reason: string } | PossibleStep;

export interface PossibleStep {
  readonly kind: 'possible';
  /** Whose signature it takes; empty when anybody can. */
  readonly by: readonly Address[];
  /** Who gets the money, and base units of it; nobody and none for a veto, the rent alone for a close. */
  readonly to: Address | undefined;
  readonly amount: bigint;
  /** As `wallet` signs it, who is one of `by` where that says somebody. */
  readonly instruct: (wallet: Address) => Instruction;
}

const impossible = (reason: string): JudgedStep => ({ kind: 'impossible', reason });
const done = (reason: string): JudgedStep => ({ kind: 'done', reason });
const over = done('The deposit is over.');

/** Whether the program would take a step now, from whom, and what it would do. */
export function judgeStep(step: StepName, facts: StepFacts): JudgedStep {
  const { deposit, operatorAddress } = facts;
  if (deposit === undefined) return over;
  if (deposit.operator !== operatorAddress) return impossible('It is a deposit of another operator.');
  return judges[step](facts, deposit);
}

const judges: Readonly<Record<StepName, (facts: StepFacts, deposit: Deposit) => JudgedStep>> = {
  veto({ program, operatorAddress, operator, time, address }, deposit) {
    const common = { kind: 'possible', to: undefined, amount: 0n } as const;
    switch (awardStanding(deposit, operator, time)) {
      case 'none': return impossible(deposit.endedAt === undefined ? 'It is not awarded.' : 'The deposit is over.');
      case 'final': return impossible('The award is final.');
      // Nobody has to sign for what the end of the relayer's key has undone already.
      case 'void': return { ...common, by: [], instruct: () => veto({ program, deposit: address, operator: operatorAddress }) };
      case 'pending': return { ...common, by: [deposit.funder, ...(deposit.approver === undefined ? [] : [deposit.approver])], instruct: (decider) => veto({ program, deposit: address, operator: operatorAddress, decider }) };
    }
  },
  cancel({ program, operatorAddress, address }, { state, withRelayer, funder, mint, amount, endedAt }) {
    if (endedAt !== undefined) return over;
    if (state !== 'funded') return impossible('It is awarded.');
    if (withRelayer) return impossible('Before its time only the maintainers of the repository can send it back.');
    return { kind: 'possible', by: [funder], to: funder, amount, instruct: (decider) => cancel({ program, deposit: address, operator: operatorAddress, funder, decider, mint }) };
  },
  refund({ program, time, address }, { state, deadline, funder, mint, amount, endedAt }) {
    if (endedAt !== undefined) return over;
    if (state !== 'funded') return impossible('It is awarded.');
    if (time < deadline + terms.graceSeconds) return impossible('Its time is not over.');
    return { kind: 'possible', by: [], to: funder, amount, instruct: () => refund({ program, deposit: address, funder, mint }) };
  },
  'refund-share'(facts, deposit) {
    const { program, operatorAddress, operator, time, address, share, identity } = facts;
    const due = openShare(facts, deposit);
    if ('kind' in due) return due;
    const until = deposit.award && claimableUntil(deposit.award, operator);
    if (until === undefined || time < until) return impossible('The time to claim it is not over.');
    const { kind } = effectiveWallet(identity, operator, time);
    if (kind !== 'nobody' && kind !== 'contested') return impossible('Somebody can claim it.');
    const { funder, mint } = deposit;
    return { kind: 'possible', by: [], to: funder, amount: due.amount, instruct: () => refundShare({ program, deposit: address, operator: operatorAddress, funder, share, githubId: due.githubId, mint }) };
  },
  payout(facts, deposit) {
    const { program, operatorAddress, operator, time, address, share, identity } = facts;
    const due = openShare(facts, deposit);
    if ('kind' in due) return due;
    const standing = effectiveWallet(identity, operator, time);
    if (standing.kind !== 'wallet') return impossible('There is no wallet that it can be paid to now.');
    const { wallet } = standing;
    return { kind: 'possible', by: [], to: wallet, amount: due.amount, instruct: () => payout({ program, deposit: address, operator: operatorAddress, share, githubId: due.githubId, wallet, mint: deposit.mint }) };
  },
  close({ program, time, address }, { endedAt, funder, mint }) {
    if (endedAt === undefined || time < endedAt + terms.lingerSeconds) return impossible('It has to stand for a week after its end.');
    return { kind: 'possible', by: [], to: funder, amount: 0n, instruct: () => close({ program, deposit: address, funder, mint }) };
  },
};

/** The share when its award is final and nothing has become of it. */
function openShare({ operator, time, share }: StepFacts, deposit: Deposit): JudgedStep | { githubId: string; amount: bigint } {
  const all = deposit.award?.shares ?? [];
  const one = all[share];
  if (one === undefined) return impossible('The award was undone.');
  if (one.settled !== undefined) return done('The share is settled.');
  if (awardStanding(deposit, operator, time) !== 'final') return impossible('The award is not final.');
  return { githubId: one.githubId, amount: shareAmounts(deposit.amount, all.map(({ bps }) => bps))[share] ?? 0n };
}

/** All steps that are possible now; `identities` are those of the shares, in their order. */
export function possibleSteps(facts: Omit<StepFacts, 'share' | 'identity'>, identities: readonly (Identity | undefined)[]): { readonly step: StepName; readonly share: number; readonly by: readonly Address[] }[] {
  const places = facts.deposit?.award?.shares.map((_, share) => share) ?? [];
  return stepNames.flatMap((step) => (isOfShare(step) ? places : [0]).flatMap((share) => {
    const judged = judgeStep(step, { ...facts, share, identity: identities[share] });
    return judged.kind === 'possible' ? [{ step, share, by: judged.by }] : [];
  }));
}
