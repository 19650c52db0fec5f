import { noCommit } from './files.ts';
import { nodeId } from './github-ids.ts';
import { integration, simpleUser } from './shape-account.ts';
import { labelShape, repositoryApi, repositoryShape } from './shape-repository.ts';
import { fullName, reactionContents, timestamp, type Account, type Comment, type Issue, type PullRequest, type Reaction, type Repository, type World } from './world.ts';

type Addresses = World['addresses'];

export const issueApi = (issue: Issue, addresses: Addresses): string => `${repositoryApi(issue.repository, addresses)}/issues/${issue.number}`;

/** The page of an issue; that of a pull request is under `/pull/`. */
export const issuePage = (issue: Issue, { html }: Addresses): string =>
  `${html}/${fullName(issue.repository)}/${issue.pullRequest === undefined ? 'issues' : 'pull'}/${issue.number}`;

export const issueNodeId = (issue: Issue): string => nodeId(issue.pullRequest === undefined ? 'I' : 'PR', issue.repository.id, issue.pullRequest?.id ?? issue.id);

const commentApi = (comment: Comment, addresses: Addresses): string => `${repositoryApi(comment.issue.repository, addresses)}/issues/comments/${comment.id}`;

/** GitHub's word for what somebody is to a repository. It proves nothing: ask for the permission. */
export function association(repository: Repository, account: Account): string {
  if (repository.owner.id === account.id) return 'OWNER';
  if (repository.owner.members.has(account.id)) return 'MEMBER';
  return repository.roles.has(account.id) ? 'COLLABORATOR' : 'NONE';
}

export function reactionRollup(url: string, reactions: readonly Reaction[]) {
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    ...Object.fromEntries(reactionContents.map((content) => [content, reactions.filter((it) => it.content === content).length])),
  };
}

