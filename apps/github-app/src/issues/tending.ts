import type { Pool } from 'pg';
import type { Logger } from '@doubloon/service';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';
import type { Octokit, Refusal } from '../github.ts';
import type { Writing } from '../living-comment/write-living-comment.ts';

/** What tending an issue takes. */
export interface Tending {
  readonly pool: Pool;
  readonly client: TreasuryClient;
  /** Knows the rules of repositories; without it there are none. */
  readonly identity: Pick<IdentityClient, 'authorize'>;
  readonly denoms: ReadonlyMap<string, number>;
  readonly appId: string;
  readonly now: () => Date;
  readonly log: Logger;
  /** A client that acts as an installation, or as the App itself. */
  octokit(installationId?: number): Promise<Octokit>;
  readonly onWrite?: Writing['onWrite'];
  readonly onRefusal?: (refusal: Refusal) => void;
}
