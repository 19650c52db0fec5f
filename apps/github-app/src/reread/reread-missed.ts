import { createHash } from 'node:crypto';
import type { Commands } from '../commands/commands.ts';
import { isBot, type SourceKind } from '../webhooks/delivery.ts';
import { nameIn, type CommentText, type Elsewhere, type IssueNow, type IssueText } from './issue-now.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import { textHash } from '../living-comment/living-comment.ts';
import type { Delivery } from '../webhooks/receive.ts';

/** What we know of an issue before it is read again. */
export interface Known {
  readonly issue: KnownIssue;
  readonly sources: readonly KnownSource[];
  /** Our living comment, when it is not about to be written anyway: its id, and the hash of its text. */
  readonly living: { readonly id: string; readonly hash: string } | undefined;
}

export interface KnownSource {
  readonly kind: SourceKind;
  readonly id: string;
  readonly url: string;
  readonly updatedAt: Date;
  readonly isDeleted: boolean;
}

/** Finds the commands of the text at `url`. */
export type Read = (text: string, url: string) => Promise<Commands>;

/** The account that GitHub shows in place of those that are deleted. */
const ghost = { id: 10_137, login: 'ghost', type: 'User' } as const;

/** Comments that we know and that are not among those that were read, which proves nothing yet: pages shift, and copies lag. */
export function absent({ issue: { movedHereAt }, sources, living }: Known, { comments, at }: IssueNow): string[] {
  const shown = new Set(comments.map(({ id }) => String(id)));
  // What was written before a transfer has another id there.
  const isHere = (updatedAt: Date): boolean => movedHereAt === undefined || updatedAt > movedHereAt;
  const settled = sources.filter(({ kind, updatedAt, isDeleted }) => kind === 'issue-comment' && !isDeleted && isHere(updatedAt) && at.getTime() - updatedAt.getTime() > settleMs);
  return [...settled.map(({ id }) => id), ...(living === undefined ? [] : [living.id])].filter((id) => !shown.has(id));
}

/** GitHub's copies may not have heard of a comment that is younger than this. */
export const settleMs = 10 * 60_000;

/**
 * The deliveries that should have told us what stands at GitHub now, in the order of its texts. They go the way of any
 * other: one that came after all makes them a no-op, and an older text loses. `gone` are comments that GitHub says it has
 * not.
 */
export async function missedOn({ issue: known, sources, living }: Known, { issue, comments, at }: IssueNow, gone: readonly string[], read: Read): Promise<Delivery[]> {
  const sourceOf = (kind: SourceKind, id: number) => sources.find((one) => one.kind === kind && one.id === String(id));

  const changeOf = async (kind: 'issue' | 'issue-comment', text: IssueText | CommentText): Promise<'created' | 'edited' | undefined> => {
    const source = sourceOf(kind, text.id);
    if (source !== undefined) return !source.isDeleted && new Date(text.updated_at) > source.updatedAt ? 'edited' : undefined;
    // A copy of what we know where it was before.
    if (known.movedHereAt !== undefined && new Date(text.created_at) <= known.movedHereAt) return undefined;
    const { user, performed_via_github_app: app, body, html_url: url } = text;
    if (!user || isBot({ ...user, id: String(user.id) }) || app) return undefined;
    const { offers, problems, slash } = await read(body ?? '', url);
    if (offers.length + problems.length + slash.size === 0) return undefined;
    // Slash commands count at creation: not when somebody edited since, and not over what their author wrote after them.
    const isOvertaken = comments.some((other) => other.user?.id === user.id && new Date(other.created_at) > new Date(text.created_at) && sourceOf('issue-comment', other.id) !== undefined);
    return text.created_at === text.updated_at && !isOvertaken ? 'created' : 'edited';
  };

  const missed: Delivery[] = [];
  const opening = await changeOf('issue', issue);
  if (opening !== undefined) missed.push(delivery(known, issue, 'issues', opening === 'created' ? 'opened' : opening, issue, { sender: issue.user ?? ghost }));
  for (const comment of comments) {
    const isForged = String(comment.id) === living?.id && hashOf(comment.body ?? '') !== living.hash;
    const change = isForged ? 'edited' : await changeOf('issue-comment', comment);
    if (change !== undefined) missed.push(delivery(known, issue, 'issue_comment', change, comment, { comment, sender: isForged ? ghost : (comment.user ?? ghost) }));
  }
  for (const id of gone) {
    const source = sources.find((one) => one.kind === 'issue-comment' && one.id === id);
    const comment = { id: Number(id), html_url: source?.url ?? known.url, body: '', user: null, updated_at: at.toISOString(), performed_via_github_app: id === living?.id ? { id: 1 } : null };
    missed.push(delivery(known, issue, 'issue_comment', 'deleted', { id: comment.id, body: '', updated_at: '' }, { comment, sender: ghost }));
  }
  return missed;
}

/** The transfer of an issue that is another one elsewhere. */
export function missedTransfer(known: KnownIssue, { issue, repository }: Elsewhere): Delivery {
  const id = Number(known.issueId);
  return delivery(known, undefined, 'issues', 'transferred', { id, body: String(repository.id), updated_at: '' }, { issue: { id }, changes: { new_issue: issue, new_repository: repository }, sender: ghost });
}

/** The deletion of an issue that is not there any more. */
export function missedDeletion(known: KnownIssue, at: Date): Delivery {
  const { issueId, number, title, url } = known;
  const issue = { id: Number(issueId), number, title, html_url: url, body: null, user: null, updated_at: at.toISOString() };
  return delivery(known, undefined, 'issues', 'deleted', { id: issue.id, body: '', updated_at: '' }, { issue, sender: ghost });
}

// The text of ours that a comment still shows, without the mark; GitHub may have changed the ends of its lines.
function hashOf(body: string): string {
  const text = body.replaceAll('\r\n', '\n');
  return textHash(text.slice(0, Math.max(0, text.lastIndexOf('\n<!-- doubloon '))));
}

// The key is made of what was seen: to see it again says nothing new.
function delivery({ repositoryId, repository, installationId }: KnownIssue, issue: IssueText | undefined, event: string, action: string, { id, body, updated_at: at }: { id: number; body?: string | null | undefined; updated_at: string }, rest: Readonly<Record<string, unknown>>): Delivery {
  const digest = createHash('sha256').update(`${at} ${body ?? ''}`).digest('hex').slice(0, 16);
  // Of a comment's issue its text is not looked at, and may be long.
  const about = issue === undefined ? {} : { issue: event === 'issues' ? issue : { ...issue, body: null } };
  const fullName = nameIn(issue?.repository_url ?? '') ?? repository;
  return {
    guid: `reread-${event}-${String(id)}-${action}-${digest}`, event,
    payload: { action, ...about, ...rest, repository: { id: Number(repositoryId), full_name: fullName }, ...(installationId === undefined ? {} : { installation: { id: Number(installationId) } }) },
  };
}
