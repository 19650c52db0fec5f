import { escapeHtml } from './markdown.ts';

/** Text that is HTML already. Whatever else is put into `html` is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[] | undefined;

const textOf = (part: Part): string => {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map((it) => it.text).join('') : escapeHtml(String(part));
};

/** A template that escapes what is put in. */
export const html = (words: TemplateStringsArray, ...parts: readonly Part[]): Html => new Html(words.reduce((text, word, at) => text + textOf(parts[at - 1]) + word));
