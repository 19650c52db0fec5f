import { createHash } from 'node:crypto';

/** What can stand at a path of a repository. Folders are there because something is in them. */
export type Entry =
  | { readonly type: 'file'; readonly bytes: Buffer }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'submodule'; readonly url: string; readonly sha: string };

export interface Branch {
  /** Of the last commit. */
  readonly sha: string;
  /** By path, without a slash at either end. */
  readonly entries: ReadonlyMap<string, Entry>;
}

/** No commit: what a branch was before it was there. */
export const noCommit = '0'.repeat(40);

const sha1 = (kind: string, bytes: Buffer): string => createHash('sha1').update(`${kind} ${String(bytes.length)}\0`).update(bytes).digest('hex');

/** Git's own name of what stands at a path. */
export function entrySha(entry: Entry): string {
  if (entry.type === 'submodule') return entry.sha;
  return sha1('blob', entry.type === 'file' ? entry.bytes : Buffer.from(entry.target));
}

/** A name for a folder, or for the whole tree: it changes with everything in it. Git's is made otherwise. */
export const treeSha = (entries: ReadonlyMap<string, Entry>, folder = ''): string =>
  sha1('tree', Buffer.from([...entries].filter(([path]) => isIn(path, folder)).map(([path, entry]) => `${path} ${entrySha(entry)}`).toSorted().join('\n')));

/** A name for a commit: another one for each time, even when it changes nothing. */
export const commitSha = (before: string, tree: string, message: string, at: Date): string => sha1('commit', Buffer.from([before, tree, message, at.toISOString()].join('\n')));

const isIn = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);

/** A row of a folder: what stands there, or another folder. */
export type Row = { readonly name: string; readonly path: string; readonly entry: Entry | undefined };

/** What is in a folder, by name; nothing when there is no such folder. */
export function rowsOf(entries: ReadonlyMap<string, Entry>, folder: string): Row[] {
  const rows = new Map<string, Row>();
  for (const [path, entry] of entries) {
    if (!isIn(path, folder)) continue;
    const [name = '', ...below] = path.slice(folder === '' ? 0 : folder.length + 1).split('/');
    rows.set(name, { name, path: folder === '' ? name : `${folder}/${name}`, entry: below.length === 0 ? entry : undefined });
  }
  return [...rows.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The path that a link leads to, from where it stands; `undefined` when that is outside. */
export function targetOf(path: string, target: string): string | undefined {
  const steps = path.split('/').slice(0, -1);
  for (const step of target.split('/')) {
    if (step === '..') {
      if (steps.pop() === undefined) return undefined;
    } else if (step !== '.' && step !== '') steps.push(step);
  }
  return target.startsWith('/') ? undefined : steps.join('/');
}
