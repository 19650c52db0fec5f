import { follow } from '../live/follow.ts';
import type { OfferView } from './offer-view.ts';

/** Follows an offer live until nothing more can become of it by funding. */
export const followOffer = (path: string, changed: (view: OfferView) => void): (() => void) => follow(path, ({ state }) => !['offered', 'submitted'].includes(state), changed);
