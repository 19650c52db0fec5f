import { answer } from '../../../../../answer.ts';
import { getIdentity } from '../../../../../linking/get-identity.ts';
import { readGitHubId } from '../../../../../request.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, locals: { app } }) => answer(app.log, () => getIdentity(app.identity, { githubId: readGitHubId(params.id) }));
