import type { ClientBase } from 'pg';
import { z } from 'zod';
import { readSetback, type Octokit } from '../github.ts';
import { intend, undone } from '../issues/intent.ts';
import { findIssue, issueIdOf, wakeKnown, wakeTroubled, type IssueKey } from '../issues/issue-row.ts';
import { issuesOfPull } from './candidate-row.ts';
import { readFacts } from './facts.ts';
import { keepFacts, keepName, keepRepositoryLanguage, rereadSoon, wakeRepository } from './facts-row.ts';
import { keepTransfer } from './move.ts';
import { readClosed } from './pulls.ts';
import { fullName, id, number } from '../webhooks/forms.ts';

export interface Told {
  readonly guid: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Following {
  readonly octokit: (installation: number) => Promise<Octokit>;
  readonly now: Date;
}

const about = z.object({
  action: z.string().optional(), installation: z.object({ id }).optional(),
  repository: z.object({ id, full_name: fullName, language: z.string().nullish() }).optional(),
  issue: z.looseObject({ id }).optional(), pull_request: z.looseObject({ number }).optional(),
});
type About = z.output<typeof about>;

/** Takes in what a delivery tells of the life of issues that we know: their facts, where they went, who is installed where, and pull requests that close them. */
export async function followLife(db: ClientBase, told: Told, following: Following): Promise<void> {
  const { event } = told;
  if (event === 'installation' || event === 'installation_repositories') return followInstallation(db, told, following.now);
  const { data } = about.safeParse(told.payload);
  if (data?.repository === undefined) return;
  const { repository, action = '' } = data;
  if (repository.language !== undefined) await keepRepositoryLanguage(db, repository.id, repository.language);
  if (event === 'repository') return followRepository(db, repository, action, following.now);
  if (event === 'issues' && action === 'transferred') return keepTransfer(db, told.payload, following.now);

  const key = await keyOf(db, data);
  const facts = readFacts(data.issue ?? data.pull_request);
  if (key !== undefined && facts !== undefined && action !== 'deleted') await keepFacts(db, key, facts, following.now);
  if (key !== undefined && event === 'issues') await followIssue(db, key, action, told.guid, following.now);
  if (event === 'pull_request' && telling.includes(action)) await followPull(db, data, told.guid, following);
}

async function keyOf(db: ClientBase, { repository, issue, pull_request: pull }: About): Promise<IssueKey | undefined> {
  if (repository === undefined) return undefined;
  const issueId = issue?.id ?? (pull === undefined ? undefined : await issueIdOf(db, repository.id, pull.number));
  return issueId === undefined ? undefined : { repositoryId: repository.id, issueId };
}

/** What may have made a pull request close an issue, or not close it any more. */
const telling: readonly string[] = ['opened', 'edited', 'reopened', 'closed', 'synchronize'];

async function followIssue(db: ClientBase, key: IssueKey, action: string, guid: string, now: Date): Promise<void> {
  // While an issue is locked it takes no comment of ours: what there was to say is said now. Of a deletion the treasury hears.
  if (action === 'unlocked' || action === 'deleted') await wakeKnown(db, key, now);
  if ((action === 'closed' || action === 'reopened') && (await findIssue(db, key)) !== undefined) await lookAtCandidates(db, [key], guid, now);
}

/** The candidates of these issues are to be read again, those of them that we know. */
export async function lookAtCandidates(db: ClientBase, keys: readonly IssueKey[], cause: string, now: Date): Promise<void> {
  for (const key of keys) {
    if ((await findIssue(db, key)) === undefined) continue;
    const isTended = (await wakeKnown(db, key, now)).rowCount !== 0;
    // Nobody tends an issue without money: one look that waits for some is enough, however much happens meanwhile.
    if (!isTended && (await undone(db, key)).some(({ work }) => work.kind === 'candidates')) continue;
    await intend(db, key, `candidates ${key.repositoryId}/${key.issueId} ${cause}`, [{ kind: 'candidates' }]);
  }
}

const anyKnown = `
  select exists (select from issue join repository on repository.id = repository_id where installation_id = $1 and deleted_at is null and not is_pull_request) as any`;

/** Merging may be told before the edit that says what it closes, so what GitHub says now decides; when it says nothing, the rereader will ask again. */
async function followPull(db: ClientBase, { repository, installation, pull_request: pull }: About, guid: string, { octokit, now }: Following): Promise<void> {
  if (repository === undefined || pull === undefined || installation === undefined) return;
  const before = await issuesOfPull(db, repository.id, pull.number);
  const { rows: [row] } = await db.query<{ any: boolean }>(anyKnown, [installation.id]);
  const closed = row?.any === true ? await closedNow(await octokit(Number(installation.id)), repository.full_name, pull.number, now) : [];
  const isBefore = (key: IssueKey): boolean => before.some((one) => one.repositoryId === key.repositoryId && one.issueId === key.issueId);
  await lookAtCandidates(db, [...before, ...closed.filter((key) => !isBefore(key))], guid, now);
}

async function closedNow(octokit: Octokit, repository: string, number: number, now: Date): Promise<IssueKey[]> {
  try {
    return await readClosed(octokit, repository, number);
  } catch (error) {
    const { notBefore, isUnknown } = readSetback(error, now);
    if (notBefore !== undefined || (isUnknown && error instanceof Error && error.name === 'HttpError')) throw error;
    return [];
  }
}

async function followRepository(db: ClientBase, { id: repositoryId, full_name: fullName }: NonNullable<About['repository']>, action: string, now: Date): Promise<void> {
  if (action === 'unarchived') await wakeTroubled(db, repositoryId, now);
  if (action !== 'renamed' && action !== 'transferred') return;
  if (await keepName(db, repositoryId, fullName)) await wakeRepository(db, repositoryId, now);
  // Told late, it may be an old name: reading any issue there shows the one of now.
  await rereadSoon(db, repositoryId, now);
}

const some = z.array(z.object({ id })).default([]);
const installationForm = z.object({ action: z.string(), installation: z.object({ id }), repositories: some, repositories_added: some, repositories_removed: some });

const leave = 'update repository set installation_id = null where installation_id = $1 and ($2::text[] is null or id = any ($2))';
const come = 'update repository set installation_id = $1 where id = any ($2) returning id';
const returned = 'select id from repository where installation_id = $1';

/**
 * The App is installed somewhere, or not any more. What there was to do waits where it could not be done; when the App is back
 * it is done, and issues are read again: what was written meanwhile nobody told us.
 */
async function followInstallation(db: ClientBase, { event, payload }: Told, now: Date): Promise<void> {
  const { data } = installationForm.safeParse(payload);
  if (data === undefined) return;
  const { action, installation, repositories, repositories_added: added, repositories_removed: removed } = data;
  const ids = (rows: typeof repositories) => rows.map((one) => one.id);
  if (event === 'installation' && action === 'deleted') await db.query(leave, [installation.id, null]);
  if (event === 'installation_repositories') await db.query(leave, [installation.id, ids(removed)]);
  const back = event === 'installation' ? (action === 'created' ? ids(repositories) : []) : ids(added);
  const those = action === 'unsuspend' ? await db.query<{ id: string }>(returned, [installation.id]) : await db.query<{ id: string }>(come, [installation.id, back]);
  for (const repository of those.rows) {
    await wakeTroubled(db, repository.id, now);
    await rereadSoon(db, repository.id, now);
  }
}
