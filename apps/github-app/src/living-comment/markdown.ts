const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * Other people's text as inline code, on one line: nothing in it can become a mention, a link, an image, HTML or the end
 * of a table cell. Control and format characters are shown as U+FFFD; what is longer than `limit` characters is cut.
 */
export function inCode(text: string, limit = 80): string {
  const flat = text.replace(/\p{White_Space}+/gu, ' ').replace(invisible, '\uFFFD').trim();
  const points = [...flat];
  const shown = points.length > limit ? `${points.slice(0, limit - 1).join('')}…` : flat;
  if (shown === '') return '` `';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** The same inside of a table, where a bar ends the cell even in code. */
export const inCell = (text: string, limit?: number): string => inCode(text, limit).replaceAll('|', '\\|');

/** A link to a page of ours or of GitHub's; the bare label when the address is not one for the web. */
export function link(label: string, url: string): string {
  const target = URL.parse(url);
  if (target === null || (target.protocol !== 'https:' && target.protocol !== 'http:')) return label;
  return `[${label}](${target.href.replace(/[()<>\\|\s`]/g, (character) => encodeURIComponent(character).replace('(', '%28').replace(')', '%29'))})`;
}

/** A long base58 text by its ends: enough to recognise a wallet or a transaction by, not enough to pay to. */
export const shortened = (text: string, ends = 4): string => (text.length <= 2 * ends + 1 ? text : `${text.slice(0, ends)}…${text.slice(-ends)}`);
