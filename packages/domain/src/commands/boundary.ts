import { whiteSpace } from './white-space.ts';

const delimiters = '*_~';
const neighbours = new Set('()[]{},;:.!?"\'“”‘’«»…/-–—');

const isBoundary = (character: string): boolean => neighbours.has(character) || whiteSpace.test(character);

/** Whether a token may begin at `at`, in raw text of a block that begins at `edge`. Table cells are blocks of their own. */
export function boundaryBefore(text: string, at: number, edge: number): boolean {
  let before = at;
  while (before > edge && delimiters.includes(text.charAt(before - 1))) before--;
  return before <= edge || isBoundary(text.charAt(before - 1));
}

/** Whether a token may end at `at`, in raw text of a block that ends at `edge`. */
export function boundaryAfter(text: string, at: number, edge: number): boolean {
  let after = at;
  while (after < edge && delimiters.includes(text.charAt(after))) after++;
  return after >= edge || isBoundary(text.charAt(after));
}
