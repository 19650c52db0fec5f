import { createIdentityClient, createTreasuryClient, type IdentityClient, type TreasuryClient } from '@doubloon/rpc';
import type { Logger, Registry } from '@doubloon/service';
import type { WebConfig } from './config.ts';
import { createMeasures, type WebMeasures } from './measures.ts';
import { createOpenStreams, type OpenStreams } from './security/open-streams.ts';
import { createRateLimit, type RateLimit } from './security/rate-limit.ts';

/** Everything a request may use. */
export interface WebApp {
  readonly config: WebConfig;
  readonly log: Logger;
  readonly treasury: TreasuryClient;
  readonly identity: IdentityClient;
  /** Limit by the network of a client's address what changes something or asks the chain, and what only reads; and by session what changes something. */
  readonly limits: { readonly changes: RateLimit; readonly reads: RateLimit; readonly sessions: RateLimit };
  /** The live pages that are held open, by the network of the client's address. */
  readonly streams: OpenStreams;
  readonly measures: WebMeasures;
}

/** Builds the app; nothing listens yet. */
export function createWebApp({ config, log, metrics, now }: { config: WebConfig; log: Logger; metrics: Registry; now: () => number }): WebApp {
  const streams = createOpenStreams({ perKey: 30, all: 2_000 });
  return {
    config,
    log,
    treasury: createTreasuryClient({ url: config.treasuryUrl, token: config.treasuryToken, caller: 'web', timeoutMs: 10_000 }),
    identity: createIdentityClient({ url: config.identityUrl, token: config.identityToken, caller: 'web', timeoutMs: 15_000 }),
    limits: {
      changes: createRateLimit({ burst: 30, perMinute: 60, keys: 10_000, now }),
      reads: createRateLimit({ burst: 600, perMinute: 600, keys: 10_000, now }),
      sessions: createRateLimit({ burst: 20, perMinute: 30, keys: 10_000, now }),
    },
    streams,
    measures: createMeasures(metrics, streams),
  };
}

// `main.ts` runs from source and the pages from Kit's bundle, where this module is another copy: they meet in the process.
const slot = Symbol.for('dev.doubloon.web');

export const installApp = (app: WebApp): void => {
  Object.assign(globalThis, { [slot]: app });
};

export function installedApp(): WebApp {
  const app = (globalThis as { [slot]?: WebApp })[slot];
  if (app === undefined) throw new Error('the web app was not built before its pages were asked for: start src/main.ts');
  return app;
}
