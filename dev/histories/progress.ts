import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

/** What came of one batch of histories: the line of it in the file of a run. */
export interface BatchOutcome {
  readonly batch: number;
  readonly histories: number;
  readonly operations: number;
  /** How operations ended, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What was broken, by kind, kills among them. */
  readonly breaks: Readonly<Record<string, number>>;
  readonly kills: number;
  /** Failpoints at which a process died. */
  readonly failpoints: readonly string[];
  /** Sentences of the oracle, by the seed of the history, or `stack` where it is about no single one. */
  readonly problems: readonly { readonly seed: string; readonly says: string }[];
  readonly seconds: number;
}

/** What has to be the same for a run to be gone on with. */
export interface RunHead {
  readonly seed: number;
  readonly eventLog: 'postgres' | 'kafka';
  readonly commit: string;
  readonly began: string;
}

export interface Run {
  readonly head: RunHead;
  readonly batches: readonly BatchOutcome[];
}

/** The run in a file; none when there is no such file. A last line that was cut off is taken away. */
export function readRun(file: string): Run | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const [head, ...batches] = whole.split('\n').slice(0, -1).map((line) => JSON.parse(line) as unknown);
  return head === undefined ? undefined : { head: head as RunHead, batches: batches as BatchOutcome[] };
}

/** Adds a line to the file of a run: its head first, then each batch when it is done. */
export function keep(file: string, line: RunHead | BatchOutcome): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** Sums by name. */
export function summed(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all) for (const [name, count] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
