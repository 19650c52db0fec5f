import { push } from './acts-files.ts';
import type { RepositoryActs } from './acts-repositories.ts';
import type { Entry } from './files.ts';
import { need, refuse, type Finder } from './finder.ts';
import type { Happening } from './webhooks.ts';
import { findRepository, fullName } from './world.ts';

/** What stands at a path: text or bytes of a file, a link, a submodule, or nothing any more. */
export type Written = string | Uint8Array | { readonly symlink: string } | { readonly submodule: string; readonly sha: string } | null;

function entryOf(written: Exclude<Written, null>): Entry {
  if (typeof written === 'string' || written instanceof Uint8Array) return { type: 'file', bytes: Buffer.from(written) };
  return 'symlink' in written ? { type: 'symlink', target: written.symlink } : { type: 'submodule', url: written.submodule, sha: written.sha };
}

/** What becomes of repositories and of what is in them. */
export interface RepositoryHands {
  /** Makes a repository read-only, or ends that. */
  archive(repository: string, isArchived?: boolean): void;
  /** To another name, or to another owner: GitHub sends on from where it was, until somebody has one there. */
  renameRepository(repository: string, to: string): void;
  transferRepository(repository: string, to: string): void;
  /** A copy of the repository for somebody: `login/name`. */
  fork(repository: string, login: string): string;
  deleteRepository(repository: string): void;
  /** One commit on top of a branch, with its webhook `push`; the default branch when it is left out, a new one when nobody has it. */
  push(o: { repository: string; files: Readonly<Record<string, Written>>; branch?: string; by?: string; message?: string }): { sha: string };
  setDefaultBranch(repository: string, branch: string): void;
}

export function repositoryHands({ finder, repositories, tell }: { finder: Finder; repositories: RepositoryActs; tell: (happening: Happening) => void }): RepositoryHands {
  const { world, accountOf, personOf, repositoryOf } = finder;
  return {
    archive(repository, isArchived = true) {
      const at = repositoryOf(repository);
      repositories.archive(at.owner, at, isArchived);
    },
    renameRepository(repository, to) {
      const at = repositoryOf(repository);
      need(/^[\w.-]{1,100}$/.test(to) && findRepository(world, at.owner.login, to) === undefined, `${at.owner.login}/${to} can't be taken`);
      repositories.rename(at.owner, at, to);
    },
    transferRepository(repository, to) {
      const [at, owner] = [repositoryOf(repository), accountOf(to)];
      need(findRepository(world, owner.login, at.name) === undefined, `${to}/${at.name} is there already`);
      repositories.transfer(at.owner, at, owner);
    },
    fork(repository, login) {
      const [at, owner] = [repositoryOf(repository), accountOf(login)];
      need(findRepository(world, owner.login, at.name) === undefined, `${login}/${at.name} is there already`);
      return fullName(repositories.fork(at, owner));
    },
    deleteRepository(repository) {
      const at = repositoryOf(repository);
      repositories.remove(at.owner, at);
    },
    push({ repository: called, files, branch, by, message = 'Change files' }) {
      const repository = repositoryOf(called);
      const changes = new Map(Object.entries(files).map(([path, written]) => [path, written === null ? undefined : entryOf(written)]));
      if ([...changes.keys()].some((path) => path === '' || path.startsWith('/') || path.endsWith('/'))) throw refuse('a path has no slash at its ends');
      return { sha: push(world, tell, { repository, branch: branch ?? repository.defaultBranch, changes, message, by: by === undefined ? repository.owner : personOf(by) }).sha };
    },
    setDefaultBranch(called, branch) {
      const repository = repositoryOf(called);
      if (!repository.branches.has(branch)) throw refuse(`${called} has no branch ${branch}`);
      repository.defaultBranch = branch;
    },
  };
}
