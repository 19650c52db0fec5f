import { readAward, type Share } from '@doubloon/domain';

/** A line of the form as it was filled in. */
export interface Row {
  readonly login: string;
  readonly percent: string;
}

export type ReadSplit =
  | { readonly kind: 'empty' }
  | { readonly kind: 'problem'; readonly problem: string }
  /** `comment` says the same to the App. */
  | { readonly kind: 'split'; readonly shares: readonly Share[]; readonly comment: string };

export const mostPeople = 8;
const usualRows = 2;
const login = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/;
const percent = /^[0-9]{1,3}(?:\.[0-9]{1,2})?$/;

const words: Readonly<Record<'shares' | 'duplicate' | 'too-many' | 'malformed', string>> = {
  shares: 'The percentages have to be above 0 and add up to exactly 100. Leave all of them empty for equal shares.',
  duplicate: 'Somebody is named twice. Give each person one line.',
  'too-many': `An award can name at most ${String(mostPeople)} people.`,
  malformed: 'The form can’t be read. Write one GitHub login a line.',
};

/** The lines of the form, at least so many that somebody can be added; without JavaScript too. */
export function readRows(query: URLSearchParams): Row[] {
  const percents = query.getAll('percent');
  const filled = query.getAll('login').slice(0, mostPeople + 1).map((text, index) => ({
    login: text.trim().replace(/^@/, '').slice(0, 60),
    percent: (percents[index] ?? '').replace(/[%\s]/g, '').slice(0, 20),
  }));
  const rows = filled.filter((row) => row.login !== '' || row.percent !== '');
  const wanted = query.has('more') ? rows.length + 1 : Math.max(usualRows, rows.length);
  while (rows.length < Math.min(wanted, mostPeople)) rows.push({ login: '', percent: '' });
  return rows;
}

/** What the lines say: the same rules, and the same rounding, as for the comment. */
export function readSplit(rows: readonly Row[]): ReadSplit {
  const filled = rows.filter((row) => row.login !== '' || row.percent !== '');
  if (filled.length === 0) return { kind: 'empty' };
  const nameless = filled.find((row) => row.login === '');
  if (nameless !== undefined) return { kind: 'problem', problem: `Nobody is named beside ${nameless.percent} %.` };
  const strange = filled.find((row) => !login.test(row.login));
  if (strange !== undefined) return { kind: 'problem', problem: `“${strange.login}” is not a GitHub login.` };
  const odd = filled.find((row) => row.percent !== '' && !percent.test(row.percent));
  if (odd !== undefined) return { kind: 'problem', problem: `“${odd.percent}” is not a percentage with at most two decimals, such as 33.34.` };
  const said = filled.map((row) => (row.percent === '' ? `@${row.login}` : `@${row.login} ${row.percent}%`)).join(' ');
  const meaning = readAward(said);
  if (meaning.kind === 'award' && 'shares' in meaning) return { kind: 'split', shares: meaning.shares, comment: `/award ${said}` };
  return { kind: 'problem', problem: words[meaning.kind === 'rejected' && meaning.reason in words ? (meaning.reason as keyof typeof words) : 'malformed'] };
}
