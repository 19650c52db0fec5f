import { networkOf } from '@doubloon/service/network-of';
import { isSettled } from '../../../../funding/follow.ts';
import { getOffer } from '../../../../funding/get-offer.ts';
import { readOfferId } from '../../../../request.ts';
import { stream } from '../../../../live/stream.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, locals: { app }, request, getClientAddress }) => {
  const offerId = readOfferId(params.offer);
  return stream({
    read: async () => (await getOffer(app.treasury, offerId)).offer,
    isLast: isSettled,
    network: networkOf(getClientAddress()),
    signal: request.signal,
    streams: app.streams,
    log: app.log,
  });
};
