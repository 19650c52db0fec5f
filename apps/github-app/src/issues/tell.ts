import { failpoint } from '@doubloon/failpoints';
import { problemsOf } from '../commands/source-row.ts';
import { isWorthSaying, moneyState, renderLivingComment } from '../living-comment/living-comment.ts';
import { removeSecond } from '../living-comment/remove-second.ts';
import { readWritten, writeLivingComment } from '../living-comment/write-living-comment.ts';
import type { Octokit } from '../github.ts';
import { findInstallation, inTurn } from './in-turn.ts';
import { markDone, type Intent } from './intent.ts';
import type { IssueKey, KnownIssue } from './issue-row.ts';
import { showRead } from './show-read.ts';
import type { Tending } from './tending.ts';

/** Makes what an issue shows of us true. Resolves to when it has to be looked at again, at the latest at `again`. */
export async function tell(tending: Tending, issue: KnownIssue, intents: readonly Intent[], again: Date | undefined): Promise<Date | undefined> {
  const { pool, client } = tending;
  const key: IssueKey = issue;

  const bounty = await client.getBounty(key);
  failpoint('bounty-read');
  const own = { problems: await problemsOf(pool, key), help: issue.help };
  const row = await readWritten(pool, key);
  const eyes = intents.filter(({ work }) => work.kind === 'eyes');
  const isSaid = row !== undefined && (row.commentId !== undefined || isWorthSaying(bounty, own));
  if (issue.isDeleted || (!isSaid && eyes.length === 0)) return again;

  const installation = issue.installationId ?? (await findInstallation(tending, issue));
  return inTurn(tending, installation, async (alone) => {
    const octokit = await tending.octokit(Number(installation));
    const earliest = isSaid ? await writeLivingComment({ ...tending, octokit, createAlone: alone }, issue, row, { text: renderLivingComment(bounty, own), money: moneyState(bounty) }) : undefined;
    for (const intent of intents) await removeIfSecond(tending, octokit, issue, intent);
    const times = [earliest ?? again, await showRead(tending, octokit, issue, eyes, alone)].filter((one) => one !== undefined);
    return times.length === 0 ? undefined : new Date(Math.min(...times.map(Number)));
  });
}

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
