import type { Pool } from 'pg';
import type { Logger } from '@doubloon/service';
import { readSetback, type Octokit } from './github.ts';
import type { KnownIssue } from './issue-row.ts';
import { markedIssue, textHash, withMarker } from './living-comment.ts';

/** The row of an issue's living comment, as far as writing it goes. */
export interface WrittenComment {
  readonly commentId: string | undefined;
  readonly hash: string | undefined;
  readonly writtenAt: Date | undefined;
  readonly recreated: number;
  readonly givenUp: string | undefined;
}

export interface Writing {
  readonly pool: Pool;
  readonly octokit: Octokit;
  readonly appId: string;
  readonly now: () => Date;
  readonly log: Logger;
  readonly onWrite?: ((how: 'created' | 'edited' | 'adopted' | 'recreated') => void) | undefined;
}

/** Edits closer together than this become one. */
export const editEveryMs = 2_000;

/**
 * Makes the living comment say `text`. Resolves to the time before which it may not be edited again, when that is why
 * nothing was written. Rejects with what GitHub's client threw; then what is written down still leads to one comment.
 */
export async function writeLivingComment(writing: Writing, issue: KnownIssue, row: WrittenComment, text: string): Promise<Date | undefined> {
  const hash = textHash(text);
  if (row.givenUp !== undefined || (row.commentId !== undefined && row.hash === hash)) return undefined;
  if (row.commentId === undefined) {
    await create(writing, issue, text, false);
    return undefined;
  }
  const earliest = new Date((row.writtenAt?.getTime() ?? 0) + editEveryMs);
  if (writing.now() < earliest) return earliest;
  if (await edit(writing, issue, row.commentId, text)) return undefined;
  await markGone(writing.pool, issue);
  if (row.recreated === 0) await create(writing, issue, text, true);
  return undefined;
}

const gone = `
  update living_comment set comment_id = null, node_id = null, hash = null, recreated = recreated + 1,
    given_up = case when recreated > 0 then 'our comment was deleted twice' end
  where repository_id = $1 and issue_id = $2`;

/** Somebody deleted our comment. Another one is allowed once; who deletes that too is left in peace. */
export const markGone = (db: Pick<Pool, 'query'>, { repositoryId, issueId }: Pick<KnownIssue, 'repositoryId' | 'issueId'>) => db.query(gone, [repositoryId, issueId]);

/** False when the comment is not there any more. */
async function edit({ pool, octokit, now, onWrite }: Writing, issue: KnownIssue, commentId: string, text: string): Promise<boolean> {
  try {
    const { data } = await octokit.rest.issues.updateComment({ ...at(issue), comment_id: Number(commentId), body: withMarker(text, issue.issueId) });
    await keep(pool, issue, data, textHash(text), now());
    onWrite?.('edited');
    return true;
  } catch (error) {
    const { status } = readSetback(error, now());
    if (status === 404 || status === 410) return false;
    throw error;
  }
}

const intendToCreate = 'update living_comment set creating_at = $3 where repository_id = $1 and issue_id = $2';

// GitHub may hold a comment whose creation we never heard of: it is looked for each time before one is created.
async function create(writing: Writing, issue: KnownIssue, text: string, isAgain: boolean): Promise<void> {
  const { pool, octokit, now, log, onWrite } = writing;
  await pool.query(intendToCreate, [issue.repositoryId, issue.issueId, now()]);
  const found = await findOurs(writing, issue);
  if (found !== undefined) {
    log.info({ repository: issue.repositoryId, issue: issue.issueId, comment: found.id }, 'living comment found again');
    onWrite?.('adopted');
    await keep(pool, issue, found, undefined, new Date(0));
    await edit(writing, issue, String(found.id), text);
    return;
  }
  const { data } = await octokit.rest.issues.createComment({ ...at(issue), issue_number: issue.number, body: withMarker(text, issue.issueId) });
  await keep(pool, issue, data, textHash(text), now());
  onWrite?.(isAgain ? 'recreated' : 'created');
}

async function findOurs({ octokit, appId }: Writing, issue: KnownIssue): Promise<{ id: number; node_id: string } | undefined> {
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, { ...at(issue), issue_number: issue.number, per_page: 100 });
  for await (const { data } of pages) {
    // The marker alone proves nothing: anybody can paste it.
    const ours = data.find((comment) => comment.body !== undefined && markedIssue(comment.body) === issue.issueId && String(comment.performed_via_github_app?.id) === appId);
    if (ours !== undefined) return ours;
  }
  return undefined;
}

const keepWritten = `
  update living_comment set comment_id = $3, node_id = $4, hash = $5, written_at = $6, creating_at = null
  where repository_id = $1 and issue_id = $2`;

const keep = (pool: Pool, { repositoryId, issueId }: KnownIssue, { id, node_id: nodeId }: { id: number; node_id: string }, hash: string | undefined, at: Date) =>
  pool.query(keepWritten, [repositoryId, issueId, String(id), nodeId, hash ?? null, at]);

function at({ repository }: KnownIssue): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}
