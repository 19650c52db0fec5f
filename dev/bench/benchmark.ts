/** One measured number, beside the baseline of the same run where there is one. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline?: number;
  /** The median over the rounds of ours by the baseline of the same round. */
  readonly ratio?: number;
  /** How often, or over how many, it was measured. */
  readonly n: number;
}

export interface Measured {
  /** What is hoped for. No test holds it: a time says as much about the machine as about the code. */
  readonly aim: string;
  readonly baseline: string;
  /** How it was done: counts, rounds, settings that matter. */
  readonly conditions: string;
  readonly figures: readonly Figure[];
  /** What this machine lacks for the rest. */
  readonly missing?: readonly string[];
}

/** What a file `<name>.bench.ts` exports as `measure`. It leaves nothing running. */
export type Measure = () => Promise<Measured>;

export interface Result extends Measured {
  readonly benchmark: string;
}
