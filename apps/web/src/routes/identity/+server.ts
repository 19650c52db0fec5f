import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** Where the form that asks for a login leads. */
export const GET: RequestHandler = ({ url }) => {
  const login = (url.searchParams.get('login') ?? '').trim().replace(/^@/, '');
  redirect(303, login === '' ? '/link' : `/identity/${encodeURIComponent(login)}`);
};
