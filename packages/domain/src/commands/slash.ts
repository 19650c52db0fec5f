import { readAward } from './award.ts';
import { readBountyLine } from './bounty-line.ts';
import type { Found, Meaning, WordCommand } from './finding.ts';
import type { Line } from './prose.ts';
import { skipWhiteSpace, skipWhiteSpaceBack } from './white-space.ts';

const alone = new Map<string, WordCommand>([
  ['attempt', 'attempt'],
  ['veto', 'veto'],
  ['cancel', 'cancel'],
]);

/** Stands for text that is not the author's prose, so that no word is read out of code, links or comments. */
const hiddenCharacter = '\uFFFC';

/**
 * The command on a line that begins with `/`. `undefined`: the line is ordinary prose. An empty list: a command that is
 * not for us, and neither are the tokens in it.
 */
export function readSlashLine(text: string, line: Line, denoms: ReadonlyMap<string, number>): Found[] | undefined {
  if (!line.first) return undefined;
  const start = skipWhiteSpace(text, line.start, line.end);
  if (text.charAt(start) !== '/' || line.hidden.some((range) => range.start <= start && start < range.end)) return undefined;
  const end = skipWhiteSpaceBack(text, line.end, start);
  const [, name, rest] = /^\/([A-Za-z][A-Za-z0-9_-]*)(?=\p{White_Space}|$)(.*)$/su.exec(visible(text, line, start, end)) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const meaning = read(name, rest.slice(skipWhiteSpace(rest, 0, rest.length)), denoms);
  return meaning ? [{ start, end, meaning }] : [];
}

function read(name: string, rest: string, denoms: ReadonlyMap<string, number>): Meaning | undefined {
  if (name === 'bounty') return readBountyLine(rest, denoms);
  if (name === 'award') return readAward(rest);
  const kind = alone.get(name);
  return kind !== undefined && rest === '' ? { kind } : undefined;
}

function visible(text: string, { hidden }: Line, start: number, end: number): string {
  let shown = '';
  let at = start;
  for (const range of hidden) {
    const from = Math.min(Math.max(range.start, at), end);
    const to = Math.min(Math.max(range.end, from), end);
    shown += text.slice(at, from) + hiddenCharacter.repeat(to - from);
    at = to;
  }
  return shown + text.slice(at, end);
}

