import { isDoubloonError } from '@doubloon/errors';
import type { Act, Deed } from '../operation.ts';
import { attempt, award, cancel, edit, remove, say, veto } from './comments.ts';
import { signAward, signVeto } from './deciding.ts';
import type { Came, Doing, DeedOf, Kind } from './doing.ts';
import { fund } from './funding.ts';
import { Refused, Unanswered } from './insist.ts';
import { close, rename, renameRepository, reopen, retitle } from './life.ts';
import { link } from './linking.ts';
import type { Place } from './place.ts';
import { merge, pull } from './pulls.ts';
import { pay, refund } from './strangers.ts';

const players: { readonly [K in Kind]: (doing: Doing<DeedOf<K>>) => Came | Promise<Came> } = {
  say, edit, remove, fund, link, pull, merge, attempt, award, veto, cancel, close, reopen, retitle, rename, pay, refund,
  'sign-award': signAward,
  'sign-veto': signVeto,
  'rename-repository': renameRepository,
};

/** How long somebody goes on with one thing. */
const patienceMs = 90_000;

/**
 * Does one operation of a history as people do: whoever gets no answer tries again, and gives up after a while. `acts` is what
 * was done so far. Rejects only when the machine itself is broken.
 */
export async function play(place: Place, of: number, acts: readonly Act[]): Promise<Act> {
  const deed = place.history.operations[of];
  if (deed === undefined) throw new Error(`history ${String(place.history.seed)} has no operation ${String(of)}`);
  try {
    const one = players[deed.kind] as (doing: Doing<Deed>) => Came | Promise<Came>;
    return { of, ...(await one({ place, deed, of, acts, end: Date.now() + patienceMs })) };
  } catch (error) {
    if (error instanceof Refused) return { of, outcome: 'refused', code: error.code };
    if (error instanceof Unanswered) return { of, outcome: 'unknown' };
    // What GitHub itself does not let people do.
    if (isDoubloonError(error, 'REQUEST_INVALID')) return { of, outcome: 'refused', code: error.code };
    throw error;
  }
}
