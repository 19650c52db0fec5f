import { networkOf } from '@doubloon/service/network-of';
import { getIdentity } from '../../../../../linking/get-identity.ts';
import { isUnderWay } from '../../../../../linking/status.ts';
import { stream } from '../../../../../live/stream.ts';
import { readGitHubId } from '../../../../../request.ts';
import type { RequestHandler } from './$types';

/** The identity while a signed step is on its way. */
export const GET: RequestHandler = ({ params, locals: { app }, request, getClientAddress }) => {
  const githubId = readGitHubId(params.id);
  return stream({
    read: () => getIdentity(app.identity, { githubId }),
    isLast: (view) => !isUnderWay(view),
    network: networkOf(getClientAddress()),
    signal: request.signal,
    streams: app.streams,
    log: app.log,
  });
};
