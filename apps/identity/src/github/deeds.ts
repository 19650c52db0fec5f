import { z } from 'zod';
import { parseGitHubId, type GitHubId } from '@doubloon/domain';
import type { Account, IssueFacts, Merge } from '../authorize/facts.ts';
import { unavailable } from './ask.ts';
import type { Reader } from './reader.ts';
import { accountForm, accountOf, idForm } from './shapes.ts';
import type { IssueNow } from './texts.ts';

const actor = '{ __typename login ... on User { databaseId } ... on Bot { databaseId } ... on Organization { databaseId } }';
const outcomeQuery = `query ($id: ID!) {
  node(id: $id) { id ... on Issue {
    closed repository { databaseId defaultBranchRef { name } }
    newest: timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { id closer {
      ... on PullRequest { fullDatabaseId } ... on Commit { associatedPullRequests(first: 10) { nodes { fullDatabaseId } } }
    } } } }
    closedByPullRequestsReferences(first: 100, includeClosedPrs: true) {
      pageInfo { hasNextPage } nodes { fullDatabaseId merged mergedAt baseRefName repository { databaseId } author ${actor} mergedBy ${actor} }
    }
  } }
}`;

const bigId = z.union([z.string(), z.number().refine(Number.isSafeInteger)]).transform((id, context): GitHubId => {
  const read = parseGitHubId(String(id));
  if (read !== undefined) return read;
  context.addIssue({ code: 'custom', message: 'is no id' });
  return z.NEVER;
});
const pullForm = z.object({ fullDatabaseId: bigId });
// A kind of account that is not asked for has no id, and an account that was deleted is nobody.
const actorForm = z.object({ __typename: z.string(), login: z.string(), databaseId: z.number().nullish() }).nullable().transform((it): Account => {
  const id = idForm.safeParse(it?.databaseId);
  return accountOf(it === null || !id.success ? null : { id: id.data, login: it.login, type: it.__typename });
});
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const outcomeForm = z.object({ node: z.object({
  id: z.string(), closed: z.boolean(), repository: z.object({ databaseId: idForm, defaultBranchRef: z.object({ name: z.string() }).nullable() }),
  newest: z.object({ nodes: z.array(z.object({ id: z.string(), closer: z.object({ fullDatabaseId: bigId.optional(), associatedPullRequests: z.object({ nodes: z.array(pullForm) }).nullish() }).nullable() })) }),
  closedByPullRequestsReferences: z.object({
    pageInfo: z.object({ hasNextPage: z.boolean() }),
    nodes: z.array(pullForm.extend({ merged: z.boolean(), mergedAt: instant.nullable(), baseRefName: z.string(), repository: z.object({ databaseId: idForm }), author: actorForm, mergedBy: actorForm })),
  }),
}).nullable() });

export interface Outcome extends IssueFacts {
  /** Of GraphQL: the event by which it was closed the last time. */
  readonly closing: string | undefined;
}

/**
 * What became of an issue, in one answer. `undefined` when it is gone. What others say of it in repositories of their own
 * is left out: there anybody merges what he likes.
 */
export async function readOutcome(reader: Reader, repositoryId: string, { closedAs, text: { nodeId } }: IssueNow): Promise<Outcome | undefined> {
  const read = outcomeForm.safeParse(await reader.query(repositoryId, outcomeQuery, { id: nodeId }));
  if (!read.success) throw unavailable('GraphQL', read.error);
  const { node } = read.data;
  if (node === null) return undefined;
  if (node.id !== nodeId || node.repository.databaseId !== repositoryId || node.closed !== (closedAs !== undefined)) throw unavailable('GraphQL', new Error('REST and GraphQL speak of different states of the issue'));
  const { newest: { nodes: [closing] }, closedByPullRequestsReferences: { pageInfo, nodes }, repository: { defaultBranchRef } } = node;
  const merges = nodes.flatMap(({ fullDatabaseId: id, merged, mergedAt: at, baseRefName, repository, author, mergedBy }): Merge[] =>
    (merged && at !== null && baseRefName === defaultBranchRef?.name && repository.databaseId === repositoryId ? [{ id, author, mergedBy, at }] : []));
  const { closer } = closing ?? {};
  const closedBy = closer?.fullDatabaseId === undefined ? (closer?.associatedPullRequests?.nodes ?? []).map(({ fullDatabaseId }) => fullDatabaseId) : [closer.fullDatabaseId];
  return { closedAs, closing: closing?.id, closedBy, merges, hasMore: pageInfo.hasNextPage };
}

/** Somebody closed an issue. */
export interface Closing {
  readonly issueId: GitHubId;
  /** Of GraphQL. */
  readonly nodeId: string;
  readonly by: Account;
  readonly isByApp: boolean;
  readonly at: Date;
}

const eventForm = z.object({
  id: idForm, node_id: z.string().min(1), actor: accountForm.nullish(), created_at: instant, performed_via_github_app: z.object({}).nullish(), issue: z.object({ id: idForm }).nullish(),
});

/** Who made the event of that id, which is a closing only if GraphQL says so; `undefined` when there is none. */
export async function readClosing(reader: Reader, repositoryId: string, id: string): Promise<Closing | undefined> {
  const path = `/issues/events/${id}`;
  const reading = await reader.ofRepository(repositoryId, path);
  if (!reading.found) return undefined;
  const read = eventForm.safeParse(reading.body);
  if (!read.success || read.data.id !== id) throw unavailable(path, read.error);
  const { issue, node_id: nodeId, actor: by, created_at: at, performed_via_github_app: app } = read.data;
  return issue ? { issueId: issue.id, nodeId, by: accountOf(by), isByApp: (app ?? null) !== null, at } : undefined;
}
