import { z } from 'zod';
import type { GitHubId } from '@doubloon/domain';
import { longestRulesFile, rulesPath } from '@doubloon/domain/rules';
import { unavailable } from './ask.ts';
import type { Reader } from './reader.ts';
import { idForm } from './shapes.ts';

export interface RepositoryNow {
  readonly ownerId: GitHubId;
  readonly isArchived: boolean;
  /** Its address in the API by its name of now: other answers refer to it so. */
  readonly url: string;
}

const repositoryForm = z.object({ id: idForm, url: z.string(), archived: z.boolean(), owner: z.object({ id: idForm }) });

/** GITHUB_UNAVAILABLE also when it can't be seen: it may come back, and nobody decides about it meanwhile. */
export async function readRepository(reader: Reader, repositoryId: string): Promise<RepositoryNow> {
  const call = 'the repository';
  const reading = await reader.ofRepository(repositoryId, '');
  const read = repositoryForm.safeParse(reading.found ? reading.body : undefined);
  if (!read.success || read.data.id !== repositoryId) throw unavailable(call, read.error);
  return { ownerId: read.data.owner.id, isArchived: read.data.archived, url: read.data.url };
}

/** A file as it stands on the default branch: its text, why it can't be taken as one, or nothing. */
export type FileNow = { readonly sha: string; readonly text: string } | { readonly sha: string; readonly problem: string } | undefined;

const fileForm = z.object({ type: z.string(), sha: z.string().max(100), size: z.number(), encoding: z.string().optional(), content: z.string().optional() });

/** Reads `.github/doubloon.yml`. */
export async function readRulesFile(reader: Reader, repositoryId: string): Promise<FileNow> {
  const path = `/contents/${rulesPath}`;
  const reading = await reader.ofRepository(repositoryId, path);
  // Without a file the defaults hold, which may be looser than one that stands elsewhere.
  if (!reading.found && reading.isMoved) throw unavailable(path, new Error('it is elsewhere'));
  if (!reading.found) return undefined;
  if (Array.isArray(reading.body)) return { sha: 'folder', problem: 'It is a folder.' };
  const read = fileForm.safeParse(reading.body);
  if (!read.success) throw unavailable(path, read.error);
  const { type, sha, size, encoding, content = '' } = read.data;
  // GitHub follows links within the repository: one that is left leads elsewhere.
  if (type !== 'file') return { sha, problem: 'It is no file of this repository.' };
  if (size > longestRulesFile) return { sha, problem: 'The file has more than 16 KiB.' };
  if (encoding !== 'base64') throw unavailable(path, new Error(`encoding ${String(encoding)}`));
  try {
    return { sha, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(content, 'base64')) };
  } catch {
    return { sha, problem: 'The file is not text in UTF-8.' };
  }
}
