import { readClosing, readOutcome, type Closing, type Outcome } from '../github/deeds.ts';
import { readUserById } from '../github/people.ts';
import type { Reader } from '../github/reader.ts';
import { readIssue } from '../github/texts.ts';
import type { Deed, IssueFacts, SourceText } from './facts.ts';
import type { DeedPlace } from './request.ts';

export interface ReadDeed {
  /** As if whoever did it had written what the rules make of it. */
  readonly source: SourceText;
  readonly deed: Deed;
  readonly issue: IssueFacts | undefined;
}

/** What was done to an issue, when it was really done to that one. */
export async function readDeed(reader: Reader, place: DeedPlace): Promise<ReadDeed> {
  const { kind, id, repositoryId, issueId, issueNumber } = place;
  const none = (state: 'gone' | 'elsewhere', issue?: IssueFacts): ReadDeed => ({ source: { state }, deed: { kind, id, at: undefined }, issue });
  const [issue, closing] = await Promise.all([readIssue(reader, repositoryId, issueNumber), kind === 'closing' ? readClosing(reader, repositoryId, id) : undefined]);
  if (issue === undefined) return none('gone');
  if (issue.id !== issueId || (closing !== undefined && closing.issueId !== issueId)) return none('elsewhere');
  // Nothing closes a pull request but itself, and it has no reason for being closed.
  const outcome = issue.isPullRequest ? undefined : await readOutcome(reader, repositoryId, issue);
  if (outcome === undefined) return none('gone');
  const { closing: newest, ...became } = outcome;
  const found = kind === 'closing' ? ofClosing(closing, newest) : await ofMerge(reader, repositoryId, id, outcome);
  return found === undefined ? none('gone', became) : { source: found.source, deed: { kind, id, at: found.at }, issue: became };
}

type Found = { readonly source: SourceText; readonly at: Date } | undefined;

/** Only the newest counts: what was closed and opened again was not closed. */
const ofClosing = (closing: Closing | undefined, newest: string | undefined): Found =>
  closing?.nodeId === newest && closing !== undefined ? { source: { state: 'stands', author: closing.by, isByApp: closing.isByApp, isEdited: undefined, asks: [{ kind: 'cancel' }] }, at: closing.at } : undefined;

async function ofMerge(reader: Reader, repositoryId: string, id: string, { merges }: Outcome): Promise<Found> {
  const merge = merges.find((it) => it.id === id);
  if (merge === undefined) return undefined;
  const account = merge.author.kind === 'user' ? await readUserById(reader, repositoryId, merge.author.id) : merge.author;
  return { source: { state: 'stands', author: merge.mergedBy, isByApp: false, isEdited: undefined, asks: [{ kind: 'award', shares: [{ account, bps: 10_000 }] }] }, at: merge.at };
}
