import type { Answer, Call } from './call.ts';
import { entrySha, rowsOf, targetOf, treeSha, type Branch, type Entry } from './files.ts';
import { notFound, Refusal } from './refusal.ts';
import { repositoryApi } from './shape-repository.ts';
import { fullName, type Repository } from './world.ts';

/** GitHub gives what is larger than this only as it is, by `Accept: application/vnd.github.raw+json`. */
const mostInJson = 1_048_576;

interface Place {
  readonly repository: Repository;
  readonly branch: Branch;
  readonly ref: string;
}

function placeOf(call: Call): Place {
  const repository = call.repository();
  call.need(repository, 'contents', 'read');
  const ref = call.query['ref'] ?? repository.defaultBranch;
  if (repository.branches.size === 0) throw new Refusal(404, 'This repository is empty.');
  const named = repository.branches.get(ref.replace(/^refs\/heads\//, ''));
  const branch = named ?? [...repository.branches.values()].find((it) => it.sha === ref);
  if (branch === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  return { repository, branch, ref };
}

/** What every answer says of where something stands. */
function shape(call: Call, { repository, ref }: Place, path: string, entry: Entry | undefined, sha: string, size: number) {
  const { addresses } = call.world;
  const page = `${addresses.html}/${fullName(repository)}`;
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const url = `${repositoryApi(repository, addresses)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const html = entry?.type === 'submodule' ? null : `${page}/${entry === undefined ? 'tree' : 'blob'}/${ref}/${encoded}`;
  const git = entry?.type === 'submodule' ? null : `${repositoryApi(repository, addresses)}/git/${entry === undefined ? 'trees' : 'blobs'}/${sha}`;
  return {
    name: path.split('/').at(-1) ?? '', path, sha, size, url, html_url: html, git_url: git,
    download_url: entry === undefined || entry.type === 'submodule' ? null : `${page}/raw/${ref}/${encoded}`, _links: { self: url, git, html },
  };
}

/** Base64 in lines, as GitHub sends it. */
const inLines = (bytes: Buffer): string => bytes.toString('base64').replaceAll(/.{60}/g, '$&\n') + '\n';

const wants = (call: Call, type: 'raw' | 'object'): boolean => new RegExp(`application/vnd\\.github\\.(v3\\.)?${type}(\\+json)?`, 'i').test(call.accept);

function fileAnswer(call: Call, place: Place, path: string, entry: Entry & { type: 'file' }, readAt = path): Answer {
  const { bytes } = entry;
  if (wants(call, 'raw')) return { status: 200, raw: bytes };
  const content = bytes.length > mostInJson ? { content: '', encoding: 'none' } : { content: inLines(bytes), encoding: 'base64' };
  return { status: 200, body: { type: 'file', ...shape(call, place, readAt, entry, entrySha(entry), bytes.length), ...content } };
}

/** A file, a folder, a link or a submodule, by GitHub's docs "Get repository content". */
export const getContent = (call: Call): Answer => {
  const place = placeOf(call);
  const path = call.param('path').replaceAll(/^\/+|\/+$/g, '');
  const { entries } = place.branch;
  const entry = entries.get(path);
  switch (entry?.type) {
    case 'file': return fileAnswer(call, place, path, entry);
    case 'symlink': {
      const target = entries.get(targetOf(path, entry.target) ?? '');
      // A link to a file of the same repository is answered as that file.
      if (target?.type === 'file') return fileAnswer(call, place, path, target);
      return { status: 200, body: { type: 'symlink', target: entry.target, ...shape(call, place, path, entry, entrySha(entry), Buffer.byteLength(entry.target)) } };
    }
    case 'submodule': return { status: 200, body: { type: 'submodule', submodule_git_url: entry.url, ...shape(call, place, path, entry, entry.sha, 0) } };
    case undefined: break;
  }
  const rows = rowsOf(entries, path);
  if (rows.length === 0) throw notFound();
  const size = (of: Entry | undefined): number => (of?.type === 'file' ? of.bytes.length : of?.type === 'symlink' ? Buffer.byteLength(of.target) : 0);
  return {
    status: 200,
    body: rows.map((row) => ({
      // For old clients, says the documentation, a submodule in a list is a file.
      type: row.entry === undefined ? 'dir' : row.entry.type === 'submodule' ? 'file' : row.entry.type,
      ...shape(call, place, row.path, row.entry, row.entry === undefined ? treeSha(entries, row.path) : entrySha(row.entry), size(row.entry)),
    })),
  };
};
