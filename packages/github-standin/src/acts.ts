import { atLeast, reactionContents, roleOf, type Actor, type CloseReason, type Comment, type Issue, type Label, type Reaction, type ReactionContent, type Repository, type World } from './world.ts';
import { keepEvent } from './issue-events.ts';
import type { Happening } from './webhooks.ts';

/** Everything that can be done to the world. Each act commits at once and then tells what happened, in that order. */
export class Acts {
  readonly #world: World;
  readonly #tell: (happening: Happening) => void;

  constructor(world: World, tell: (happening: Happening) => void) {
    this.#world = world;
    this.#tell = tell;
  }

  openIssue(actor: Actor, repository: Repository, title: string, body: string | null, labels: readonly string[] = []): Issue {
    const at = this.#world.now();
    const issue: Issue = {
      id: this.#world.nextId('issue'), number: nextNumber(repository), repository, author: actor.account, viaApp: actor.app, createdAt: at, pullRequest: undefined,
      title, body, labels: [], closed: undefined, reopened: false, locked: undefined, edits: [], updatedAt: at, reactions: [], comments: [], events: [],
    };
    issue.labels = labels.map((name) => this.label(repository, name));
    repository.issues.push(issue);
    repository.updatedAt = at;
    this.#tell({ event: eventOf(issue), action: 'opened', issue, sender: actor.account });
    return issue;
  }

