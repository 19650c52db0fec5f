import type { Action, Facts, StakeFacts } from './facts.ts';
import { fundersAgreeAfterAMove, mayVeto, type Requirement } from './requirements.ts';

/** A deposit that a decision is not for, though it is for others, and a sentence that says why. */
export interface LeftOut {
  readonly deposit: string;
  readonly reason: string;
}

/** What of a deposit stands against itself alone. */
const perDeposit: Readonly<Partial<Record<Action, Requirement>>> = {
  // Their own money is a funder's to keep back, and nobody else's.
  veto: mayVeto,
  // What was given before the issue moved must not hold up what was given since.
  award: fundersAgreeAfterAMove,
};

/** Takes out the deposits for which it is not allowed while it may be for others. Where it is for none of them, all stay. */
export function divide(facts: Facts): { readonly facts: Facts; readonly leftOut: readonly LeftOut[] } {
  const requirement = perDeposit[facts.action];
  const stakes: StakeFacts[] = [];
  const leftOut: LeftOut[] = [];
  for (const stake of facts.stakes) {
    const denial = requirement?.({ ...facts, stakes: [stake] });
    if (denial === undefined) stakes.push(stake);
    else leftOut.push({ deposit: stake.deposit, reason: denial.reason });
  }
  return stakes.length === 0 ? { facts, leftOut: [] } : { facts: { ...facts, stakes }, leftOut };
}
