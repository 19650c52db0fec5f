import { getOffer } from '../../../../funding/get-offer.ts';
import { readOfferId } from '../../../../funding/request.ts';
import { stream } from '../../../../live/stream.ts';
import type { RequestHandler } from './$types';

const final = new Set(['funded', 'replaced', 'withdrawn', 'expired', 'refunded', 'paid']);

export const GET: RequestHandler = ({ params, locals: { app }, request, getClientAddress }) => {
  const offerId = readOfferId(params.offer);
  return stream({
    read: async () => (await getOffer(app.treasury, offerId)).offer,
    isLast: ({ state }) => final.has(state),
    address: getClientAddress(),
    signal: request.signal,
    streams: app.streams,
    log: app.log,
  });
};
