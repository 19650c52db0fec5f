import type { Final } from '../final.ts';
import type { Act } from '../operation.ts';
import { forEachPart, keyOf, type Place } from '../play/place.ts';
import type { Stage } from '../play/stage.ts';
import { chainOf } from './chain.ts';
import { gitHubOf } from './github.ts';
import { treasuryOf } from './treasury.ts';

/** A history that was played. */
export interface Played {
  readonly place: Place;
  readonly acts: readonly Act[];
}

/** Where everything of these histories stands, in their order, read together. */
export async function finalsOf(stage: Stage, played: readonly Played[]): Promise<readonly Final[]> {
  const places = played.map(({ place }) => place);
  const [treasury, chain, events] = await Promise.all([treasuryOf(stage, places), chainOf(stage, places), stage.told.of(places.map(keyOf))]);
  return played.map(({ place, acts }) => {
    const key = keyOf(place);
    const [rows, stands] = [treasury.get(key), chain.get(key)];
    if (rows === undefined || stands === undefined) throw new TypeError(`${key} was asked for`);
    return {
      people: forEachPart((part) => {
        const { githubId, login, wallet } = place.people[part];
        return { githubId, login, wallet: wallet.address };
      }),
      ...gitHubOf(place, acts, stage.written),
      ...rows,
      ...stands,
      events: events.get(key) ?? [],
    };
  });
}

export async function finalOf(stage: Stage, place: Place, acts: readonly Act[]): Promise<Final> {
  const [final] = await finalsOf(stage, [{ place, acts }]);
  if (final === undefined) throw new TypeError('one history has one end');
  return final;
}
