import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How far a consumer has come; `position` and `end` are decimal strings, `since` is when `position` last moved. */
export interface Progress {
  readonly topic?: string;
  readonly partition?: number;
  readonly position: string;
  readonly end: string;
  readonly since: Date;
}

/** Whoever uses a dependency tells what became of it; a probe only reads that. */
export interface Dependency {
  up(): void;
  down(reason: string): void;
}

/** `needed: false`: known and told, but no reason to be not ready. Default: needed. */
export interface Weight { readonly needed?: boolean }

/** A probe's answer: status 200 when `ok`, 503 otherwise. */
export interface Answer {
  readonly ok: boolean;
  readonly time: string;
  /** Seconds since the process started to report. */
  readonly uptime: number;
  readonly version: string;
  readonly [detail: string]: unknown;
}

export interface Health extends AsyncDisposable {
  /** A dependency that counts as down until its handle says otherwise. */
  dependency(name: string, weight?: Weight): Dependency;
  /** A dependency that is asked every `everyMs` (5 s), in the background. Resolves after the first answer. */
  watch(name: string, ask: (signal: AbortSignal) => Promise<unknown>, options?: Weight & { readonly everyMs?: number }): Promise<void>;
  /** A consumer; `read` looks at memory only, since probes call it. */
  consumer(name: string, read: () => readonly Progress[], weight?: Weight): void;
  /** Everything is open: from now on `/startupz` is fine and `/readyz` depends on the dependencies and consumers that are needed. */
  started(): void;
  /** The service is about to leave: `/readyz` fails from now on. */
  stopping(): void;
  live(): Answer;
  ready(): Answer;
  startup(): Answer;
}

interface Known { ok: boolean; needed: boolean; since: string; reason?: string }
interface Consumer { readonly needed: boolean; readonly read: () => readonly Progress[] }

/**
 * What the three probes answer. None of them calls anything. A needed consumer that lags behind without having moved for
 * `stallMs` is not ready; a loop whose median delay between two probes is above `loopLimitMs` is not live.
 */
export function createHealth({ version, now, stallMs = 60_000, loopLimitMs = 2_000 }: { version: string; now: () => Date; stallMs?: number; loopLimitMs?: number }): Health {
  const begun = now().getTime();
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  const dependencies = new Map<string, Known>();
  const consumers = new Map<string, Consumer>();
  const watches = new Set<AsyncDisposable>();
  let phase: 'starting' | 'running' | 'stopping' = 'starting';

  const answer = (ok: boolean, detail: Record<string, unknown>): Answer => ({ ok, time: now().toISOString(), uptime: (now().getTime() - begun) / 1000, version, ...detail });

  const dependency = (name: string, { needed = true }: Weight = {}): Dependency => {
    const become = (ok: boolean, reason?: string) => {
      const before = dependencies.get(name);
      const since = before?.ok === ok ? before.since : now().toISOString();
      dependencies.set(name, { ok, needed, since, ...(reason === undefined ? {} : { reason }) });
    };
    become(false, 'not asked yet');
    return { up: () => { become(true); }, down: (reason) => { become(false, reason); } };
  };

  const isMoving = ({ position, end, since }: Progress) => BigInt(position) >= BigInt(end) || now().getTime() - since.getTime() < stallMs;

  return {
    dependency,
    async watch(name, ask, { everyMs = 5_000, ...weight } = {}) {
      const watching = startWatch(dependency(name, weight), ask, everyMs);
      watches.add(watching);
      await watching.first;
    },
    consumer: (name, read, { needed = true } = {}) => { consumers.set(name, { needed, read }); },
    started: () => { if (phase === 'starting') phase = 'running'; },
    stopping: () => { phase = 'stopping'; },
    live() {
      const [median, worst] = [loop.percentile(50) / 1e6, loop.max / 1e6];
      loop.reset();
      return answer(median < loopLimitMs, { loopDelayMs: { median: Math.round(median), worst: Math.round(worst) } });
    },
    ready() {
      const read = [...consumers].map(([name, { needed, read: progress }]) => [name, progress().map((one) => ({ ok: isMoving(one), needed, ...one }))] as const);
      const isWell = ({ ok: fine, needed }: { ok: boolean; needed: boolean }) => fine || !needed;
      const ok = phase === 'running' && [...dependencies.values()].every(isWell) && read.every(([, all]) => all.every(isWell));
      return answer(ok, { phase, dependencies: Object.fromEntries(dependencies), consumers: Object.fromEntries(read) });
    },
    startup: () => answer(phase !== 'starting', { phase }),
    async [Symbol.asyncDispose]() {
      loop.disable();
      await Promise.all([...watches].map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

function startWatch({ up, down }: Dependency, ask: (signal: AbortSignal) => Promise<unknown>, everyMs: number): AsyncDisposable & { first: Promise<void> } {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    const limit = AbortSignal.any([stop.signal, AbortSignal.timeout(everyMs)]);
    // An ask that hangs must not hang the watch: whichever comes first decides.
    const late = new Promise<never>((_, reject) => { limit.addEventListener('abort', () => { reject(new Error('no answer in time')); }, { once: true }); });
    await Promise.race([ask(limit), late]).then(up, (error: unknown) => { down(reasonOf(error)); });
    if (!stop.signal.aborted) timer = setTimeout(() => { running = round(); }, everyMs).unref();
  };
  let running = round();
  return {
    first: running,
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

// A code when there is one: messages of drivers may hold user names and hosts.
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error instanceof Error ? error.message : 'unknown reason';
}
