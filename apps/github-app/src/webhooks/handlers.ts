import { AsyncLocalStorage } from 'node:async_hooks';
import type { EmitterWebhookEvent } from '@octokit/webhooks';
import type { Context, Probot } from 'probot';
import type { ClientBase } from 'pg';
import { isDoubloonError } from '@doubloon/errors';
import { RetryLater, type InboxRow } from '@doubloon/postgres';
import { readCommands, type Parse } from '../commands/commands.ts';
import { handledEvents, isBot, mayCommand, readDelivery, type Sighting } from './delivery.ts';
import { readSetback, type Octokit } from '../github.ts';
import { intend } from '../issues/intent.ts';
import { findIssue, issueIdOf, wakeIssue } from '../issues/issue-row.ts';
import { followLife } from '../life/follow.ts';
import { isArrival, isCopy } from '../life/move.ts';
import { readAgain } from '../reread/read-again.ts';
import { markedIssue } from '../living-comment/living-comment.ts';
import { recordIssueDeleted, recordSighting, type Placed, type Recording } from '../commands/record-sighting.ts';
import { findSource } from '../commands/source-row.ts';
import { markGone } from '../living-comment/write-living-comment.ts';

export interface Handling {
  readonly parse: Parse;
  readonly now: () => Date;
}

/** The transaction of the inbox row in hand: Probot hands its handlers a context and nothing else. */
const transaction = new AsyncLocalStorage<ClientBase>();

/** The App in Probot's sense. One handler for each event: two would run side by side, and a decision can't be split. */
export const createHandlers = (handling: Handling) => (probot: Probot): void => {
  probot.on(handledEvents, (context) => onText(context, handling));
};

/** Gives one stored delivery to Probot, and its handlers the transaction that it is done in. Rejects with what a handler threw. */
export async function receiveStored(probot: Probot, row: InboxRow, db: ClientBase, now: () => Date): Promise<void> {
  const { event, payload } = row.payload as { event: string; payload: Readonly<Record<string, unknown>> };
  // Before Probot sees it: it wants an installation of what it is given, and fails when that is of no form we know.
  const isText = !('ignored' in readDelivery(event, payload)) && !isArrival(event, payload);
  try {
    if (isText) await transaction.run(db, () => probot.receive({ id: row.key, name: event, payload } as unknown as EmitterWebhookEvent));
    // After it: what it commands may be why we know the issue.
    await followLife(db, { guid: row.key, event, payload }, { octokit: (installation) => probot.auth(installation), now: now() });
  } catch (error) {
    const cause: unknown = error instanceof AggregateError && error.errors.length === 1 ? error.errors[0] : error;
    throw laterIfPassing(cause, now());
  }
}

// An outage or a limit of GitHub's says nothing about the delivery: it does not use up its attempts.
function laterIfPassing(error: unknown, now: Date): unknown {
  if (isDoubloonError(error, 'PARSER_BUSY')) return new RetryLater(new Date(now.getTime() + 1_000), { cause: error });
  const isOctokits = error instanceof Error && error.name === 'HttpError';
  if (!isOctokits) return error;
  const { notBefore, isUnknown } = readSetback(error, now);
  return notBefore === undefined && !isUnknown ? error : new RetryLater(notBefore ?? new Date(now.getTime() + 5_000), { cause: error });
}

async function onText({ id: guid, name, payload, octokit }: Context, { parse, now }: Handling): Promise<void> {
  const db = transaction.getStore();
  if (db === undefined) throw new Error('a delivery reached a handler without its transaction');
  const reading = readDelivery(name, payload);
  if ('ignored' in reading) return;
  const { sighting } = reading;
  const recording = { guid, now: now() };
  if (sighting.viaApp !== undefined && ((await isOursGone(db, sighting, recording.now)) || (await isSecond(db, sighting, recording)))) return;
  if (!mayCommand(sighting)) return;

  const read = (text: string) => readCommands(parse, text, sighting.source.url);
  const asked = await read(sighting.text);
  const before = sighting.before === undefined ? undefined : await read(sighting.before);
  const isSilent = [asked, before].every((one) => one === undefined || one.offers.length + one.problems.length + one.slash.size === 0);
  const placed = await place(db, octokit as Octokit, sighting, isSilent);
  if (placed === undefined) return;
  if (name === 'issues' && placed.change === 'deleted') return recordIssueDeleted(db, placed, recording);

  const known = await findSource(db, placed.source.kind, placed.source.id);
  const there = known === undefined ? await findIssue(db, { repositoryId: placed.repository.id, issueId: placed.issue.id }) : undefined;
  if (isCopy(name, payload as unknown as Readonly<Record<string, unknown>>, there?.movedHereAt)) return;
  // Two edits within GitHub's second can't be told apart by their time: what stands there now decides.
  const isTie = placed.change === 'edited' && known?.updatedAt.getTime() === placed.updatedAt.getTime();
  const current = isTie ? await readAgain(octokit as Octokit, placed) : undefined;
  await recordSighting(db, placed, current === undefined ? asked : await read(current), before, recording);
}

/** Our living comment was deleted or edited by somebody else: it is written again. */
async function isOursGone(db: ClientBase, { source, change, sender }: Sighting, now: Date): Promise<boolean> {
  const { rows } = await db.query<{ repositoryId: string; issueId: string }>('select repository_id as "repositoryId", issue_id as "issueId" from living_comment where comment_id = $1 for update', [source.id]);
  const [key] = rows;
  if (source.kind !== 'issue-comment' || key === undefined) return false;
  if (change === 'created' || (change === 'edited' && isBot(sender))) return true;
  if (change === 'edited') await db.query('update living_comment set hash = null where repository_id = $1 and issue_id = $2', [key.repositoryId, key.issueId]);
  if (change === 'deleted') await markGone(db, key);
  await wakeIssue(db, key, now);
  return true;
}

const withAnother = 'select 1 from living_comment where repository_id = $1 and issue_id = $2 and comment_id is distinct from $3';

/** What was created looks like a living comment, and we know another one there, or none yet: it is looked into. */
async function isSecond(db: ClientBase, { source, change, text, repository, issue }: Sighting, { guid, now }: Recording): Promise<boolean> {
  const key = { repositoryId: repository.id, issueId: issue.id ?? '' };
  if (source.kind !== 'issue-comment' || source.id === undefined || change !== 'created' || markedIssue(text) !== key.issueId) return false;
  if ((await db.query(withAnother, [key.repositoryId, key.issueId, source.id])).rowCount === 0) return false;
  await intend(db, key, guid, [{ kind: 'second', commentId: source.id }]);
  await wakeIssue(db, key, now);
  return true;
}

/** The same sighting with the id of its issue. Pull requests have to be asked for theirs; for a text without commands nobody asks. */
async function place(db: ClientBase, octokit: Octokit, sighting: Sighting, isSilent: boolean): Promise<Placed | undefined> {
  const { repository, issue, source } = sighting;
  const known = issue.id ?? (await issueIdOf(db, repository.id, issue.number));
  if (known === undefined && isSilent) return undefined;
  const issueId = known ?? (await askForIssueId(octokit, sighting));
  return { ...sighting, issue: { ...issue, id: issueId }, source: { ...source, id: source.id ?? issueId } };
}

async function askForIssueId(octokit: Octokit, { repository, issue }: Sighting): Promise<string> {
  const [owner = '', repo = ''] = repository.fullName.split('/');
  const { data } = await octokit.rest.issues.get({ owner, repo, issue_number: issue.number });
  return String(data.id);
}
