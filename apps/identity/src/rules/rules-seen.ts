import type { Pool } from 'pg';
import type { Rules } from '@doubloon/domain/rules';
import { rulesFromJson, rulesToJson } from './rules-json.ts';

/** What bound the money that came at some time. */
export interface RulesSeen {
  readonly rules: Rules;
  readonly ownerId: string;
}

const keep = `
  insert into rules_seen (repository_id, owner_id, sha, rules, seen_at)
  select $1::u64, $2::u64, $3::text, $4::jsonb, $5::timestamptz
  where not exists (
    select from (select owner_id, sha, rules from rules_seen where repository_id = $1::u64 order by seen_at desc, id desc limit 1) newest
    where newest.owner_id = $2::u64 and newest.sha = $3::text and newest.rules = $4::jsonb
  )`;

/** Chain, GitHub and we have clocks of our own; the chain's has whole seconds. */
const about = "interval '1 minute'";
// Before we ever looked nobody was told of other rules than those that were seen first.
const find = `
  select w.place::int - 1 as place, s.id from unnest($1::numeric[], $2::timestamptz[]) with ordinality w (repository_id, at, place), lateral (
    with seen as (select id, seen_at from rules_seen where repository_id = w.repository_id),
      before as (select id from seen where seen_at <= w.at - ${about} order by seen_at desc, id desc limit 1),
      near as (select id from seen where seen_at > w.at - ${about} and seen_at <= w.at + ${about}),
      first as (select id from seen where not exists (select from before union all select from near) order by seen_at, id limit 1)
    select id from before union select id from near union select id from first
  ) s`;
const read = 'select id, rules, owner_id::text from rules_seen where id = any ($1::bigint[])';

/** Keeps what a repository's rules are now, when that is news. */
export async function keepRulesSeen(pool: Pool, { repositoryId, ownerId, sha, rules, at }: { repositoryId: string; ownerId: string; sha: string; rules: Rules; at: Date }): Promise<void> {
  await pool.query(keep, [repositoryId, ownerId, sha, JSON.stringify(rulesToJson(rules)), at]);
}

/** The rules in force at about each of several times, as far as they were seen; the oldest where none were seen before it, and nothing where none ever were. */
export async function rulesSeenAt(pool: Pool, times: readonly { readonly repositoryId: string; readonly at: Date }[]): Promise<RulesSeen[][]> {
  const { rows: found } = await pool.query<{ place: number; id: string }>(find, [times.map(({ repositoryId }) => repositoryId), times.map(({ at }) => at)]);
  // The same rules bound most of the money: they are read once.
  const { rows } = await pool.query<{ id: string; rules: unknown; owner_id: string }>(read, [[...new Set(found.map(({ id }) => id))]]);
  const byId = new Map(rows.map(({ id, rules, owner_id: ownerId }): [string, RulesSeen] => [id, { rules: rulesFromJson(rules), ownerId }]));
  const seen = times.map((): RulesSeen[] => []);
  for (const { place, id } of found) {
    const one = byId.get(id);
    if (one !== undefined) seen[place]?.push(one);
  }
  return seen;
}
