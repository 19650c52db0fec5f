import type { Pool } from 'pg';
import { failpoint } from '@doubloon/failpoints';
import { readSetback, type Octokit } from '../github.ts';
import type { Alone } from '../issues/in-turn.ts';
import { TooSoon } from '../issues/installation-pace.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import type { Tending } from '../issues/tending.ts';
import type { Bounty } from '../living-comment/phrases.ts';
import { isBeforeOurs } from '../reread/beginning-row.ts';
import { intendNotice, isEnoughForToday, keepNotice, markTried } from './notice-row.ts';
import { isNotice, isOfSameWindow, peopleOf, renderNotice, withNoticeMark, type Logins } from './notice-text.ts';
import { noticesDue, type Notice } from './notices-due.ts';

/** GitHub's lists may not show a comment yet that is younger than this. */
const settleMs = 10_000;
/** A part of what may be created is for living comments alone. */
const noticeShare = 0.75;
/** How soon to look again where there were enough for a day. */
const enoughMs = 3_600_000;

/**
 * Writes the notices that there is a reason for and that were never written, each at most once. Resolves to when the rest of
 * them may be. Rejects with what GitHub's client threw; then each still becomes one comment.
 */
export async function sendNotices(tending: Tending, octokit: Octokit, issue: KnownIssue, bounty: Bounty, alone: Alone): Promise<Date | undefined> {
  const times: Date[] = [];
  for (const notice of noticesDue(bounty, tending.now())) {
    const { triedAt, commentId } = await intendNotice(tending.pool, issue, notice, tending.now());
    if (commentId !== null) continue;
    const settled = new Date((triedAt?.getTime() ?? 0) + settleMs);
    if (settled > tending.now()) {
      times.push(settled);
      continue;
    }
    if (triedAt === null && (await isEnoughForToday(tending.pool, issue, notice, tending.now()))) {
      times.push(new Date(tending.now().getTime() + enoughMs));
      continue;
    }
    try {
      await send(tending, octokit, issue, notice, bounty, alone);
    } catch (error) {
      if (!(error instanceof TooSoon)) throw error;
      times.push(error.notBefore);
    }
  }
  return times.length === 0 ? undefined : new Date(Math.min(...times.map(Number)));
}

async function send({ pool, appId, now, log, onNotice }: Tending, octokit: Octokit, issue: KnownIssue, notice: Notice, bounty: Bounty, alone: Alone): Promise<void> {
  failpoint('notice-intended');
  const [owner = '', repo = ''] = issue.repository.split('/');
  const at = { owner, repo, issue_number: issue.number };
  const found = await findOurs(pool, octokit, at, appId, issue, notice);
  if (found !== undefined) {
    await keepNotice(pool, issue, notice, found);
    return;
  }
  const logins = await loginsOf(octokit, peopleOf(notice));
  // Whoever is gone can't be told.
  if (notice.kind === 'wallet' && !logins.has(notice.subject)) return;
  const body = withNoticeMark(renderNotice(notice, bounty, logins), issue.issueId, notice);
  const { data } = await alone(async () => {
    await markTried(pool, issue, notice, now());
    return octokit.rest.issues.createComment({ ...at, body });
  }, noticeShare);
  failpoint('notice-created');
  await keepNotice(pool, issue, notice, String(data.id));
  failpoint('notice-kept');
  onNotice?.(notice.kind);
  log.info({ repository: issue.repositoryId, issue: issue.issueId, notice: notice.kind, subject: notice.subject }, 'a notice was written');
}

// Whoever does not know any more which comment decided an award calls it by another name: a notice from before our records is found by its window.
async function findOurs(pool: Pool, octokit: Octokit, at: { owner: string; repo: string; issue_number: number }, appId: string, { issueId }: KnownIssue, notice: Notice): Promise<string | undefined> {
  for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listComments, { ...at, per_page: 100 })) {
    // The mark alone proves nothing: anybody can paste it.
    const ours = data.filter(({ performed_via_github_app: app }) => String(app?.id) === appId);
    for (const { id, body = '', created_at: writtenAt } of ours) {
      if (isNotice(body, issueId, notice) || (notice.kind === 'window' && isOfSameWindow(body, issueId, notice) && (await isBeforeOurs(pool, new Date(writtenAt))))) return String(id);
    }
  }
  return undefined;
}

/** By id: a login may have become somebody else's. */
async function loginsOf(octokit: Octokit, ids: readonly string[]): Promise<Logins> {
  const logins = new Map<string, string>();
  for (const id of new Set(ids)) {
    try {
      const { data } = await octokit.rest.users.getById({ account_id: Number(id) });
      if (data.type === 'User') logins.set(id, data.login);
    } catch (error) {
      if (readSetback(error, new Date()).refusal !== 'missing') throw error;
    }
  }
  return logins;
}
