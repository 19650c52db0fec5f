import type { Pool } from 'pg';
import { failpoint, lawIsOff } from '@doubloon/failpoints';
import type { Logger } from '@doubloon/service';
import { readSetback, type Octokit } from '../github.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import { markedIssue, textHash, withMarker } from './living-comment.ts';

/** The row of an issue's living comment, as far as writing it goes. */
export interface WrittenComment {
  readonly commentId: string | undefined;
  readonly hash: string | undefined;
  /** Where the money stood when it was written. */
  readonly money: string | undefined;
  readonly writtenAt: Date | undefined;
  /** The last edits that told nothing new about money, oldest first. */
  readonly quietAt: readonly Date[];
  readonly recreated: number;
  readonly givenUp: string | undefined;
}

export interface Writing {
  readonly pool: Pool;
  readonly octokit: Octokit;
  /** Creates something when it is its turn; rejects when that has to wait. */
  readonly createAlone: <T>(create: () => Promise<T>) => Promise<T>;
  /** False where the rules of the repository want no comment of ours, or are not known: one that stands there is kept true all the same. */
  readonly mayCreate: boolean;
  readonly appId: string;
  readonly now: () => Date;
  readonly log: Logger;
  readonly onWrite?: ((how: 'created' | 'edited' | 'adopted' | 'recreated' | 'removed') => void) | undefined;
}

/** What the comment is to say, and where the money stands. */
export interface Words { readonly text: string; readonly money: string }

/** Edits closer together than this become one. */
const editEveryMs = 2_000;
/** Edits without news about money, per issue: whoever keeps changing our comment, or their own, gets no faster answer. */
const mostQuiet = 5;
const quietWithinMs = 600_000;
/** GitHub's copies, its lists among them, may not have heard of a comment that is younger than this. */
const settleMs = 10_000;

/**
 * Makes the living comment say these words. Resolves to the time before which it may not be edited again, when that is why
 * nothing was written. Rejects with what GitHub's client threw; then what is written down still leads to one comment.
 */
export async function writeLivingComment(writing: Writing, issue: KnownIssue, row: WrittenComment, words: Words): Promise<Date | undefined> {
  if (row.givenUp !== undefined || (row.commentId !== undefined && row.hash === textHash(words.text))) return undefined;
  if (row.commentId === undefined) {
    if (writing.mayCreate) await create(writing, issue, words, false);
    return undefined;
  }
  const isQuiet = row.money === words.money;
  const earliest = mayEditFrom(row, isQuiet);
  if (writing.now() < earliest) return earliest;
  try {
    await edit(writing, issue, row.commentId, words, isQuiet);
  } catch (error) {
    if (readSetback(error, writing.now()).refusal !== 'missing') throw error;
    if (writing.now().getTime() - (row.writtenAt?.getTime() ?? 0) < settleMs) throw error;
    // What was asked may show us nothing any more: gone is what the list shows without it.
    const found = await findOurs(writing, issue);
    if (found !== undefined && String(found.id) === row.commentId) throw error;
    await markGone(writing.pool, issue);
    if (row.recreated === 0 && writing.mayCreate) await create(writing, issue, words, true);
  }
  return undefined;
}

function mayEditFrom({ writtenAt, quietAt }: WrittenComment, isQuiet: boolean): Date {
  const pace = (writtenAt?.getTime() ?? 0) + editEveryMs;
  const calm = isQuiet && quietAt.length >= mostQuiet ? (quietAt.at(-mostQuiet)?.getTime() ?? 0) + quietWithinMs : 0;
  return new Date(Math.max(pace, calm));
}

const gone = `
  update living_comment set comment_id = null, node_id = null, hash = null, recreated = recreated + 1,
    given_up = case when recreated > 0 then 'our comment was deleted twice' end
  where repository_id = $1 and issue_id = $2`;

/** Somebody deleted our comment. Another one is allowed once; who deletes that too is left in peace. */
export const markGone = (db: Pick<Pool, 'query'>, { repositoryId, issueId }: Pick<KnownIssue, 'repositoryId' | 'issueId'>) => db.query(gone, [repositoryId, issueId]);

