import type { Finding } from '../src/commands/finding.ts';

/** One comment to read, as it crosses to the worker. */
export interface Job {
  readonly text: string;
  readonly denoms: ReadonlyMap<string, number>;
}

/** What the worker says: first that it can begin, then one answer to each job. */
export type Answer = { readonly findings: Finding[] };
export type Message = 'ready' | Answer;
