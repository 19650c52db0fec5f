import { getLinking } from '../../linking/get-identity.ts';
import { personOf } from '../../sessions/person-of.ts';
import { signInProblem } from '../../sessions/sign-in-problems.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ cookies, url, locals: { app } }) => {
  const person = await personOf(app.identity, cookies);
  return { problem: signInProblem(url.searchParams.get('problem')), person, linking: person && (await getLinking(app, person.githubId)) };
};
