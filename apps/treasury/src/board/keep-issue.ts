import type { PoolClient } from 'pg';
import { z } from 'zod';
import { DoubloonError } from '@doubloon/errors';
import { inTransaction } from '@doubloon/postgres';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { lockBounty, type BountyKey } from '../offers/bounty-lock.ts';
import { githubId, issueShape, storable } from '../offers/issue-shape.ts';
import type { Treasury } from '../treasury.ts';
import { chartBounty } from './chart-bounty.ts';

const reasons = ['completed', 'not_planned', 'duplicate'] as const;
const requestSchema = z.object({
  issue: z.object({
    ...issueShape, isPullRequest: z.boolean(), state: z.enum(['open', 'closed', 'deleted']),
    // GitHub adds reasons now and then, and `reopened` is none for being closed.
    stateReason: z.string().transform((text) => reasons.find((one) => one === text) ?? ''),
    labels: z.array(storable.max(200)).max(100), language: storable.max(100),
  }),
  seenAt: z.iso.datetime({ offset: true }),
  movedFrom: z.object({ repositoryId: githubId, issueId: githubId }).optional(),
});
type Request = z.output<typeof requestSchema>;

const places = 'select repository_id as "repositoryId", issue_id as "issueId" from places_of($1, $2)';
const wasElsewhere = 'select from issue_move where to_repository_id = $3 and to_issue_id = $4 and (from_repository_id, from_issue_id) <> ($1::numeric, $2::numeric)';
const move = `
  insert into issue_move (from_repository_id, from_issue_id, to_repository_id, to_issue_id, seen_at) values ($1, $2, $3, $4, $5)
  on conflict (from_repository_id, from_issue_id) do update set to_repository_id = excluded.to_repository_id, to_issue_id = excluded.to_issue_id, seen_at = excluded.seen_at
  where issue_move.seen_at < excluded.seen_at`;
const insert = `
  insert into bounty (repository_id, issue_id, repository, number, title, url) values ($1, $2, $3, $4, $5, $6) on conflict (repository_id, issue_id) do nothing`;
const keep = `
  update bounty set repository = $3, number = $4, title = $5, url = $6, is_pull_request = $7, state = $8, state_reason = $9, labels = $10, language = $11, seen_at = $12
  where repository_id = $1 and issue_id = $2 and seen_at <= $12`;
const leave = `
  with away as (select p.* from places_of($1, $2) p where (p.repository_id, p.issue_id) not in (select * from place_now($1, $2))),
    money as (delete from bounty_money m using away a where m.repository_id = a.repository_id and m.issue_id = a.issue_id)
  update bounty b set standing = null, changed_at = coalesce(b.changed_at, '-infinity') from away a where b.repository_id = a.repository_id and b.issue_id = a.issue_id`;

/**
 * Keeps what is known of an issue now, where money was ever offered for it; what was seen earlier than what is kept changes
 * nothing. An issue that was transferred is one with what it was before, whatever order its moves are told in: what was
 * offered and deposited there is found under all its ids, and keeps its own. REQUEST_INVALID, also for a move to ids that
 * an issue of elsewhere has already.
 */
export async function keepIssue({ pool }: Pick<Treasury, 'pool'>, request: treasury.KeepIssueRequest): Promise<MessageInitShape<typeof treasury.KeepIssueResponseSchema>> {
  const { issue, seenAt, movedFrom } = read(request);
  await inTransaction(pool, async (db) => {
    for (const key of await placesOf(db, [issue, ...(movedFrom === undefined ? [] : [movedFrom])])) await lockBounty(db, key);
    if (movedFrom !== undefined) {
      const ids = [movedFrom.repositoryId, movedFrom.issueId, issue.repositoryId, issue.issueId];
      if (((await db.query(wasElsewhere, ids)).rowCount ?? 0) > 0) throw new DoubloonError('REQUEST_INVALID', { problem: 'the issue was transferred there from elsewhere' });
      await db.query(move, [...ids, seenAt]);
      // Whatever is decided on it from now on is decided here.
      await db.query(insert, [issue.repositoryId, issue.issueId, issue.repository, issue.number, issue.title, issue.url]);
    }
    const kept = await db.query(keep, [issue.repositoryId, issue.issueId, issue.repository, issue.number, issue.title, issue.url, issue.isPullRequest, issue.state, issue.stateReason, issue.labels, issue.language, seenAt]);
    if (kept.rowCount === 0 && movedFrom === undefined) return;
    if (movedFrom !== undefined) await db.query(leave, [issue.repositoryId, issue.issueId]);
    await chartBounty(db, issue);
  });
  return {};
}

/** The ids of all that is about to be one, in an order of their own: two that name the same wait for each other, and not in a circle. */
async function placesOf(db: PoolClient, keys: readonly BountyKey[]): Promise<readonly BountyKey[]> {
  const found = new Map<string, BountyKey>();
  for (const { repositoryId, issueId } of keys) for (const row of (await db.query<BountyKey>(places, [repositoryId, issueId])).rows) found.set(`${row.repositoryId}/${row.issueId}`, row);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

function read({ issue, seenAt, movedFromRepositoryId: repositoryId, movedFromIssueId: issueId }: treasury.KeepIssueRequest): Request {
  const movedFrom = repositoryId === '' && issueId === '' ? undefined : { repositoryId, issueId };
  const checked = requestSchema.safeParse({ issue, seenAt, movedFrom });
  const [first] = checked.success ? [] : checked.error.issues;
  if (!checked.success) throw new DoubloonError('REQUEST_INVALID', { problem: `${first?.path.join('.') ?? 'it'} ${first?.message ?? ''}` });
  if (movedFrom?.repositoryId === issue?.repositoryId && movedFrom?.issueId === issue?.issueId) throw new DoubloonError('REQUEST_INVALID', { problem: 'an issue can’t be transferred to where it is' });
  return checked.data;
}
