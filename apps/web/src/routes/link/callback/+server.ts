import { redirect } from '@sveltejs/kit';
import { giveSession, readSession } from '../../../sessions/cookie.ts';
import { ownPath } from '../../../sessions/own-path.ts';
import { problemOfSignIn } from '../../../sessions/sign-in-problems.ts';
import type { RequestHandler } from './$types';

/** Where GitHub sends the browser back to. It always goes on at once, so that the code stands in no history and no referrer. */
export const GET: RequestHandler = async ({ url, cookies, getClientAddress, setHeaders, locals: { app } }) => {
  setHeaders({ 'referrer-policy': 'no-referrer' });
  const said = (name: string) => (url.searchParams.get(name) ?? '').slice(0, 1_000);
  const done = await app.identity
    .completeOAuth({ session: readSession(cookies), code: said('code'), state: said('state'), error: said('error'), address: getClientAddress() })
    .catch((failure: unknown) => {
      const problem = problemOfSignIn(failure);
      if (problem === 'away') app.log.error({ err: failure }, 'a sign-in could not be completed');
      redirect(303, `/link?problem=${problem}`);
    });
  giveSession(cookies, done);
  redirect(303, ownPath(done.returnTo, app.config.origin, '/link'));
};
