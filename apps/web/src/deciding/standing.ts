import { isAlive } from '../signing/progress.ts';
import type { DepositView, StandingView } from './deposit-view.ts';
import type { DepositStep } from './step-view.ts';

/** Whether a deposit shows that a step was taken, which it does a moment after its transaction is final. */
export function hasHappened({ state, award, gone }: DepositView, step: DepositStep | 'award', share: number): boolean {
  switch (step) {
    case 'award':
      return state !== 'held';
    case 'veto':
      return state !== 'awarded';
    case 'cancel':
    case 'refund':
      return state !== 'held' && state !== 'awarded';
    case 'payout':
    case 'refund-share':
      return award?.shares[share]?.settled !== undefined;
    case 'close':
      return gone;
  }
}

/** Whether what was submitted last is on its way to the chain. */
export const isUnderWay = ({ submitted }: StandingView): boolean => isAlive(submitted?.state);

/** Whether nothing follows by itself: what was submitted came to nothing, or the deposit shows it. */
export const isAtRest = ({ submitted, deposit }: StandingView): boolean =>
  submitted === undefined || (submitted.state === 'finalized' ? hasHappened(deposit, submitted.step, submitted.share) : !isAlive(submitted.state));

/** Whether nothing about these deposits changes by a decision any more. */
export const isOver = (deposits: readonly DepositView[]): boolean => deposits.every(({ state }) => state !== 'held' && state !== 'awarded');
