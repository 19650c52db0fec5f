import { nextNumber, type Acts } from './acts.ts';
import type { InstallationActs } from './acts-installations.ts';
import { keepEvent } from './issue-events.ts';
import type { Happening } from './webhooks.ts';
import { fullName, type Account, type Issue, type Repository, type World } from './world.ts';

/** What becomes of repositories, and of issues that leave theirs. */
export class RepositoryActs {
  readonly #world: World;
  readonly #acts: Acts;
  readonly #installing: InstallationActs;
  readonly #tell: (happening: Happening) => void;

  constructor(world: World, acts: Acts, installing: InstallationActs, tell: (happening: Happening) => void) {
    this.#world = world;
    this.#acts = acts;
    this.#installing = installing;
    this.#tell = tell;
  }

  archive(by: Account, repository: Repository, isArchived: boolean): void {
    if (repository.isArchived === isArchived) return;
    repository.isArchived = isArchived;
    this.#tell({ event: 'repository', action: isArchived ? 'archived' : 'unarchived', repository, sender: by });
  }

  rename(by: Account, repository: Repository, to: string): void {
    this.#world.formerNames.set(fullName(repository).toLowerCase(), repository);
    const oldName = repository.name;
    repository.name = to;
    this.#tell({ event: 'repository', action: 'renamed', repository, sender: by, oldName });
  }

  /** To another owner, whose installations do not see it before it is selected there. */
  transfer(by: Account, repository: Repository, to: Account): void {
    this.#world.formerNames.set(fullName(repository).toLowerCase(), repository);
    const oldOwner = repository.owner;
    repository.owner = to;
    repository.roles.delete(to.id);
    this.#tell({ event: 'repository', action: 'transferred', repository, sender: by, oldOwner });
    for (const it of this.#world.installations.filter((one) => one.account !== to && one.repositories.has(repository))) this.#installing.select(it, [...it.repositories].filter((one) => one !== repository), by);
  }

  fork(repository: Repository, to: Account): Repository {
    const createdAt = this.#world.now();
    const made: Repository = {
      id: this.#world.nextId('repository'), owner: to, name: repository.name, description: repository.description, isPrivate: repository.isPrivate, roles: new Map(), createdAt, isArchived: false, parent: repository,
      labels: [], issues: [], deletedNumbers: new Set(), moved: new Map(), updatedAt: createdAt, defaultBranch: repository.defaultBranch, branches: new Map(repository.branches),
    };
    this.#world.repositories.push(made);
    return made;
  }

  /** Pull requests from it stay, and come from nowhere. */
  remove(by: Account, repository: Repository): void {
    this.#tell({ event: 'repository', action: 'deleted', repository, sender: by });
    this.#world.repositories.splice(this.#world.repositories.indexOf(repository), 1);
    for (const it of this.#world.installations) it.repositories.delete(repository);
    for (const { pullRequest } of this.#world.repositories.flatMap((it) => it.issues)) if (pullRequest?.headRepository === repository) pullRequest.headRepository = undefined;
  }

  /** It is another issue there, under a new number, and new ids for it and its comments; where it was, GitHub sends on. */
  transferIssue(by: Account, issue: Issue, to: Repository): Issue {
    const { repository: from } = issue;
    const world = this.#world;
    const moved: Issue = { ...issue, id: world.nextId('issue'), number: nextNumber(to), repository: to, updatedAt: world.now(), labels: to.labels.filter((it) => issue.labels.some((label) => label.name === it.name)), comments: [], events: issue.events.map((it) => ({ ...it, id: world.nextId('event') })) };
    moved.comments = issue.comments.map((it) => ({ ...it, id: world.nextId('comment'), issue: moved }));
    keepEvent(world, moved, { account: by, app: undefined }, { kind: 'transferred' });
    to.issues.push(moved);
    from.issues = from.issues.filter((it) => it !== issue);
    from.deletedNumbers.add(issue.number);
    from.moved.set(issue.number, moved);
    this.#tell({ event: 'issues', action: 'transferred', issue, sender: by, movedTo: moved });
    this.#tell({ event: 'issues', action: 'opened', issue: moved, sender: by, movedFrom: issue });
    return moved;
  }

  /** GitHub's docs "Issue event types": the issue is closed and converted to a discussion. Discussions are not here. */
  convertToDiscussion(by: Account, issue: Issue): void {
    this.#acts.close({ account: by, app: undefined }, issue, 'completed');
    this.#acts.lock({ account: by, app: undefined }, issue, null);
  }
}
