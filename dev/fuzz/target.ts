import type { FailureCode } from '@doubloon/errors';

/** A parser of ours that reads outside bytes, and what holds whatever they are. */
export interface Target {
  readonly name: string;
  /** Words that mean something to it: random bytes never make them. */
  readonly words: readonly string[];
  /** Sound inputs, made by the code of today. */
  samples(): readonly (string | Uint8Array)[];
  /** What it may throw besides answering. Everything else that is thrown is a fault. */
  readonly codes?: readonly FailureCode[];
  /** Names of other errors it may throw, where its callers know them. */
  readonly errors?: readonly string[];
  /** Milliseconds of the processor for one input; 250 unless told. */
  readonly mostMs?: number;
  /** Reads the input, throws what must not be, and answers what became of it in a few words: new ones make an input worth keeping. */
  run(bytes: Uint8Array): string | Promise<string>;
}

/** What a target throws when an answer is wrong. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function hold(condition: boolean, law: string): asserts condition {
  if (!condition) throw new Broken(law);
}

/** Bytes as text, as lenient as a server that was told UTF-8. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** The first line, and what stands behind it: several parsers that read the same kind of bytes are one target, which the line chooses among. */
export function firstLine(bytes: Uint8Array): { line: string; rest: Uint8Array } {
  const end = bytes.indexOf(0x0a);
  return end === -1 ? { line: textOf(bytes), rest: new Uint8Array() } : { line: textOf(bytes.subarray(0, end)), rest: bytes.subarray(end + 1) };
}

/** JSON as it would arrive; `undefined` for what is none. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
