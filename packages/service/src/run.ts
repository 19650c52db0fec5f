import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { armingProblems } from '@doubloon/failpoints';
import { readConfig, type Config, type Configuration, type Settings } from './config.ts';
import { createHealth, type Health } from './health.ts';
import { startInternal } from './internal.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Registry } from './metrics.ts';
import { redactText } from './redact.ts';
import type { serviceSettings } from './settings.ts';

/** What a service is given to build itself with. */
export interface Service<S extends Settings> {
  readonly config: Config<S>;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Whatever is opened is adopted here at once; all of it is closed in reverse order when the service stops, or fails to start. */
  readonly open: AsyncDisposableStack;
  /** Aborts when the service is asked to stop: take nothing new from then on. */
  readonly signal: AbortSignal;
}

/**
 * Runs one service for the life of the process: reads the configuration, opens the internal port, lets `start` open the
 * rest, and waits for SIGTERM or SIGINT. Then: not ready, `signal` aborts, everything is closed in reverse order within
 * STOP_WITHIN, exit 0. A start that fails says why on stderr and exits 1. A second signal ends the process at once.
 */
export async function runService<S extends Settings & typeof serviceSettings>(
  { name, version, configuration }: { name: string; version: string; configuration: Configuration<S> },
  start: (service: Service<S>) => Promise<void>,
): Promise<never> {
  const terminated = untilTerminated();
  const stop = new AbortController();
  const open = new AsyncDisposableStack();
  let log: Logger | undefined;
  try {
    const arming = armingProblems(process.env);
    if (arming.length > 0) throw new DoubloonError('CONFIG_INVALID', { problems: arming });
    const config: Config<S> = readConfig(process.env, configuration);
    const { internalHost, internalPort, logLevel, stopWithin, warnings } = config as Config<typeof serviceSettings>;
    const logger = (log = createLogger({ name, level: logLevel }));
    for (const warning of warnings) logger.warn({ warning }, 'configuration');
    process.on('uncaughtException', (err) => {
      logger.fatal({ err }, 'the process ends: an error nobody handled');
      process.exit(1);
    });

    const metrics = createMetrics(name);
    const health = open.use(createHealth({ version, now: () => new Date() }));
    const internal = open.use(await startInternal({ port: internalPort, host: internalHost, metrics, health }));
    void terminated.then((signal) => {
      logger.info({ signal }, 'stopping');
      health.stopping();
      stop.abort();
      setTimeout(() => {
        logger.fatal({ stopWithinMs: stopWithin }, 'the stop took too long');
        process.exit(1);
      }, stopWithin).unref();
    });
    logger.info({ internal: internal.url, version }, 'starting');
    await start({ config, log: logger, metrics, health, open, signal: stop.signal });
    health.started();
    logger.info({ startedInMs: Math.round(performance.now()) }, 'started');

    await terminated;
    await open.disposeAsync();
    logger.info('stopped');
    process.exit(0);
  } catch (err) {
    log?.fatal({ err }, 'failed');
    process.stderr.write(`${whyNot(name, err)}\n`);
    setTimeout(() => process.exit(1), 5_000).unref();
    await open.disposeAsync().catch(() => undefined);
    process.exit(1);
  }
}

function whyNot(name: string, error: unknown): string {
  if (!isDoubloonError(error, 'CONFIG_INVALID')) return `${name} failed: ${error instanceof Error ? redactText(error.message) : 'unknown reason'}`;
  return [`${name} can't start, its configuration is not usable:`, ...error.facts.problems.map((problem) => `  ${problem}`)].join('\n');
}

/** The first of SIGTERM and SIGINT. Another one after it ends the process at once, with exit code 1. */
export function untilTerminated(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
}
