import type { ShareColumns } from './deposit-row.ts';

/** What stands between a share that is not settled and its payout; empty when it can be paid now. */
export type WaitsFor = '' | 'award' | 'wallet' | 'cool-down' | 'change' | 'contested' | 'relayer';

/** Of an award that stands: from when on it can't be vetoed, the chain's clock, and whether somebody here pays by themselves. */
export interface Waiting {
  readonly finalAt: Date;
  readonly now: Date;
  readonly relays: boolean;
}

/**
 * What a share waits for, and from when on it is paid when nothing else happens. What somebody has to do comes before what
 * only takes its time, and of two such things the one that takes longer is named. Of somebody whom nobody has looked at yet
 * only the award is known.
 */
export function waitsFor({ standing, countsFrom, problem }: Pick<ShareColumns, 'standing' | 'countsFrom' | 'problem'>, { finalAt, now, relays }: Waiting): { waitsFor: WaitsFor; paysFrom: Date | undefined } {
  const toDo = (what: WaitsFor) => ({ waitsFor: what, paysFrom: undefined });
  if (standing === 'nobody') return toDo('wallet');
  if (standing === 'contested') return toDo('contested');
  if (standing === null) return toDo(finalAt > now ? 'award' : '');
  const counts = countsFrom === null ? finalAt : new Date(countsFrom);
  const paysFrom = counts > finalAt ? counts : finalAt;
  if (paysFrom <= now) return !relays || problem !== null ? toDo('relayer') : { waitsFor: '', paysFrom };
  if (counts <= finalAt) return { waitsFor: 'award', paysFrom };
  return { waitsFor: standing === 'changing' ? 'change' : 'cool-down', paysFrom };
}
