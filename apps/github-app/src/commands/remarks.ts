import type { ClientBase } from 'pg';
import { inCode } from '../living-comment/markdown.ts';
import { namedOn } from './named-awardee-row.ts';

/**
 * Sentences about people whom awards on an issue name and who did not open a pull request that is linked to it: a login is
 * easily mistaken for another, an id and an age less so.
 */
export async function remarksOf(db: Pick<ClientBase, 'query'>, key: { repositoryId: string; issueId: string }, linked: readonly { readonly id: string }[]): Promise<readonly string[]> {
  const known = new Set(linked.map(({ id }) => id));
  return (await namedOn(db, key)).filter(({ githubId }) => !known.has(githubId)).map(({ githubId, login, since }) =>
    `${inCode(login)} is not the author of a linked pull request: GitHub user id ${githubId}, account since ${String(since.getUTCFullYear())}.`);
}
