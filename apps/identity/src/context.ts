import type { Pool } from 'pg';
import type { Address } from '@doubloon/escrow';
import type { Chain, FinalState } from '@doubloon/escrow/chain';
import type { Logger } from '@doubloon/service';
import type { AuthorizeContext } from './authorize/authorize.ts';
import type { Reader } from './github/reader.ts';
import type { Attestor } from './links/attestor.ts';
import type { KnownFacts } from './links/chain-facts.ts';
import type { OAuth } from './oauth.ts';

/** What the methods work with. */
export interface IdentityContext {
  readonly pool: Pool;
  readonly chain: Chain;
  readonly cluster: { readonly name: string; readonly genesisHash: string };
  readonly program: Address;
  readonly operator: Address;
  /** The operator's account and one more, as they are in finalized state, for pages that many look at. */
  readonly readAccount: (account: Address) => Promise<FinalState>;
  readonly facts: Pick<KnownFacts, 'current'>;
  /** The keys we may sign with: the one in force, and the one that is to follow it. */
  readonly attestors: readonly Attestor[];
  readonly oauth: OAuth;
  /** Begins a round of reading at GitHub, as the App. */
  readonly reading: () => Reader;
  /** Who may do what, by what GitHub says. */
  readonly authorizing: AuthorizeContext;
  /** Origin of the pages, without a slash at its end. */
  readonly webUrl: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly random: (bytes: number) => Buffer;
  /** Something was recorded that sender or watcher should look at now. */
  readonly wake: { sender(): void; watcher(): void };
}
