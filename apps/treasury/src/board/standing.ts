export type Standing = 'open' | 'awarded' | 'paid' | 'ended';

/** How many deposits of a bounty are how far, without those of offers that were taken back, and whether anything is offered that nobody has funded. */
export interface Tally {
  readonly held: number;
  readonly awarded: number;
  readonly paid: number;
  readonly ended: number;
  readonly isOffered: boolean;
}

/**
 * Where a bounty stands on the board; `undefined` keeps it off. What can still be earned comes first: money that nobody was
 * awarded, then money on its way to somebody. An offer is a promise: it counts while its issue is open, and takes nothing
 * back of what was paid.
 */
export function standingOf({ held, awarded, paid, ended, isOffered }: Tally, issue: 'open' | 'closed' | 'deleted'): Standing | undefined {
  if (issue === 'deleted') return undefined;
  if (held > 0) return 'open';
  if (awarded > 0) return 'awarded';
  if (paid > 0) return 'paid';
  if (isOffered && issue === 'open') return 'open';
  return ended > 0 ? 'ended' : undefined;
}
