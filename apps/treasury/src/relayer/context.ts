import type { HeldKey } from '@doubloon/escrow/chain';
import type { Treasury } from '../treasury.ts';

/** What the relayer works with. */
export type Relaying = Pick<Treasury, 'pool' | 'chain' | 'cluster' | 'log' | 'now' | 'program' | 'operator'> & {
  readonly key: HeldKey;
  /** Lamports that it may spend in 24 hours. */
  readonly budget: bigint;
  /** Token accounts that it may open in 24 hours. */
  readonly mostAccounts: number;
  readonly relayed: (outcome: 'landed' | 'expired' | 'failed' | 'refused') => void;
};
