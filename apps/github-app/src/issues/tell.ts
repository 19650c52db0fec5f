import { failpoint } from '@doubloon/failpoints';
import { isWorthSaying, moneyState, renderLivingComment } from '../living-comment/living-comment.ts';
import { removeSecond } from '../living-comment/remove-second.ts';
import { readWritten, writeLivingComment } from '../living-comment/write-living-comment.ts';
import { keepAwardees, newsOf } from '../notices/awardee-row.ts';
import { lookAgainAt } from '../notices/notices-due.ts';
import { sendNotices } from '../notices/send-notices.ts';
import { rulesOf } from '../rules/rules-of.ts';
import type { Octokit } from '../github.ts';
import { findInstallation, inTurn, type Alone } from './in-turn.ts';
import { TooSoon } from './installation-pace.ts';
import { isReaction, markDone, type Intent } from './intent.ts';
import type { IssueKey, KnownIssue } from './issue-row.ts';
import { labelOf, labelSet, setLabel, type Label } from './labels.ts';
import { readOwn } from './read-own.ts';
import { showRead } from './show-read.ts';
import type { Tending } from './tending.ts';

/** How long until rules that nobody could tell are asked for again, where a comment waits for them. */
const rulesMs = 5_000;
/** A part of what may be created is for our comments alone. */
const labelShare = 0.75;

/** Makes what an issue shows of us true. Resolves to when it has to be looked at again, at the latest at `again`. */
export async function tell(tending: Tending, issue: KnownIssue, intents: readonly Intent[], again: Date | undefined): Promise<Date | undefined> {
  const { pool, client, now } = tending;
  const key: IssueKey = issue;

  const bounty = await client.getBounty(key);
  failpoint('bounty-read');
  await keepAwardees(pool, key, bounty.deposits);
  const [known, row, from] = await Promise.all([readOwn(pool, issue), readWritten(pool, key), labelSet(pool, key)]);
  const to = labelOf(bounty.deposits);
  const reactions = intents.filter(({ work }) => isReaction(work));
  const isSaid = row !== undefined && (row.commentId !== undefined || isWorthSaying(bounty, known));
  // What was deleted or went elsewhere shows nothing any more.
  if (issue.isDeleted || issue.movedTo !== undefined || (!isSaid && reactions.length === 0 && from === to)) return again;

  const rules = isSaid || from !== to ? await rulesOf(tending, issue.repositoryId) : undefined;
  const own = { ...known, rules };
  const installation = issue.installationId ?? (await findInstallation(tending, issue));
  return inTurn(tending, installation, async (alone) => {
    const octokit = await tending.octokit(Number(installation));
    const writing = { ...tending, octokit, createAlone: alone, mayCreate: rules?.silent === false };
    const earliest = isSaid ? await writeLivingComment(writing, issue, row, { text: renderLivingComment(bounty, own), money: moneyState(bounty) }) : undefined;
    for (const intent of intents) await removeIfSecond(tending, octokit, issue, intent);
    const times = [
      earliest ?? again,
      isSaid && rules === undefined && row.commentId === undefined ? new Date(now().getTime() + rulesMs) : undefined,
      await showRead(tending, octokit, issue, reactions, alone),
      lookAgainAt(bounty, await newsOf(pool, key, now()), now()),
      rules?.silent === false && !rules.shadow ? await sendNotices(tending, octokit, issue, bounty, alone) : undefined,
      rules?.labels === true && !rules.shadow && from !== to ? await relabel(tending, octokit, issue, { from, to }, alone) : undefined,
    ].filter((one) => one !== undefined);
    return times.length === 0 ? undefined : new Date(Math.min(...times.map(Number)));
  });
}

/** Resolves to when it may be done, when it is not our turn. It comes last, so that it holds back nothing. */
const relabel = ({ pool }: Tending, octokit: Octokit, issue: KnownIssue, change: { from: Label | undefined; to: Label | undefined }, alone: Alone): Promise<Date | undefined> =>
  alone(() => setLabel(pool, octokit, issue, change), labelShare).then(() => undefined, (error: unknown) => {
    if (error instanceof TooSoon) return error.notBefore;
    throw error;
  });

async function removeIfSecond({ pool, appId, now, log, onWrite }: Tending, octokit: Octokit, issue: KnownIssue, intent: Intent): Promise<void> {
  const { work } = intent;
  if (work.kind !== 'second') return;
  const row = await readWritten(pool, issue);
  // Whichever is the first is not decided yet.
  if (row?.commentId === undefined && row?.givenUp === undefined) return;
  if (row.commentId !== work.commentId && (await removeSecond(octokit, issue, appId, work.commentId))) {
    log.warn({ repository: issue.repositoryId, issue: issue.issueId, comment: work.commentId }, 'a second living comment was removed');
    onWrite?.('removed');
  }
  await markDone(pool, intent, now());
}
