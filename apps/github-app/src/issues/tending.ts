import type { Pool } from 'pg';
import type { Logger } from '@doubloon/service';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';
import type { Octokit, Refusal } from '../github.ts';
import type { End } from '../commands/pursue-decision.ts';
import type { DecisionCommand } from '../commands/source-row.ts';
import type { NoticeKind } from '../notices/notices-due.ts';
import type { Writing } from '../living-comment/write-living-comment.ts';

/** What tending an issue takes. */
export interface Tending {
  readonly pool: Pool;
  readonly client: TreasuryClient;
  /** Knows the rules of repositories; without it there are none. */
  readonly identity: Pick<IdentityClient, 'authorize' | 'getRules'>;
  readonly denoms: ReadonlyMap<string, number>;
  readonly appId: string;
  readonly now: () => Date;
  readonly log: Logger;
  /** A client that acts as an installation, or as the App itself. */
  octokit(installationId?: number): Promise<Octokit>;
  readonly onWrite?: Writing['onWrite'];
  /** Hears how a command about money in escrow ended. */
  readonly onCommand?: (command: DecisionCommand, outcome: End['outcome']) => void;
  readonly onNotice?: (kind: NoticeKind) => void;
  readonly onRefusal?: (refusal: Refusal) => void;
}
