import { redirect } from '@sveltejs/kit';
import { readSession, takeSession } from '../../../sessions/cookie.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ cookies, locals: { app } }) => {
  const session = readSession(cookies);
  takeSession(cookies);
  const ended = await app.identity.endSession({ session }).catch((err: unknown) => {
    app.log.error({ err }, 'a session could not be ended');
    return undefined;
  });
  redirect(303, ended === undefined ? '/link?problem=away' : '/link');
};
