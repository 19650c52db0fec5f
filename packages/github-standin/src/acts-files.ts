import { commitSha, noCommit, treeSha, type Branch, type Entry } from './files.ts';
import type { Happening } from './webhooks.ts';
import type { Account, Repository, World } from './world.ts';

/** Puts one commit on top of a branch, which begins where the default branch is when it is new, and tells of the push. `undefined` takes away what stands at a path. */
export function push(world: World, tell: (happening: Happening) => void, o: { repository: Repository; branch: string; changes: ReadonlyMap<string, Entry | undefined>; message: string; by: Account }): Branch {
  const { repository, branch, changes, message, by } = o;
  const own = repository.branches.get(branch);
  const from = own ?? repository.branches.get(repository.defaultBranch);
  const entries = new Map(from?.entries);
  const paths = { added: [] as string[], modified: [] as string[], removed: [] as string[] };
  for (const [path, entry] of changes) {
    paths[entry === undefined ? 'removed' : entries.has(path) ? 'modified' : 'added'].push(path);
    if (entry === undefined) entries.delete(path);
    else entries.set(path, entry);
  }
  const at = world.now();
  const tree = treeSha(entries);
  const made: Branch = { entries, sha: commitSha(from?.sha ?? noCommit, tree, message, at) };
  repository.branches.set(branch, made);
  repository.updatedAt = at;
  tell({ event: 'push', action: null, repository, push: { branch, before: own?.sha ?? noCommit, after: made.sha, tree, message, at, ...paths }, sender: by });
  return made;
}
