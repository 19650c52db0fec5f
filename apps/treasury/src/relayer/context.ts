import type { Address } from '@doubloon/escrow';
import type { HeldKey } from '@doubloon/escrow/chain';
import type { Treasury } from '../treasury.ts';

/** What the relayer works with. */
export type Relaying = Pick<Treasury, 'pool' | 'chain' | 'cluster' | 'log' | 'now' | 'program' | 'operator'> & {
  readonly key: HeldKey;
  /** Lamports that it may spend in 24 hours. */
  readonly budget: bigint;
  /** Token accounts that it may open in 24 hours. */
  readonly mostAccounts: number;
  /** Milliseconds of the chain's clock that a funder has to take their money back by themselves, before it is sent. */
  readonly refundAfterMs: number;
  /** The smallest amount of a denom that a repository wants to be bothered with, base units; `undefined` when there is none, or nobody knows. */
  readonly minimumOf: (repositoryId: string, mint: Address | undefined) => Promise<bigint | undefined>;
  readonly relayed: (outcome: 'landed' | 'expired' | 'failed' | 'refused') => void;
};
