import { Worker } from 'node:worker_threads';
import { DoubloonError } from '@doubloon/errors';
import type { Finding } from '../src/commands/finding.ts';
import { mayHaveCommands } from '../src/commands/parse-commands.ts';
import type { Job, Message } from './messages.ts';

/** Why a comment was given up: it took too long, or its worker died (memory). */
export interface GivenUp {
  readonly reason: 'time' | 'crash';
  /** UTF-16 units of the text; the text itself is nobody's business but its author's. */
  readonly length: number;
  readonly limitMs: number;
}

export interface BoundedParser extends AsyncDisposable {
  /** As `parseCommands`, within the limit; over it there are no findings. Rejects with `PARSER_BUSY` when too many wait. */
  parse(text: string, denoms: ReadonlyMap<string, number>): Promise<Finding[]>;
}

interface Waiting extends Job {
  done(findings: Finding[]): void;
}

// A machine that starves the worker of its processor is no hostile comment: the limit counts processor time, up to this many times the limit on the clock.
const patience = 20;
const memory = { maxOldGenerationSizeMb: 256, stackSizeMb: 4 };

/**
 * Reads comments in one worker thread that can be ended in the middle of a comment. `limitMs` is processor time for one
 * comment. `onTimeout` is called once for each comment that is given up, for a log line. At most `maxWaiting` comments
 * wait for their turn. Comments without any candidate never go to the worker.
 */
export function createBoundedParser({ limitMs = 250, maxWaiting = 1_000, onTimeout }: { limitMs?: number; maxWaiting?: number; onTimeout(comment: GivenUp): void }): BoundedParser {
  const queue: Waiting[] = [];
  let turning: Promise<void> | undefined;
  let reader: Reader | undefined;
  let closed = false;

  const turn = async (): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      reader ??= startReader();
      const outcome = await reader.read(job, limitMs);
      if (Array.isArray(outcome)) job.done(outcome);
      else {
        await reader.end();
        reader = undefined;
        if (!closed) onTimeout({ reason: outcome, length: job.text.length, limitMs });
        job.done([]);
      }
    }
  };

  return {
    async parse(text, denoms) {
      if (!mayHaveCommands(text, denoms)) return [];
      if (closed || queue.length >= maxWaiting) throw new DoubloonError('PARSER_BUSY', { waiting: queue.length });
      return new Promise((done) => {
        queue.push({ text, denoms, done });
        turning ??= turn().finally(() => (turning = undefined));
      });
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await turning;
      await reader?.end();
    },
  };
}

interface Reader {
  read(job: Job, limitMs: number): Promise<Finding[] | 'time' | 'crash'>;
  end(): Promise<void>;
}

function startReader(): Reader {
  const worker = new Worker(new URL('parse-worker.ts', import.meta.url), { resourceLimits: memory, execArgv: [] });
  let heard: ((message: Message | undefined) => void) | undefined;
  let ready = false;
  let alive = true;
  const gone = (): void => {
    alive = false;
    heard?.(undefined);
  };
  worker.on('message', (message: Message) => heard?.(message));
  worker.on('error', gone);
  worker.on('exit', gone);
  const next = (): Promise<Message | undefined> => (alive ? new Promise((resolve) => (heard = resolve)) : Promise.resolve(undefined));

  return {
    async read({ text, denoms }, limitMs) {
      worker.ref();
      try {
        if (!ready && (await next()) === undefined) return 'crash';
        ready = true;
        const answer = next();
        worker.postMessage({ text, denoms } satisfies Job);
        const message = await within(answer, worker, limitMs);
        if (message === 'time') return 'time';
        return message === undefined || message === 'ready' ? 'crash' : message.findings;
      } finally {
        // An idle worker is no reason for a process to stay.
        worker.unref();
      }
    },
    async end() {
      await worker.terminate();
    },
  };
}

/** The answer, or `time` once the worker has used up `limitMs` of the processor, or the clock `patience` times that. */
async function within(answer: Promise<Message | undefined>, worker: Worker, limitMs: number): Promise<Message | undefined | 'time'> {
  const before = await used(worker);
  const last = performance.now() + patience * limitMs;
  for (let rest = limitMs; ; ) {
    const message = await orLate(answer, rest);
    if (message !== 'time') return message;
    const spent = await orLate(used(worker), limitMs);
    // A thread that does not even say what it used is gone, or was just about to answer.
    if (typeof spent !== 'number') return orLate(answer, 1);
    rest = limitMs - (spent - (before ?? 0));
    if (rest <= 0 || performance.now() >= last) return 'time';
  }
}

async function orLate<T>(answer: Promise<T>, ms: number): Promise<T | 'time'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'time'>((resolve) => (timer = setTimeout(resolve, Math.max(1, ms), 'time')));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds of processor time; `undefined` when the thread is gone. */
const used = (worker: Worker): Promise<number | undefined> =>
  worker.cpuUsage().then(({ user, system }) => (user + system) / 1000, () => undefined);
