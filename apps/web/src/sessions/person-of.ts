import { isDoubloonError } from '@doubloon/errors';
import type { IdentityClient } from '@doubloon/rpc';
import type { Cookies } from '@sveltejs/kit';
import { readSession } from './cookie.ts';

/** Who is signed in; the login is display. */
export interface PersonView {
  readonly githubId: string;
  readonly login: string;
}

/** Whose session the visitor has; undefined when it is nobody's, or over. Rejects with what the way to the identity service throws. */
export async function personOf(identity: IdentityClient, cookies: Cookies): Promise<PersonView | undefined> {
  const session = readSession(cookies);
  if (session === '') return undefined;
  try {
    const { person } = await identity.getSession({ session });
    return person && { githubId: person.githubId, login: person.login };
  } catch (error) {
    if (isDoubloonError(error, 'SESSION_ABSENT')) return undefined;
    throw error;
  }
}
