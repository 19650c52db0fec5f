import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { z } from 'zod';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { Logger } from '@doubloon/service';
import type { Octokit } from '../github.ts';
import { alone } from '../issues/alone.ts';
import { keepIssueSeen, wakeIssue } from '../issues/issue-row.ts';
import { markedIssue } from '../living-comment/living-comment.ts';
import { isToFind, keepFound } from './beginning-row.ts';
import { keepReread } from './reread-row.ts';
import { requestsLeft } from './requests-left.ts';

export interface Finding {
  readonly pool: Pool;
  /** A client that acts as an installation, or as the App itself. */
  octokit(installation?: number): Promise<Octokit>;
  readonly appId: string;
  readonly log: Logger;
  readonly now: () => Date;
}

const repositoryForm = z.object({ id: z.number(), full_name: z.string() });
const issueForm = z.object({ id: z.number(), number: z.number(), title: z.string(), html_url: z.string(), comments: z.number(), updated_at: z.string(), pull_request: z.object({}).nullish() });
const commentForm = z.object({ body: z.string().nullish(), performed_via_github_app: z.object({ id: z.number() }).nullish() });
type Issue = z.output<typeof issueForm>;

/** Share of an installation's requests an hour that is left for everything else. */
const reserve = 0.25;
/** Until what was found is read again it is not looked at: nothing would be known of it yet. */
const readWithinMs = 10 * 60_000;

/**
 * Looks, once for a database that began anew, for the issues that carry a comment of ours from before: each is known again, and
 * is to be read. A new instance has none, and no text of somebody else makes one. One process at a time; one that ends
 * before its end begins again. Rejects with what GitHub's client threw.
 */
export async function findAgain(finding: Finding, signal: AbortSignal): Promise<void> {
  const { pool, log, now, octokit } = finding;
  if (!(await isToFind(pool))) return;
  await alone(pool, 'find again', async () => {
    let found = 0;
    const asApp = await octokit();
    for (const { id } of await asApp.paginate(asApp.rest.apps.listInstallations, { per_page: 100 })) {
      const client = await octokit(id);
      const repositories = (await client.paginate(client.rest.apps.listReposAccessibleToInstallation, { per_page: 100 })) as unknown;
      for (const repository of z.array(repositoryForm).parse(repositories)) {
        for await (const issue of ourIssues(finding, client, repository.full_name, signal)) {
          await keep(finding, String(id), repository, issue);
          found += 1;
        }
      }
    }
    if (signal.aborted) return;
    await keepFound(pool, now());
    if (found > 0) log.warn({ issues: found }, 'issues that carry our comment were found again, and are read');
  });
}

async function* ourIssues(finding: Finding, client: Octokit, repository: string, signal: AbortSignal): AsyncGenerator<Issue> {
  const [owner = '', repo = ''] = repository.split('/');
  const pages = client.paginate.iterator(client.rest.issues.listForRepo, { owner, repo, state: 'all', per_page: 100 });
  for await (const { data } of pages) {
    for (const issue of z.array(issueForm).parse(data)) {
      if (signal.aborted) return;
      if (issue.comments > 0 && (await isOurs(finding, client, { owner, repo, issue_number: issue.number }, signal))) yield issue;
    }
  }
}

/** Whether a comment of ours is there. The mark alone proves nothing: anybody can paste it. One of another issue came along with a transfer. */
async function isOurs({ appId, now }: Finding, client: Octokit, at: { owner: string; repo: string; issue_number: number }, signal: AbortSignal): Promise<boolean> {
  for await (const { data, headers } of client.paginate.iterator(client.rest.issues.listComments, { ...at, per_page: 100 })) {
    const left = requestsLeft(headers, now());
    if (left !== undefined && left.remaining < left.limit * reserve) await sleep(left.waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (z.array(commentForm).parse(data).some(({ body, performed_via_github_app: app }) => String(app?.id) === appId && markedIssue(body ?? '') !== undefined)) return true;
  }
  return false;
}

async function keep({ pool, now }: Finding, installationId: string, repository: z.output<typeof repositoryForm>, { id, number, title, html_url: url, updated_at: updatedAt, pull_request: pull }: Issue): Promise<void> {
  await inTransaction(pool, async (db) => {
    const seen = { repository: { id: String(repository.id), fullName: repository.full_name }, installationId, issue: { id: String(id), number, title, url, isPullRequest: pull !== undefined && pull !== null }, updatedAt: new Date(updatedAt) };
    const key = await keepIssueSeen(db, seen, String(id));
    await keepReread(db, key, now(), null);
    // Known to have a comment, whatever is read there: one that nothing is offered on any more is to say so.
    await wakeIssue(db, key, new Date(now().getTime() + readWithinMs));
  });
  failpoint('issue-found-again');
}
