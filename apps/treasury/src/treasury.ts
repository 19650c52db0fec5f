import type { Pool } from 'pg';
import type { Denoms } from '@doubloon/domain';
import type { Chain } from '@doubloon/escrow/chain';
import type { Logger } from '@doubloon/service';
import type { KnownFacts } from './chain-facts.ts';
import type { RecordRules } from './funding/record-rules.ts';
import type { Setting } from './funding/terms.ts';

/** What the methods work with. */
export interface Treasury extends Setting {
  readonly pool: Pool;
  readonly chain: Chain;
  readonly facts: Pick<KnownFacts, 'current' | 'time'>;
  readonly denoms: Denoms;
  /** Origin of the pages, without a slash at its end. */
  readonly webUrl: string;
  /** Whether a relayer of ours pays and sends back by itself. */
  readonly relays: boolean;
  readonly recordRules: RecordRules;
  readonly log: Logger;
  readonly now: () => Date;
  /** Nonces of the deposits that had no offer of ours when all of them were looked at last. */
  readonly unclaimed: ReadonlySet<string>;
  /** Something was recorded that somebody should look at now. */
  readonly wake: { sender(): void; watcher(): void; relayer(): void; scan(): void };
}
