/** Something that stands between a person and what they came to sign, with what they can do about it. */
export interface Problem {
  readonly code: string;
  readonly title: string;
  readonly advice: string;
  /** What the button says that goes on from here; none when there is nothing to try again. */
  readonly again: string | undefined;
  readonly way: Way;
}

/** How the button goes on: once more from where it failed, with what is on the page, with the choice of a wallet, with a new page, or with the same signed bytes. */
export type Way = 'retry' | 'stay' | 'choose' | 'reload' | 'hand-in';

export type Problems = Readonly<Record<string, readonly [title: string, advice: string, again: string | undefined, way?: Way]>>;

/** The problem of a code of `problems`; `detail` says more than the table can know, for example how much is missing. */
export function problemIn<T extends Problems>(problems: T, code: keyof T & string, detail?: string): Problem {
  const [title, advice, again, way = 'retry'] = problems[code] as Problems[string];
  return { code, title, advice: detail === undefined ? advice : `${detail} ${advice}`, again, way };
}

/** A refusal of our own server, or of the way to it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}
