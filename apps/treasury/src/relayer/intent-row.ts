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
}

export const intentColumns = 'id, action, decision, deposit, created_slot, sequence, share, shares, attempts';
