import type { Pool } from 'pg';
import { z } from 'zod';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { Logger } from '@doubloon/service';
import { readSetback, type Octokit } from '../github.ts';
import { alone } from '../issues/alone.ts';
import { holdInstallation, requireTurn, TooSoon } from '../issues/installation-pace.ts';
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
  /** What was looked at already since this process started: repositories and issues, by id. */
  readonly looked: Set<string>;
  readonly log: Logger;
  readonly now: () => Date;
}

const installationForm = z.object({ id: z.number(), suspended_at: z.string().nullish() });
const repositoryForm = z.object({ id: z.number(), full_name: z.string() });
const issueForm = z.object({ id: z.number(), number: z.number(), title: z.string(), html_url: z.string(), comments: z.number(), updated_at: z.string(), pull_request: z.object({}).nullish() });
const commentForm = z.object({ body: z.string().nullish(), performed_via_github_app: z.object({ id: z.number() }).nullish() });
type Issue = z.output<typeof issueForm>;

/** Share of an installation's requests an hour that is left for everything else. */
const reserve = 0.25;
/** Until what was found is read again it is not looked at: nothing would be known of it yet. */
const readWithinMs = 10 * 60_000;

type Repository = z.output<typeof repositoryForm>;

/**
 * Looks, once for a database that began anew, for the issues that carry a comment of ours from before: each is known again, and
 * is to be read. A new instance has none, and no text of somebody else makes one. One process at a time. What GitHub does not
 * answer to, or wants to be asked for later, is left to the next time; what it does not show us is left out. Rejects with what
 * GitHub's client threw when it does not say where the App is installed.
 */
export async function findAgain(finding: Finding, signal: AbortSignal): Promise<void> {
  const { pool, log, now, octokit } = finding;
  if (!(await isToFind(pool))) return;
  await alone(pool, 'find again', async () => {
    let [found, isWhole] = [0, true];
    const asApp = await octokit();
    const installations = (await asApp.paginate(asApp.rest.apps.listInstallations, { per_page: 100 })) as unknown;
    for (const { id, suspended_at: suspendedAt } of z.array(installationForm).parse(installations)) {
      // Nothing is shown of it; what is on it is heard of when somebody writes there again.
      if (suspendedAt) continue;
      const looking = lookThrough(finding, id, signal);
      let step = await looking.next();
      for (; step.done !== true; step = await looking.next()) found += 1;
      isWhole = step.value && isWhole;
    }
    if (signal.aborted || !isWhole) return;
    await keepFound(pool, now());
    if (found > 0) log.warn({ issues: found }, 'issues that carry our comment were found again, and are read');
  });
}

/** Yields for each issue of an installation that was found; returns whether nothing is left to look at. */
async function* lookThrough(finding: Finding, installation: number, signal: AbortSignal): AsyncGenerator<undefined, boolean> {
  const { looked } = finding;
  let isWhole = true;
  try {
    await requireTurn(finding.pool, String(installation), finding.now());
    const client = await finding.octokit(installation);
    const repositories = (await client.paginate(client.rest.apps.listReposAccessibleToInstallation, { per_page: 100 })) as unknown;
    for (const repository of z.array(repositoryForm).parse(repositories)) {
      if (signal.aborted) return false;
      if (looked.has(String(repository.id))) continue;
      try {
        for await (const issue of ourIssues(finding, client, repository, signal)) {
          await keep(finding, String(installation), repository, issue);
          yield undefined;
        }
        if (!signal.aborted) looked.add(String(repository.id));
      } catch (error) {
        if (await isForLater(finding, installation, error)) isWhole = false;
        else looked.add(String(repository.id));
      }
    }
  } catch (error) {
    isWhole = !(await isForLater(finding, installation, error)) && isWhole;
  }
  return isWhole;
}

/** Whether what failed may come out otherwise another time. GitHub's limits hold for all that is done for the installation. */
async function isForLater({ pool, now, log }: Finding, installation: number, error: unknown): Promise<boolean> {
  if (error instanceof z.ZodError) {
    log.warn({ err: error, installation }, 'what GitHub shows of a repository can not be read, and is left out');
    return false;
  }
  const { notBefore, isUnknown, refusal } = readSetback(error, now());
  const until = error instanceof TooSoon ? error.notBefore : notBefore;
  if (until !== undefined) await holdInstallation(pool, String(installation), until);
  if (until !== undefined || isUnknown) return true;
  log.warn({ installation, refusal }, 'issues that GitHub does not show were not looked at');
  return false;
}

async function* ourIssues(finding: Finding, client: Octokit, { id, full_name: name }: Repository, signal: AbortSignal): AsyncGenerator<Issue> {
  const [owner = '', repo = ''] = name.split('/');
  const pages = client.paginate.iterator(client.rest.issues.listForRepo, { owner, repo, state: 'all', per_page: 100 });
  for await (const { data } of pages) {
    for (const issue of z.array(issueForm).parse(data)) {
      if (signal.aborted) return;
      const key = `${String(id)}/${String(issue.id)}`;
      if (issue.comments === 0 || finding.looked.has(key)) continue;
      if (await isOurs(finding, client, { owner, repo, issue_number: issue.number })) yield issue;
      finding.looked.add(key);
    }
  }
}

/** Whether a comment of ours is there. The mark alone proves nothing: anybody can paste it. One of another issue came along with a transfer. Rejects with `TooSoon` when little is left of the requests of the hour. */
async function isOurs({ appId, now }: Finding, client: Octokit, at: { owner: string; repo: string; issue_number: number }): Promise<boolean> {
  for await (const { data, headers } of client.paginate.iterator(client.rest.issues.listComments, { ...at, per_page: 100 })) {
    if (z.array(commentForm).parse(data).some(({ body, performed_via_github_app: app }) => String(app?.id) === appId && markedIssue(body ?? '') !== undefined)) return true;
    const left = requestsLeft(headers, now());
    if (left !== undefined && left.remaining < left.limit * reserve) throw new TooSoon(new Date(now().getTime() + left.waitMs));
  }
  return false;
}

async function keep({ pool, now }: Finding, installationId: string, repository: Repository, { id, number, title, html_url: url, updated_at: updatedAt, pull_request: pull }: Issue): Promise<void> {
  await inTransaction(pool, async (db) => {
    const seen = { repository: { id: String(repository.id), fullName: repository.full_name }, installationId, issue: { id: String(id), number, title, url, isPullRequest: pull !== undefined && pull !== null }, updatedAt: new Date(updatedAt) };
    const key = await keepIssueSeen(db, seen, String(id));
    await keepReread(db, key, now(), null);
    // Known to have a comment, whatever is read there: one that nothing is offered on any more is to say so.
    await wakeIssue(db, key, new Date(now().getTime() + readWithinMs));
  });
  failpoint('issue-found-again');
}
