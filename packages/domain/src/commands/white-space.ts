/** Unicode White_Space. `\s` is another set: it has U+FEFF, which can't be seen, and lacks U+0085. */
export const whiteSpace = /\p{White_Space}/u;

const run = /\p{White_Space}+/u;

/** The words between white space, none of them empty. */
export const wordsOf = (text: string): string[] => text.split(run).filter((word) => word !== '');

/** The first offset from `from` up to `end` that is not white space, or `end`. */
export function skipWhiteSpace(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && whiteSpace.test(text.charAt(at))) at++;
  return at;
}

/** The last offset down to `start` that has something else than white space before it, or `start`. */
export function skipWhiteSpaceBack(text: string, from: number, start: number): number {
  let at = from;
  while (at > start && whiteSpace.test(text.charAt(at - 1))) at--;
  return at;
}