async function edit({ pool, octokit, now, onWrite }: Writing, issue: KnownIssue, commentId: string, words: Words, isQuiet: boolean): Promise<void> {
  const { data } = await octokit.rest.issues.updateComment({ ...at(issue), comment_id: Number(commentId), body: withMarker(words.text, issue.issueId) });
  failpoint('comment-edited');
  await keep(pool, issue, data, words, now(), isQuiet);
  onWrite?.('edited');
}

const intendToCreate = 'update living_comment set creating_at = $3 where repository_id = $1 and issue_id = $2';

// GitHub may hold a comment whose creation we never heard of: it is looked for each time before one is created.
async function create(writing: Writing, issue: KnownIssue, words: Words, isAgain: boolean): Promise<void> {
  const { pool, octokit, now, log, onWrite } = writing;
  const found = lawIsOff('intent') ? undefined : await intendAndLook(writing, issue);
  if (found !== undefined) {
    log.info({ repository: issue.repositoryId, issue: issue.issueId, comment: found.id }, 'living comment found again');
    onWrite?.('adopted');
    await edit(writing, issue, String(found.id), words, false);
    return;
  }
  const { data } = await writing.createAlone(() => {
    failpoint('comment-turn-taken');
    return octokit.rest.issues.createComment({ ...at(issue), issue_number: issue.number, body: withMarker(words.text, issue.issueId) });
  });
  failpoint('comment-created');
  await keep(pool, issue, data, words, now(), false);
  failpoint('comment-kept');
  onWrite?.(isAgain ? 'recreated' : 'created');
}

async function intendAndLook(writing: Writing, issue: KnownIssue): ReturnType<typeof findOurs> {
  await writing.pool.query(intendToCreate, [issue.repositoryId, issue.issueId, writing.now()]);
  failpoint('comment-intended');
  return findOurs(writing, issue);
}

// A transfer takes our comment along, marked for the issue that it was.
async function findOurs({ octokit, appId }: Writing, issue: KnownIssue): Promise<{ id: number; node_id: string } | undefined> {
  const isOf = (marked: string | undefined): boolean => marked !== undefined && (marked === issue.issueId || marked === issue.movedFrom?.issueId);
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, { ...at(issue), issue_number: issue.number, per_page: 100 });
  for await (const { data } of pages) {
    // The marker alone proves nothing: anybody can paste it.
    const ours = data.find((comment) => comment.body !== undefined && isOf(markedIssue(comment.body)) && String(comment.performed_via_github_app?.id) === appId);
    if (ours !== undefined) return ours;
  }
  return undefined;
}

const keepWritten = `
  update living_comment set comment_id = $3, node_id = $4, hash = $5, money = $6, written_at = $7, creating_at = null,
    quiet_at = case when $8 then (array_append(quiet_at, $7::timestamptz))[greatest(1, cardinality(quiet_at) + 2 - ${String(mostQuiet)}):] else quiet_at end
  where repository_id = $1 and issue_id = $2`;

const keep = (pool: Pool, { repositoryId, issueId }: KnownIssue, { id, node_id: nodeId }: { id: number; node_id: string }, { text, money }: Words, at: Date, isQuiet: boolean) =>
  pool.query(keepWritten, [repositoryId, issueId, String(id), nodeId, textHash(text), money, at, isQuiet]);

function at({ repository }: KnownIssue): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

interface Stored { comment_id: string | null; hash: string | null; money: string | null; written_at: Date | null; quiet_at: Date[]; recreated: number; given_up: string | null }

const read = 'select comment_id, hash, money, written_at, quiet_at, recreated, given_up from living_comment where repository_id = $1 and issue_id = $2';

/** `undefined` when there never was a reason for one. */
export async function readWritten(pool: Pool, { repositoryId, issueId }: Pick<KnownIssue, 'repositoryId' | 'issueId'>): Promise<WrittenComment | undefined> {
  const { rows: [row] } = await pool.query<Stored>(read, [repositoryId, issueId]);
  return row && {
    commentId: row.comment_id ?? undefined, hash: row.hash ?? undefined, money: row.money ?? undefined, writtenAt: row.written_at ?? undefined,
    quietAt: row.quiet_at, recreated: row.recreated, givenUp: row.given_up ?? undefined,
  };
}
