import { mayClose, mayDelete, mayEdit, mayMerge, type Acts } from './acts.ts';
import type { PullActs } from './acts-pulls.ts';
import type { RepositoryActs } from './acts-repositories.ts';
import { need, refuse, type Finder } from './finder.ts';
import { commentShape, issueShape } from './shape-issue.ts';
import { atLeast, roleOf, type CloseReason } from './world.ts';

/** A comment must not be blank. */
const needText = (body: string): void => { need(body.trim() !== '', 'a comment must not be blank'); };

/** What people do with comments, issues and pull requests. */
export interface IssueHands {
  /** Comments as a person, and fires the webhook. */
  comment(user: string, repository: string, issue: number, body: string): { id: number; htmlUrl: string };
  /** Changes a comment as its author, or as somebody with write access. */
  editComment(user: string, repository: string, commentId: number, body: string): void;
  /** Deletes a comment as its author, or as somebody with write access. */
  deleteComment(user: string, repository: string, commentId: number): void;
  /** What stands at an issue now, for who looks without asking the API: comments oldest first, `viaApp` where an App wrote or reacted. */
  look(repository: string, number: number): {
    readonly labels: readonly string[];
    readonly comments: readonly { readonly id: number; readonly body: string; readonly viaApp: boolean; readonly reactions: readonly { readonly content: string; readonly viaApp: boolean }[] }[];
  };
  /** Hides a comment, as people with triage access may: off-topic, resolved, spam. */
  minimize(repository: string, commentId: number, reason?: string): void;
  /** The ids of an issue, as its API gives them. */
  issue(repository: string, number: number): { id: number; repositoryId: number; htmlUrl: string };
  openIssue(user: string, repository: string, o: { title: string; body?: string }): { number: number; id: number };
  /** Changes title or text of an issue or a pull request, as its author, or as somebody with write access. */
  editIssue(user: string, repository: string, number: number, to: { title?: string; body?: string }): void;
  closeIssue(user: string, repository: string, number: number, reason?: CloseReason): void;
  reopenIssue(user: string, repository: string, number: number): void;
  deleteIssue(user: string, repository: string, number: number): void;
  /** To a repository of the same owner: other ids there, and GitHub sends on from here. */
  transferIssue(user: string, repository: string, number: number, to: string): { number: number; id: number };
  /** The issue is closed and locked; discussions are not here. */
  convertToDiscussion(user: string, repository: string, number: number): void;
  /** From a branch of the repository, or of a fork (`from`). `authors` wrote the commit together; the user alone when left out. `id` is that of the issues API, `pullId` that of pull requests. */
  openPull(user: string, repository: string, o: { title: string; body?: string; head: string; from?: string; base?: string; authors?: readonly string[] }): { number: number; id: number; pullId: number };
  /** Merges into its base, and closes what it closes when that is the default branch. */
  merge(user: string, repository: string, number: number): { sha: string };
  /** Links an issue to a pull request by hand, or takes that away. */
  link(repository: string, pull: number, issue: number, isLinked?: boolean): void;
}

export function issueHands({ finder, acts, pulls, repositories }: { finder: Finder; acts: Acts; pulls: PullActs; repositories: RepositoryActs }): IssueHands {
  const { world, personOf, actorOf, repositoryOf, issueOf, commentOf } = finder;
  return {
    comment(user, repository, number, body) {
      const actor = actorOf(user);
      needText(body);
      const made = acts.comment(actor, issueOf(repository, number), body);
      return { id: made.id, htmlUrl: commentShape(made, world.addresses).html_url };
    },
    editComment(user, repository, commentId, body) {
      const [actor, comment] = [actorOf(user), commentOf(repository, commentId)];
      needText(body);
      if (!mayEdit(actor, comment)) throw refuse(`${user} may not change what ${comment.author.login} wrote`);
      acts.editComment(actor, comment, body);
    },
    deleteComment(user, repository, commentId) {
      const [actor, comment] = [actorOf(user), commentOf(repository, commentId)];
      need(mayEdit(actor, comment), `${user} may not delete what ${comment.author.login} wrote`);
      acts.deleteComment(actor, comment);
    },
    look(repository, number) {
      const { labels, comments } = issueOf(repository, number);
      return {
        labels: labels.map(({ name }) => name),
        comments: comments.map(({ id, body, viaApp, reactions }) => ({ id, body, viaApp: viaApp !== undefined, reactions: reactions.map(({ content, user }) => ({ content, viaApp: user.type === 'Bot' })) })),
      };
    },
    minimize(repository, commentId, reason = 'off-topic') {
      commentOf(repository, commentId).minimized = { reason };
    },
    issue(repository, number) {
      const found = issueOf(repository, number);
      return { id: found.id, repositoryId: found.repository.id, htmlUrl: issueShape(found, world.addresses).html_url };
    },
    openIssue(user, repository, { title, body }) {
      const { number, id } = acts.openIssue(actorOf(user), repositoryOf(repository), title, body ?? null);
      return { number, id };
    },
    editIssue(user, repository, number, to) {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayEdit(actor, issue), `${user} may not change what ${issue.author.login} wrote`);
      acts.editIssue(actor, issue, to);
    },
    closeIssue(user, repository, number, reason = 'completed') {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayClose(actor, issue), `${user} may not close it`);
      acts.close(actor, issue, reason);
    },
    reopenIssue(user, repository, number) {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayClose(actor, issue), `${user} may not reopen it`);
      acts.reopen(actor, issue);
    },
    deleteIssue(user, repository, number) {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayDelete(actor, issue), `${user} may not delete it`);
      acts.deleteIssue(actor, issue);
    },
    transferIssue(user, repository, number, to) {
      const [{ account }, issue, target] = [actorOf(user), issueOf(repository, number), repositoryOf(to)];
      need(issue.pullRequest === undefined && target !== issue.repository && target.owner === issue.repository.owner, 'an issue goes to another repository of its owner, and a pull request nowhere');
      need(atLeast(roleOf(issue.repository, account), 'write') && atLeast(roleOf(target, account), 'write'), `${user} may not write in both`);
      const moved = repositories.transferIssue(account, issue, target);
      return { number: moved.number, id: moved.id };
    },
    convertToDiscussion(user, repository, number) {
      const { account } = actorOf(user);
      repositories.convertToDiscussion(account, issueOf(repository, number));
    },
    openPull(user, repository, { title, body, head, from, base, authors }) {
      const at = repositoryOf(repository);
      const { account } = actorOf(user);
      const made = pulls.open(account, at, { title, body: body ?? null, head, headRepository: from === undefined ? at : repositoryOf(from), base: base ?? at.defaultBranch, authors: (authors ?? [user]).map(personOf) });
      return { number: made.number, id: made.id, pullId: made.pullRequest.id };
    },
    merge(user, repository, number) {
      const [{ account }, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayMerge({ account, app: undefined }, issue), `${user} may not merge here`);
      need(pulls.merge(account, issue), `${repository}#${String(number)} is no open pull request`);
      return { sha: issue.pullRequest?.merged?.sha ?? '' };
    },
    link(repository, pull, number, isLinked = true) {
      const linked = issueOf(repository, pull).pullRequest?.linked;
      if (linked === undefined) throw refuse(`${repository}#${String(pull)} is no pull request`);
      if (isLinked) linked.add(issueOf(repository, number));
      else linked.delete(issueOf(repository, number));
    },
  };
}