/** GitHub's `issue`, as lists and webhooks carry it. A pull request has this shape here too. */
export function issueShape(issue: Issue, addresses: Addresses) {
  const url = issueApi(issue, addresses);
  const pull = `${repositoryApi(issue.repository, addresses)}/pulls/${issue.number}`;
  return {
    url,
    repository_url: repositoryApi(issue.repository, addresses),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: issuePage(issue, addresses),
    id: issue.id,
    node_id: issueNodeId(issue),
    number: issue.number,
    title: issue.title,
    user: simpleUser(issue.author, addresses),
    labels: issue.labels.map((it) => labelShape(it, issue.repository, addresses)),
    state: issue.closed === undefined ? 'open' : 'closed',
    locked: issue.locked !== undefined,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments.length,
    created_at: timestamp(issue.createdAt),
    updated_at: timestamp(issue.updatedAt),
    closed_at: issue.closed === undefined ? null : timestamp(issue.closed.at),
    author_association: association(issue.repository, issue.author),
    active_lock_reason: issue.locked?.reason ?? null,
    ...(issue.pullRequest === undefined
      ? {}
      : { draft: false, pull_request: { url: pull, html_url: issuePage(issue, addresses), diff_url: `${issuePage(issue, addresses)}.diff`, patch_url: `${issuePage(issue, addresses)}.patch`, merged_at: issue.pullRequest.merged === undefined ? null : timestamp(issue.pullRequest.merged.at) } }),
    body: issue.body,
    reactions: reactionRollup(url, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: issue.viaApp === undefined ? null : integration(issue.viaApp, addresses),
    state_reason: issue.pullRequest === undefined ? (issue.closed?.reason ?? (issue.reopened ? 'reopened' : null)) : null,
  };
}

/** One issue asked for by itself also says who closed it. */
export const singleIssue = (issue: Issue, addresses: Addresses) => ({
  ...issueShape(issue, addresses),
  closed_by: issue.closed === undefined ? null : simpleUser(issue.closed.by, addresses),
});

/** GitHub's `issue-comment`. */
export function commentShape(comment: Comment, addresses: Addresses) {
  const url = commentApi(comment, addresses);
  return {
    url,
    html_url: `${issuePage(comment.issue, addresses)}#issuecomment-${comment.id}`,
    issue_url: issueApi(comment.issue, addresses),
    id: comment.id,
    node_id: nodeId('IC', comment.issue.repository.id, comment.id),
    user: simpleUser(comment.author, addresses),
    created_at: timestamp(comment.createdAt),
    updated_at: timestamp(comment.updatedAt),
    author_association: association(comment.issue.repository, comment.author),
    body: comment.body,
    reactions: reactionRollup(url, comment.reactions),
    minimized: comment.minimized ?? null,
    performed_via_github_app: comment.viaApp === undefined ? null : integration(comment.viaApp, addresses),
  };
}

/** GitHub's `reaction`. */
export const reactionShape = (reaction: Reaction, repository: Repository, addresses: Addresses) => ({
  id: reaction.id,
  node_id: nodeId('REA', repository.id, reaction.id),
  user: simpleUser(reaction.user, addresses),
  content: reaction.content,
  created_at: timestamp(reaction.createdAt),
});

/** One end of a pull request. Without a repository, the fork it came from was deleted. */
const branch = (owner: Account, repository: Repository | undefined, ref: string, sha: string, addresses: Addresses) => ({
  label: `${owner.login}:${ref}`, ref, sha, user: simpleUser(owner, addresses), repo: repository === undefined ? null : repositoryShape(repository, addresses),
});

export const headSha = (pull: PullRequest): string => pull.commits.at(-1)?.sha ?? noCommit;

/** GitHub's `pull-request-simple`. Its `id` is not the id of the issue that it also is. */
export function pullRequestSimple(issue: Issue, pull: PullRequest, addresses: Addresses) {
  const { repository } = issue;
  const url = `${repositoryApi(repository, addresses)}/pulls/${String(issue.number)}`;
  const page = issuePage(issue, addresses);
  const { user, labels, state, locked, assignee, assignees, milestone, title, body, created_at, updated_at, closed_at, author_association, active_lock_reason, node_id } = issueShape(issue, addresses);
  const statuses = `${repositoryApi(repository, addresses)}/statuses/${headSha(pull)}`;
  const href = (target: string) => ({ href: target });
  return {
    url, id: pull.id, node_id, html_url: page, diff_url: `${page}.diff`, patch_url: `${page}.patch`, issue_url: issueApi(issue, addresses),
    commits_url: `${url}/commits`, review_comments_url: `${url}/comments`, review_comment_url: `${repositoryApi(repository, addresses)}/pulls/comments{/number}`,
    comments_url: `${issueApi(issue, addresses)}/comments`, statuses_url: statuses, number: issue.number, state, locked, title, user, body, labels, milestone,
    active_lock_reason, created_at, updated_at, closed_at, merged_at: pull.merged === undefined ? null : timestamp(pull.merged.at), merge_commit_sha: pull.merged?.sha ?? null,
    assignee, assignees, requested_reviewers: [], requested_teams: [],
    head: branch(pull.headOwner, pull.headRepository, pull.head, headSha(pull), addresses), base: branch(repository.owner, repository, pull.base, repository.branches.get(pull.base)?.sha ?? noCommit, addresses),
    _links: {
      self: href(url), html: href(page), issue: href(issueApi(issue, addresses)), comments: href(`${issueApi(issue, addresses)}/comments`),
      review_comments: href(`${url}/comments`), review_comment: href(`${repositoryApi(repository, addresses)}/pulls/comments{/number}`),
      commits: href(`${url}/commits`), statuses: href(statuses),
    },
    author_association, auto_merge: null, draft: false,
  };
}

/** GitHub's `pull-request`: one asked for by itself. */
export const pullRequestShape = (issue: Issue, pull: PullRequest, addresses: Addresses) => ({
  ...pullRequestSimple(issue, pull, addresses),
  merged: pull.merged !== undefined, mergeable: issue.closed === undefined ? true : null, rebaseable: issue.closed === undefined ? true : null, mergeable_state: issue.closed === undefined ? 'clean' : 'unknown',
  merged_by: pull.merged === undefined ? null : simpleUser(pull.merged.by, addresses), comments: issue.comments.length, review_comments: pull.reviewComments.length,
  maintainer_can_modify: false, commits: pull.commits.length, additions: 1, deletions: 0, changed_files: 1,
});
