import { DoubloonError } from '@doubloon/errors';
import { treasury } from '@doubloon/rpc';
import type { StepName } from './judge-step.ts';

const { DepositStep } = treasury;
const numbers: Readonly<Record<StepName | 'award', treasury.DepositStep>> = {
  veto: DepositStep.VETO, cancel: DepositStep.CANCEL, refund: DepositStep.REFUND, 'refund-share': DepositStep.REFUND_SHARE,
  payout: DepositStep.PAYOUT, close: DepositStep.CLOSE, award: DepositStep.AWARD,
};

/** A step as it crosses the border. */
export const stepView = (step: StepName | 'award'): treasury.DepositStep => numbers[step];

/** The step that was asked for. REQUEST_INVALID. */
export function readStep(number: treasury.DepositStep): StepName {
  const found = (Object.keys(numbers) as (StepName | 'award')[]).find((name) => numbers[name] === number);
  if (found === undefined || found === 'award') throw new DoubloonError('REQUEST_INVALID', { problem: 'step is none that can be built here' });
  return found;
}
