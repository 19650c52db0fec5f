import { networkOf } from '@doubloon/service/network-of';
import { getBounty } from '../../../../deciding/get-bounty.ts';
import { isOver } from '../../../../deciding/standing.ts';
import { stream } from '../../../../live/stream.ts';
import { readBounty } from '../../../../request.ts';
import type { RequestHandler } from './$types';

/** The deposits of an issue, while anything can be decided about them. */
export const GET: RequestHandler = ({ params, locals: { app }, request, getClientAddress }) => {
  const ids = readBounty(params.bounty);
  return stream({
    read: () => getBounty(app.treasury, ids),
    isLast: ({ deposits }) => isOver(deposits),
    network: networkOf(getClientAddress()),
    signal: request.signal,
    streams: app.streams,
    log: app.log,
  });
};
