import type { ClientBase, Pool } from 'pg';

/** Somebody on GitHub: the numeric id as decimal text, and how they are called at the moment. */
export interface GitHubUser {
  readonly githubId: string;
  readonly login: string;
}

const see = `
  insert into person as p (github_id, login, seen_at) values ($1, $2, $3)
  on conflict (github_id) do update set login = excluded.login, seen_at = excluded.seen_at where p.seen_at <= excluded.seen_at`;
const find = 'select login, seen_at from person where github_id = $1';

/** Keeps how somebody is called now. */
export async function seePerson(db: Pool | ClientBase, { githubId, login }: GitHubUser, at: Date): Promise<void> {
  await db.query(see, [githubId, login, at]);
}

/** How somebody was called when they were last seen, and when that was. */
export async function knownPerson(db: Pool | ClientBase, githubId: string): Promise<{ login: string; seenAt: Date } | undefined> {
  const { rows: [row] } = await db.query<{ login: string; seen_at: Date }>(find, [githubId]);
  return row && { login: row.login, seenAt: row.seen_at };
}

/** A numeric GitHub id as canonical decimal text that fits in 64 bits, never 0. */
export const isGitHubId = (text: string): boolean => /^[1-9]\d{0,19}$/.test(text) && BigInt(text) < 1n << 64n;