  editIssue(actor: Actor, issue: Issue, to: { title?: string; body?: string | null }): void {
    const from: { title?: string; body?: string | null } = {};
    if (to.title !== undefined && to.title !== issue.title) {
      from.title = issue.title;
      issue.title = to.title;
    }
    if (to.body !== undefined && to.body !== issue.body) {
      from.body = issue.body;
      issue.body = to.body;
    }
    if (Object.keys(from).length === 0) return;
    issue.updatedAt = this.#world.now();
    if (from.title !== undefined) keepEvent(this.#world, issue, actor, { kind: 'renamed', rename: { from: from.title, to: issue.title } });
    if ('body' in from) issue.edits.push({ at: issue.updatedAt, by: actor.account });
    this.#tell({ event: eventOf(issue), action: 'edited', issue, sender: actor.account, from });
  }

  /** `closer` is the pull request whose merge closes it. */
  close(actor: Actor, issue: Issue, reason: CloseReason, closer?: Issue): void {
    if (issue.closed?.reason === reason || issue.pullRequest?.merged !== undefined) return;
    const at = this.#world.now();
    issue.closed = { at, by: actor.account, reason };
    issue.updatedAt = at;
    keepEvent(this.#world, issue, actor, { kind: 'closed', ...(issue.pullRequest === undefined ? { reason } : {}), ...(closer === undefined ? {} : { closer }) });
    this.#tell({ event: eventOf(issue), action: 'closed', issue, sender: actor.account });
  }

  reopen(actor: Actor, issue: Issue): void {
    // What is merged stays so.
    if (issue.closed === undefined || issue.pullRequest?.merged !== undefined) return;
    issue.closed = undefined;
    issue.reopened = true;
    issue.updatedAt = this.#world.now();
    keepEvent(this.#world, issue, actor, { kind: 'reopened' });
    this.#tell({ event: eventOf(issue), action: 'reopened', issue, sender: actor.account });
  }

  deleteIssue(actor: Actor, issue: Issue): void {
    issue.repository.issues = issue.repository.issues.filter((it) => it !== issue);
    issue.repository.deletedNumbers.add(issue.number);
    this.#tell({ event: 'issues', action: 'deleted', issue, sender: actor.account });
  }

  lock(actor: Actor, issue: Issue, reason: string | null): void {
    if (issue.locked !== undefined) return;
    issue.locked = { reason };
    issue.updatedAt = this.#world.now();
    keepEvent(this.#world, issue, actor, { kind: 'locked', lockReason: reason });
    this.#tell({ event: eventOf(issue), action: 'locked', issue, sender: actor.account });
  }

  unlock(actor: Actor, issue: Issue): void {
    if (issue.locked === undefined) return;
    issue.locked = undefined;
    issue.updatedAt = this.#world.now();
    keepEvent(this.#world, issue, actor, { kind: 'unlocked' });
    this.#tell({ event: eventOf(issue), action: 'unlocked', issue, sender: actor.account });
  }

  comment(actor: Actor, issue: Issue, body: string): Comment {
    const at = this.#world.now();
    const comment: Comment = { id: this.#world.nextId('comment'), issue, author: actor.account, viaApp: actor.app, createdAt: at, body, minimized: undefined, edits: [], updatedAt: at, reactions: [] };
    issue.comments.push(comment);
    issue.updatedAt = at;
    this.#tell({ event: 'issue_comment', action: 'created', issue, comment, sender: actor.account });
    return comment;
  }

  editComment(actor: Actor, comment: Comment, body: string): void {
    if (comment.body === body) return;
    const from = { body: comment.body };
    comment.body = body;
    comment.updatedAt = this.#world.now();
    comment.edits.push({ at: comment.updatedAt, by: actor.account });
    comment.issue.updatedAt = comment.updatedAt;
    this.#tell({ event: 'issue_comment', action: 'edited', issue: comment.issue, comment, sender: actor.account, from });
  }

  deleteComment(actor: Actor, comment: Comment): void {
    comment.issue.comments = comment.issue.comments.filter((it) => it !== comment);
    comment.issue.updatedAt = this.#world.now();
    this.#tell({ event: 'issue_comment', action: 'deleted', issue: comment.issue, comment, sender: actor.account });
  }

  /** Reacting twice with the same content is the first reaction again. */
  react(actor: Actor, thing: Comment | Issue, content: ReactionContent): { reaction: Reaction; isNew: boolean } {
    const before = thing.reactions.find((it) => it.user.id === actor.account.id && it.content === content);
    if (before !== undefined) return { reaction: before, isNew: false };
    const reaction: Reaction = { id: this.#world.nextId('reaction'), user: actor.account, content, createdAt: this.#world.now() };
    thing.reactions.push(reaction);
    return { reaction, isNew: true };
  }

  takeBack(thing: Comment | Issue, reaction: Reaction): void {
    thing.reactions = thing.reactions.filter((it) => it !== reaction);
  }

  /** The label of that name, made with GitHub's default colour when the repository has none. Names ignore case. */
  label(repository: Repository, name: string, about: { color?: string; description?: string | null } = {}): Label {
    const before = findLabel(repository, name);
    if (before !== undefined) return before;
    const label: Label = { id: this.#world.nextId('label'), name, color: about.color ?? 'ededed', description: about.description ?? null };
    repository.labels.push(label);
    return label;
  }

  addLabels(actor: Actor, issue: Issue, names: readonly string[]): void {
    for (const name of names) {
      const label = this.label(issue.repository, name);
      if (issue.labels.includes(label)) continue;
      issue.labels.push(label);
      issue.updatedAt = this.#world.now();
      keepEvent(this.#world, issue, actor, { kind: 'labeled', label });
      this.#tell({ event: eventOf(issue), action: 'labeled', issue, sender: actor.account, label });
    }
  }

  removeLabel(actor: Actor, issue: Issue, label: Label): void {
    issue.labels = issue.labels.filter((it) => it !== label);
    issue.updatedAt = this.#world.now();
    keepEvent(this.#world, issue, actor, { kind: 'unlabeled', label });
    this.#tell({ event: eventOf(issue), action: 'unlabeled', issue, sender: actor.account, label });
  }
}

/** GitHub tells of pull requests by an event of their own, though they are issues too. */
export const eventOf = (issue: Issue): 'issues' | 'pull_request' => (issue.pullRequest === undefined ? 'issues' : 'pull_request');

/** GitHub's limit for the body of an issue or a comment, in characters. */
export const longestBody = 65_536;

export const isReactionContent = (value: unknown): value is ReactionContent => reactionContents.some((it) => it === value);

export const findLabel = (repository: Repository, name: string): Label | undefined => repository.labels.find((it) => it.name.toLowerCase() === name.toLowerCase());

export const nextNumber = (repository: Repository): number => Math.max(0, ...repository.issues.map((it) => it.number), ...repository.deletedNumbers) + 1;

/** People may change what they wrote; those with write access may change what anybody wrote, a maintainer's words too. */
export const mayEdit = (actor: Actor, thing: Comment | Issue): boolean => {
  const repository = 'issue' in thing ? thing.issue.repository : thing.repository;
  return thing.author.id === actor.account.id || atLeast(roleOf(repository, actor.account), 'write');
};

export const mayClose = (actor: Actor, issue: Issue): boolean => issue.author.id === actor.account.id || atLeast(roleOf(issue.repository, actor.account), 'triage');

export const mayMerge = (actor: Actor, issue: Issue): boolean => issue.pullRequest !== undefined && atLeast(roleOf(issue.repository, actor.account), 'write');

/** A locked issue is for people with write access; an App is none of them, whatever its permissions. */
export const mayWrite = (actor: Actor, issue: Issue): boolean => issue.locked === undefined || (actor.account.type !== 'Bot' && atLeast(roleOf(issue.repository, actor.account), 'write'));

/** Deleting an issue is for administrators, and nobody can delete a pull request. */
export const mayDelete = (actor: Actor, issue: Issue): boolean => issue.pullRequest === undefined && roleOf(issue.repository, actor.account) === 'admin';
