import { createHash } from 'node:crypto';
import { readRules, type RulesFile } from '@doubloon/domain/rules';

/** What the text of a file says, among the operator's denoms. */
export type ReadRules = (text: string) => RulesFile;

const mostKept = 1_000;

/**
 * Reads each text once, however often it is asked about: a hostile file takes a tenth of a second, and comments that ask
 * about it cost nothing. Told apart by their sha256, since that of a blob is GitHub's word, and a weaker one.
 */
export function rememberedRules(denoms: ReadonlyMap<string, number>, read: typeof readRules = readRules): ReadRules {
  const kept = new Map<string, RulesFile>();
  return (text) => {
    const key = createHash('sha256').update(text).digest('base64');
    const file = kept.get(key) ?? read(text, denoms);
    // In the order in which they were last used.
    kept.delete(key);
    kept.set(key, file);
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    return file;
  };
}
