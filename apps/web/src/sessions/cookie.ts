import type { Cookies } from '@sveltejs/kit';

// By this prefix a browser takes the cookie only from us over a secure channel, for all paths and for no other host
// (RFC 6265bis, 4.1.3.2). Loopback addresses count as secure where people develop.
const name = '__Host-doubloon-session';
const attributes = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const;

// What the identity service hands out; anything else may be as long as a header, and is remembered nowhere.
const form = /^[\w-]{43}$/;

/** The secret of the visitor's session; empty without one, and for what never was one. */
export function readSession(cookies: Pick<Cookies, 'get'>): string {
  const session = cookies.get(name) ?? '';
  return form.test(session) ? session : '';
}

/** Gives the visitor a session; the one before is gone with it. `expiresAt` is RFC 3339. */
export const giveSession = (cookies: Cookies, { session, expiresAt }: { readonly session: string; readonly expiresAt: string }): void => {
  cookies.set(name, session, { ...attributes, expires: new Date(expiresAt) });
};

export const takeSession = (cookies: Cookies): void => {
  cookies.delete(name, attributes);
};
