import { redirect } from '@sveltejs/kit';
import { giveSession } from '../../../sessions/cookie.ts';
import { ownPath } from '../../../sessions/own-path.ts';
import { problemOfSignIn } from '../../../sessions/sign-in-problems.ts';
import type { RequestHandler } from './$types';

/** Begins a sign-in and sends the browser to GitHub. The session that it had before is over. */
export const POST: RequestHandler = async ({ request, cookies, getClientAddress, locals: { app } }) => {
  const form = await request.formData().catch(() => new FormData());
  const returnTo = ownPath(String(form.get('return_to') ?? ''), app.config.origin, '/link');
  const begun = await app.identity.beginSession({ returnTo, address: getClientAddress() }).catch((failure: unknown) => {
    const problem = problemOfSignIn(failure);
    if (problem === 'away') app.log.error({ err: failure }, 'a sign-in could not begin');
    redirect(303, `/link?problem=${problem}`);
  });
  // Pages of ours may send a form to GitHub and to nobody else: see the hook.
  if (new URL(begun.authorizeUrl).origin !== app.config.githubUrl) {
    app.log.error({ authorizeUrl: begun.authorizeUrl }, 'the identity service signs in at another GitHub than WEB_GITHUB_URL');
    redirect(303, '/link?problem=settings');
  }
  giveSession(cookies, begun);
  redirect(303, begun.authorizeUrl, { external: [app.config.githubUrl] });
};
