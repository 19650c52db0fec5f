import { nextNumber, type Acts } from './acts.ts';
import { push } from './acts-files.ts';
import { keepEvent } from './issue-events.ts';
import { closes, newPullRequest } from './pull-requests.ts';
import type { Happening } from './webhooks.ts';
import type { Account, Issue, Pull, Repository, World } from './world.ts';

/** What becomes of pull requests, beside what they share with issues. */
export class PullActs {
  readonly #world: World;
  readonly #acts: Acts;
  readonly #tell: (happening: Happening) => void;

  constructor(world: World, acts: Acts, tell: (happening: Happening) => void) {
    this.#world = world;
    this.#acts = acts;
    this.#tell = tell;
  }

  /** `authors` wrote the commit together. */
  open(by: Account, repository: Repository, o: { title: string; body: string | null; head: string; headRepository: Repository; base: string; authors: readonly Account[] }): Pull {
    const at = this.#world.now();
    const issue: Pull = {
      id: this.#world.nextId('issue'), number: nextNumber(repository), repository, author: by, viaApp: undefined, createdAt: at,
      pullRequest: newPullRequest(this.#world.nextId, { ...o, at }), title: o.title, body: o.body, labels: [], closed: undefined, reopened: false, locked: undefined, edits: [], updatedAt: at, reactions: [], comments: [], events: [],
    };
    repository.issues.push(issue);
    repository.updatedAt = at;
    this.#tell({ event: 'pull_request', action: 'opened', issue, sender: by });
    return issue;
  }

  /** Merges what is open, and closes what it says it closes, when it goes into the default branch. `false` when there is nothing to merge. */
  merge(by: Account, issue: Issue): boolean {
    const { pullRequest: pull, repository } = issue;
    if (pull === undefined || issue.closed !== undefined) return false;
    const closing = closes(issue, this.#world);
    const later: Happening[] = [];
    const { sha } = push(this.#world, (happening) => later.push(happening), { repository, branch: pull.base, changes: new Map(), message: `Merge pull request #${String(issue.number)}`, by });
    const at = this.#world.now();
    pull.merged = { at, by, sha };
    issue.closed = { at, by, reason: 'completed' };
    issue.updatedAt = at;
    for (const kind of ['merged', 'closed'] as const) keepEvent(this.#world, issue, { account: by, app: undefined }, { kind });
    this.#tell({ event: 'pull_request', action: 'closed', issue, sender: by });
    for (const happening of later) this.#tell(happening);
    for (const it of closing) this.#acts.close({ account: by, app: undefined }, it, 'completed', issue);
    return true;
  }
}
