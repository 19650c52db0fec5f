import { getLinking } from '../../../../linking/get-identity.ts';
import { readGitHubId } from '../../../../request.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params, locals: { app } }) => getLinking(app, readGitHubId(params.id));
