import { follow } from '../live/follow.ts';
import type { OfferView } from './offer-view.ts';

/** Whether funding can't change it any more. */
export const isSettled = ({ state }: OfferView): boolean => state !== 'offered' && state !== 'submitted';

/** Follows an offer live until it is settled. */
export const followOffer = (path: string, changed: (view: OfferView) => void): (() => void) => follow(path, isSettled, changed);
