import { redirect } from '@sveltejs/kit';
import { getIdentity } from '../../../linking/get-identity.ts';
import type { PageServerLoad } from './$types';

/** A login can be given up and taken by somebody else: the page that lasts is the one of the numeric id. */
export const load: PageServerLoad = async ({ params, locals: { app } }) => {
  const { githubId } = await getIdentity(app.identity, { login: params.login });
  redirect(303, `/identity/id/${githubId}`);
};
