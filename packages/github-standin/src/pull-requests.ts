import { commitSha, noCommit } from './files.ts';
import { findIssue, findRepository, type Account, type Issue, type PullRequest, type Repository, type World } from './world.ts';

/** A pull request of one commit, with whoever wrote it. */
export function newPullRequest(nextId: World['nextId'], o: { head: string; headRepository: Repository; base: string; authors: readonly Account[]; title: string; at: Date }): PullRequest {
  const id = nextId('pullRequest');
  const [author, ...others] = o.authors;
  const trailers = others.map((it) => `Co-authored-by: ${it.login} <${emailOf(it)}>`);
  const message = [o.title, ...(trailers.length === 0 ? [] : ['', ...trailers])].join('\n');
  const sha = commitSha(noCommit, String(id), message, o.at);
  return { id, head: o.head, headRepository: o.headRepository, headOwner: o.headRepository.owner, base: o.base, commits: author === undefined ? [] : [{ sha, message, authors: o.authors, at: o.at }], linked: new Set(), reviews: [], reviewComments: [], merged: undefined };
}

/** The address that GitHub gives to whoever hides their own. */
export const emailOf = (account: Account): string => `${String(account.id)}+${account.login}@users.noreply.github.com`;

// GitHub's docs "Linking a pull request to an issue".
const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:(?:https?:\/\/[^\s/]+\/)?([\w.-]+\/[\w.-]+)(?:#|\/issues\/)(\d+)|#(\d+))\b/gi;

/** The issues that a text says it closes, from inside a repository. */
export function saidToClose(text: string, repository: Repository, world: World): Issue[] {
  const found = [...text.matchAll(closing)].map(([, named, there, here]) => {
    const [owner = '', name = ''] = named?.split('/') ?? [];
    const where = named === undefined ? repository : findRepository(world, owner, name);
    return where === undefined ? undefined : findIssue(where, Number(there ?? here));
  });
  return [...new Set(found.filter((it) => it !== undefined && it.pullRequest === undefined))].filter((it) => it !== undefined);
}

/** The issues that merging this pull request closes. What its text says counts only when it is for the default branch. */
export function closes(issue: Issue, world: World, byHandOnly = false): Issue[] {
  const { pullRequest, repository } = issue;
  if (pullRequest === undefined) return [];
  const said = byHandOnly || pullRequest.base !== repository.defaultBranch ? [] : saidToClose(issue.body ?? '', repository, world);
  return [...new Set([...said, ...pullRequest.linked])].filter((it) => it.repository.issues.includes(it));
}

/** The pull requests that close an issue when they are merged: open and merged ones, or all. */
export const closedBy = (issue: Issue, world: World, o: { closedToo: boolean; byHandOnly: boolean }): Issue[] =>
  world.repositories.flatMap((it) => it.issues).filter((it) => it.pullRequest !== undefined && (o.closedToo || it.closed === undefined || it.pullRequest.merged !== undefined) && closes(it, world, o.byHandOnly).includes(issue));
