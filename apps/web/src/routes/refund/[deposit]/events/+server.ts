import { networkOf } from '@doubloon/service/network-of';
import { getStanding } from '../../../../deciding/get-bounty.ts';
import { isAtRest } from '../../../../deciding/standing.ts';
import { stream } from '../../../../live/stream.ts';
import { readDeposit } from '../../../../request.ts';
import type { RequestHandler } from './$types';

/** A deposit while something that was signed for it is on its way. */
export const GET: RequestHandler = ({ params, locals: { app }, request, getClientAddress }) => {
  const deposit = readDeposit(params.deposit);
  return stream({
    read: () => getStanding(app.treasury, deposit),
    isLast: isAtRest,
    network: networkOf(getClientAddress()),
    signal: request.signal,
    streams: app.streams,
    log: app.log,
  });
};
