import { opposed } from './veto-before-award.ts';

export type IntentAction = 'award' | 'veto' | 'cancel' | 'payout' | 'refund' | 'refund-share' | 'close';

/** What is to happen to one deposit, as it was written down. */
export interface IntentRow {
  readonly id: string;
  readonly action: IntentAction;
  readonly decision: string | null;
  readonly deposit: string;
  readonly created_slot: string;
  readonly sequence: string;
  readonly share: number | null;
  readonly shares: readonly { readonly githubId: string; readonly bps: number }[] | null;
  readonly attempts: number;
  /** An award that a later comment vetoed before it stood. */
  readonly vetoed: boolean;
  /** A veto of an award that may still land, or an award while such a veto waits. */
  readonly waits: boolean;
}

/** Of an intent `i`, at the time `$1`. */
export const intentColumns = `i.id, i.action, i.decision, i.deposit, i.created_slot, i.sequence, i.share, i.shares, i.attempts, ${opposed}`;
