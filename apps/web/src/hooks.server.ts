import { isDoubloonError } from '@doubloon/errors';
import { networkOf } from '@doubloon/service/network-of';
import { json } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { installedApp } from './app.ts';
import { mayChange } from './security/origin.ts';
import { readSession } from './sessions/cookie.ts';
import { statusOf } from './status-of.ts';

// Pages with a form that signs people in.
const signsIn: ReadonlySet<string | null> = new Set(['/link', '/award/[bounty]']);

export const handle: Handle = async ({ event, resolve }) => {
  const app = installedApp();
  event.locals.app = app;
  const response = await answer();
  app.measures.answered(event.route.id, response.status);
  // Kit leaves out how its pages are written.
  if (response.headers.get('content-type') === 'text/html') response.headers.set('content-type', 'text/html; charset=utf-8');
  // Chromium holds the answer to a form to this rule too, and signing in is a form that GitHub's address is the answer to.
  const policy = response.headers.get('content-security-policy');
  if (policy !== null && signsIn.has(event.route.id)) response.headers.set('content-security-policy', policy.replace("form-action 'self'", `form-action 'self' ${app.config.githubUrl}`));
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
  return response;

  function answer(): Response | Promise<Response> {
    if (!mayChange(event.request, app.config.origin)) {
      return json({ code: 'REQUEST_REFUSED', message: 'This request did not come from a page of ours.' }, { status: 403 });
    }
    if (!withinLimits()) {
      // Forms are answered with a page, and signing in or out is what forms are for here.
      if (event.request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true) return new Response(null, { status: 303, headers: { location: '/link?problem=too-many' } });
      return json({ code: 'TOO_MANY_REQUESTS', message: 'Too many requests from you: wait a minute and try again.' }, { status: 429, headers: { 'retry-after': '60' } });
    }
    return resolve(event);
  }

  function withinLimits(): boolean {
    const { changes, reads, sessions } = app.limits;
    const network = networkOf(event.getClientAddress());
    if (event.request.method !== 'POST') return reads.take(network);
    const session = readSession(event.cookies);
    return changes.take(network) && (session === '' || sessions.take(session));
  }
};

export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind === 'framework') return { code: 'PAGE_ABSENT', message: 'There is no such page.' };
  if (kind === 'app') return error;
  const failure = isDoubloonError(error) ? error : undefined;
  const status = failure === undefined ? 500 : statusOf(failure.code);
  if (status >= 500) event.locals.app.log.error({ err: error, route: event.route.id }, 'page failed');
  return failure === undefined ? { status } : { status, code: failure.code, message: failure.message };
};
