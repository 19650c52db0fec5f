import type { ClientBase } from 'pg';
import type { SourceKind } from '../webhooks/delivery.ts';

type Db = Pick<ClientBase, 'query'>;

/** Somebody whom an award names, as GitHub knew them when it was read. */
export interface NamedAwardee {
  readonly githubId: string;
  /** Display only. */
  readonly login: string;
  /** Basis points. */
  readonly bps: number;
  /** Of the account. */
  readonly since: Date;
}

interface Source { readonly sourceKind: SourceKind; readonly sourceId: string }

const read = 'select github_id as "githubId", login, bps, account_since as since from named_awardee where source_kind = $1 and source_id = $2 order by place';

/** Whom the award in a text names, in its order; none when that was not kept yet. */
export async function namedBy(db: Db, { sourceKind, sourceId }: Source): Promise<NamedAwardee[]> {
  return (await db.query<NamedAwardee>(read, [sourceKind, sourceId])).rows;
}

const keep = `
  insert into named_awardee (source_kind, source_id, place, github_id, login, bps, account_since)
  select $1, $2, n.place - 1, n.github_id, n.login, n.bps, n.since
  from unnest($3::text[], $4::text[], $5::int[], $6::timestamptz[]) with ordinality as n (github_id, login, bps, since, place)`;

/** Keeps all of them at once, once. */
export const keepNamed = (db: Db, { sourceKind, sourceId }: Source, named: readonly NamedAwardee[]) =>
  db.query(keep, [sourceKind, sourceId, named.map(({ githubId }) => githubId), named.map(({ login }) => login), named.map(({ bps }) => bps), named.map(({ since }) => since)]);

/** The award was not done: whom it named is nobody's business. */
export const forgetNamed = (db: Db, { sourceKind, sourceId }: Source) => db.query('delete from named_awardee where source_kind = $1 and source_id = $2', [sourceKind, sourceId]);

const ofIssue = `
  select distinct on (github_id) github_id as "githubId", named_awardee.login, bps, account_since as since
  from named_awardee join source on source.kind = source_kind and source.id = source_id
  where repository_id = $1 and issue_id = $2 order by github_id, source.updated_at desc`;

/** Whom awards on an issue name, each once. */
export async function namedOn(db: Db, { repositoryId, issueId }: { repositoryId: string; issueId: string }): Promise<NamedAwardee[]> {
  return (await db.query<NamedAwardee>(ofIssue, [repositoryId, issueId])).rows;
}
