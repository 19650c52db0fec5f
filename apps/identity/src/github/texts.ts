import { z } from 'zod';
import type { SourceKind } from '@doubloon/domain';
import type { Account, IssueFacts } from '../authorize/facts.ts';
import { unavailable } from './ask.ts';
import type { Reader } from './reader.ts';
import { accountForm, accountOf, idForm } from './shapes.ts';

/** Where a command stands. */
export interface Place {
  readonly repositoryId: string;
  readonly issueId: string;
  readonly issueNumber: number;
  readonly kind: SourceKind;
  readonly id: string;
}

export interface TextNow {
  readonly state: 'stands';
  readonly author: Account;
  /** `undefined` where GitHub does not say, as of reviews. */
  readonly isByApp: boolean | undefined;
  readonly body: string;
  /** Of GraphQL. */
  readonly nodeId: string;
}

export interface IssueNow {
  readonly id: string;
  /** Its address in the API, for pull requests too. */
  readonly url: string;
  readonly isPullRequest: boolean;
  /** `undefined` while it is open. */
  readonly closedAs: IssueFacts['closedAs'];
  readonly text: TextNow;
}

const textForm = z.object({ id: idForm, node_id: z.string().min(1), body: z.string().nullish(), user: accountForm.nullish(), performed_via_github_app: z.object({}).nullish() });
const issueForm = textForm.extend({ number: z.number(), url: z.string(), state: z.string(), state_reason: z.string().nullish(), pull_request: z.object({}).nullish() });
const commentForm = textForm.extend({ issue_url: z.string().optional(), pull_request_url: z.string().optional() });

const textOf = ({ node_id: nodeId, body, user, performed_via_github_app: app }: z.output<typeof textForm>): TextNow =>
  ({ state: 'stands', author: accountOf(user), isByApp: app === undefined ? undefined : app !== null, body: body ?? '', nodeId });

/** The issue of that number, or the author's opening text of a pull request. `undefined` when there is none any more. */
export async function readIssue(reader: Reader, repositoryId: string, number: number): Promise<IssueNow | undefined> {
  const path = `/issues/${String(number)}`;
  const reading = await reader.ofRepository(repositoryId, path);
  if (!reading.found) return undefined;
  const read = issueForm.safeParse(reading.body);
  if (!read.success || read.data.number !== number) throw unavailable(path, read.error);
  const { id, url, state, state_reason: reason } = read.data;
  // A reason that is new to us is none for giving money back.
  const closedAs = state === 'open' ? undefined : reason === 'not_planned' || reason === 'duplicate' ? reason : 'completed';
  return { id, url, closedAs, isPullRequest: (read.data.pull_request ?? null) !== null, text: textOf(read.data) };
}

const paths: Record<Exclude<SourceKind, 'issue'>, (place: Place) => string> = {
  'issue-comment': ({ id }) => `/issues/comments/${id}`,
  'review': ({ issueNumber, id }) => `/pulls/${String(issueNumber)}/reviews/${id}`,
  'review-comment': ({ id }) => `/pulls/comments/${id}`,
};

/** A comment or review, with the address of the issue or pull request that it says it belongs to. */
export async function readComment(reader: Reader, place: Place & { readonly kind: Exclude<SourceKind, 'issue'> }): Promise<{ readonly text: TextNow; readonly parent: string } | undefined> {
  const path = paths[place.kind](place);
  const reading = await reader.ofRepository(place.repositoryId, path);
  if (!reading.found) return undefined;
  const read = commentForm.safeParse(reading.body);
  if (!read.success || read.data.id !== place.id) throw unavailable(path, read.error);
  return { text: textOf(read.data), parent: read.data.issue_url ?? read.data.pull_request_url ?? '' };
}

const editsQuery = `query ($id: ID!) {
  node(id: $id) { __typename id ... on Comment { body lastEditedAt author { __typename login ... on User { databaseId } } } }
}`;

const editsForm = z.object({ node: z.object({ id: z.string(), body: z.string(), lastEditedAt: z.string().nullable(), author: z.object({ databaseId: z.number().optional() }).nullable() }).nullable() });

/**
 * Whether a text was ever edited, and the text itself in the same answer. REST can't say: what it calls an update may be
 * none, and an edit within the second of the creation is not seen there. `undefined` when the text is gone.
 */
export async function readEdits(reader: Reader, repositoryId: string, text: TextNow): Promise<{ readonly isEdited: boolean; readonly body: string } | undefined> {
  const read = editsForm.safeParse(await reader.query(repositoryId, editsQuery, { id: text.nodeId }));
  if (!read.success) throw unavailable('GraphQL', read.error);
  const { node } = read.data;
  if (node === null) return undefined;
  const isTheirs = node.id === text.nodeId && (text.author.kind !== 'user' || String(node.author?.databaseId) === text.author.id);
  if (!isTheirs) throw unavailable('GraphQL', new Error('REST and GraphQL speak of different texts'));
  return { isEdited: node.lastEditedAt !== null, body: node.body };
}
