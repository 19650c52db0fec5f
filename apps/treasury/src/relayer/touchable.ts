import { terms } from '@doubloon/escrow';
import type { DepositRow } from '../deposits/deposit-row.ts';
import { split, type Share } from './split.ts';

export type DecisionAction = 'award' | 'veto' | 'cancel';

/** Why a decision does not touch a deposit, fit to show; `undefined` when it does. `time` in unix seconds of the chain's clock. */
export function untouched(action: DecisionAction, row: DepositRow, { time, shares, soonAwarded = false }: { time: bigint; shares: readonly Share[]; soonAwarded?: boolean }): string | undefined {
  const seconds = (at: Date) => BigInt(Math.floor(at.getTime() / 1000));
  if (row.state !== 'held' && row.state !== 'awarded') return 'It is over.';
  if (!row.with_relayer) return 'Its funder decides alone.';
  if (action === 'veto') {
    if (row.state === 'held' && soonAwarded) return undefined;
    if (row.state !== 'awarded' || row.final_at === null) return 'It is not awarded.';
    return seconds(row.final_at) <= time || row.shares.some(({ settled }) => settled !== null) ? 'Its award is final.' : undefined;
  }
  if (row.state === 'awarded') return 'It is awarded already.';
  if (action === 'cancel') return undefined;
  if (row.offer_state !== 'funded') return 'Its offer was taken back before it was funded: it can be cancelled.';
  if (row.vetoed) return 'An earlier award of it was vetoed: two have to decide now, its funder or approver among them.';
  if (seconds(row.deadline) + terms.graceSeconds <= time) return 'The time in which it could be awarded is over.';
  return split(row, shares).problem;
}
