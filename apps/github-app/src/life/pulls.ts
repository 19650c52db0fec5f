import { z } from 'zod';
import { id, number } from '../webhooks/forms.ts';
import type { Octokit } from '../github.ts';
import type { Candidate, Contributor } from './candidate-row.ts';

// `databaseId` is null above 2^31, which only ids of pull requests reach today.
const people = 'login __typename ... on User { databaseId }';
const closersQuery = `
  query ($owner: String!, $name: String!, $number: Int!, $after: String) {
    repository(owner: $owner, name: $name) {
      issue(number: $number) {
        fullDatabaseId
        closedByPullRequestsReferences(first: 20, after: $after, includeClosedPrs: true) {
          pageInfo { hasNextPage endCursor }
          nodes {
            fullDatabaseId number title url state mergedAt baseRefName
            repository { databaseId nameWithOwner defaultBranchRef { name } }
            author { ${people} }
            mergedBy { ${people} }
            commits(first: 30) { nodes { commit { authors(first: 10) { nodes { user { login databaseId } } } } } }
          }
        }
      }
    }
  }`;
/** More than so many pages of 20 nobody opens for one issue. */
const mostPages = 5;

const idForm = z.union([z.string().regex(/^\d{1,20}$/), id]);
const actorForm = z.object({ login: z.string(), __typename: z.string(), databaseId: idForm.nullish() }).nullable();
const pullForm = z.object({
  fullDatabaseId: idForm, number, title: z.string(), url: z.string(), state: z.enum(['OPEN', 'CLOSED', 'MERGED']), mergedAt: z.iso.datetime({ offset: true }).nullable(), baseRefName: z.string(),
  repository: z.object({ databaseId: idForm, nameWithOwner: z.string(), defaultBranchRef: z.object({ name: z.string() }).nullable() }),
  author: actorForm, mergedBy: actorForm,
  commits: z.object({ nodes: z.array(z.object({ commit: z.object({ authors: z.object({ nodes: z.array(z.object({ user: z.object({ login: z.string(), databaseId: idForm.nullish() }).nullable() }).nullable()) }) }) }).nullable()) }),
});
const closersForm = z.object({
  repository: z.object({
    issue: z.object({
      fullDatabaseId: idForm,
      closedByPullRequestsReferences: z.object({ pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }), nodes: z.array(pullForm.nullable()) }),
    }).nullable(),
  }).nullable(),
});

export type PullNow = z.output<typeof pullForm>;

/**
 * The pull requests that close an issue by GitHub's closing references, in whatever state they are; mentions are none.
 * `undefined` when the issue of that number is another one by now, or none. Rejects with what GitHub's client threw.
 */
export async function readClosers(octokit: Octokit, { repository, number, issueId }: { repository: string; number: number; issueId: string }, signal?: AbortSignal): Promise<PullNow[] | undefined> {
  const [owner = '', name = ''] = repository.split('/');
  const found: PullNow[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const { repository: read } = closersForm.parse(await octokit.graphql(closersQuery, { owner, name, number, after, ...(signal === undefined ? {} : { request: { signal } }) }));
    const issue = read?.issue;
    if (issue?.fullDatabaseId !== issueId) return undefined;
    const { pageInfo, nodes } = issue.closedByPullRequestsReferences;
    found.push(...nodes.filter((one) => one !== null));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  return found;
}

/**
 * Which of the pull requests that close an issue count, for the default branch of their repository: those under way, and
 * those that were merged. One that counted as merged stays one when the default branch has another name since.
 */
export function candidatesAmong(pulls: readonly PullNow[], known: readonly Candidate[]): Candidate[] {
  return pulls.flatMap((pull): Candidate[] => {
    const isForDefault = pull.baseRefName === pull.repository.defaultBranchRef?.name;
    const wasMerged = known.some(({ pullRequestId, state }) => pullRequestId === pull.fullDatabaseId && state === 'merged');
    if (pull.state === 'CLOSED' || !(isForDefault || (wasMerged && pull.state === 'MERGED'))) return [];
    const author = personOf(pull.author);
    const isMerged = pull.state === 'MERGED';
    return [{
      pullRequestId: pull.fullDatabaseId, repositoryId: pull.repository.databaseId, repository: pull.repository.nameWithOwner, number: pull.number, title: pull.title, url: pull.url,
      author, coAuthors: coAuthorsOf(pull, author), state: isMerged ? 'merged' : 'open', mergedAt: isMerged && pull.mergedAt !== null ? new Date(pull.mergedAt) : undefined, mergedBy: isMerged ? personOf(pull.mergedBy) : undefined,
    }];
  });
}

// GitHub has nobody in place of an account that was deleted. Bots and Apps can't be paid.
const personOf = (actor: z.output<typeof actorForm>): Contributor | undefined =>
  actor?.__typename === 'User' && actor.databaseId !== null && actor.databaseId !== undefined ? { id: actor.databaseId, login: actor.login } : undefined;

function coAuthorsOf({ commits }: PullNow, author: Contributor | undefined): Contributor[] {
  const others = new Map<string, Contributor>();
  for (const { user } of commits.nodes.flatMap((one) => one?.commit.authors.nodes ?? []).filter((one) => one !== null))
    if (user?.databaseId !== undefined && user.databaseId !== null && user.databaseId !== author?.id) others.set(user.databaseId, { id: user.databaseId, login: user.login });
  return [...others.values()];
}

const closesQuery = `
  query ($owner: String!, $name: String!, $number: Int!) {
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) { closingIssuesReferences(first: 50) { nodes { fullDatabaseId repository { databaseId } } } }
    }
  }`;
const closesForm = z.object({
  repository: z.object({ pullRequest: z.object({ closingIssuesReferences: z.object({ nodes: z.array(z.object({ fullDatabaseId: idForm, repository: z.object({ databaseId: idForm }) }).nullable()) }) }).nullable() }).nullable(),
});

/** The issues that a pull request closes when it is merged, by GitHub's closing references. Rejects with what GitHub's client threw. */
export async function readClosed(octokit: Octokit, repository: string, number: number): Promise<{ repositoryId: string; issueId: string }[]> {
  const [owner = '', name = ''] = repository.split('/');
  const { repository: read } = closesForm.parse(await octokit.graphql(closesQuery, { owner, name, number }));
  return (read?.pullRequest?.closingIssuesReferences.nodes ?? []).filter((one) => one !== null).map(({ fullDatabaseId, repository: { databaseId } }) => ({ repositoryId: databaseId, issueId: fullDatabaseId }));
}
