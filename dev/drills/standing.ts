import { createHash } from 'node:crypto';

/**
 * What has to be the same after an accident as before it, one line of text for each fact, by what it is about: lines are in
 * no order. Money is in base units.
 */
export interface Standing {
  /** By the place in a text that offers it, with its state; what was withdrawn, replaced or ran out unfunded is only history. */
  readonly offers: readonly string[];
  /** By address: the offer, who funded it with how much, its state, its award with each share. */
  readonly deposits: readonly string[];
  readonly identities: readonly string[];
  /** Our comments as GitHub has them, and which of them the App takes for the living one. */
  readonly comments: readonly string[];
  /** Accounts of the program, and what the relayer has: it pays for each transaction that it signs. */
  readonly chain: readonly string[];
}

const parts = ['offers', 'deposits', 'identities', 'comments', 'chain'] as const satisfies readonly (keyof Standing)[];

/** The same for the same facts, in whatever order they were read. */
export function hashOf(standing: Standing): string {
  return createHash('sha256').update(JSON.stringify(parts.map((part) => [...standing[part]].sort()))).digest('hex');
}

/** What is missing from where things stand now, and what is there beyond what should be, as sentences; none when both are the same. */
export function differences(wanted: Standing, is: Standing): string[] {
  return parts.flatMap((part) => [
    ...less(wanted[part], is[part]).map((line) => `${part}: missing is ${line}`),
    ...less(is[part], wanted[part]).map((line) => `${part}: too much is ${line}`),
  ]);
}

/** Of equal lines each counts. */
function less(from: readonly string[], these: readonly string[]): string[] {
  const left = [...these];
  return from.filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}
