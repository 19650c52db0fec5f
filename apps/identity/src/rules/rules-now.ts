import { defaultRules, type RulesFile } from '@doubloon/domain/rules';
import type { Reader } from '../github/reader.ts';
import { readRulesFile } from '../github/repository.ts';
import type { ReadRules } from './remembered-rules.ts';

/** The rules of a repository as they are now, and the file that they come from. */
export interface RulesNow {
  readonly isPresent: boolean;
  /** Of the file's blob, empty without one. */
  readonly sha: string;
  readonly file: RulesFile;
}

export async function readRulesNow(reader: Reader, repositoryId: string, readRules: ReadRules): Promise<RulesNow> {
  const found = await readRulesFile(reader, repositoryId);
  if (found === undefined) return { isPresent: false, sha: '', file: { ok: true, rules: defaultRules } };
  return { isPresent: true, sha: found.sha, file: 'text' in found ? readRules(found.text) : { ok: false, problems: [found.problem] } };
}
