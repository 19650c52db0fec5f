/** A test by its file and its name, or that of the group that it is one of. */
export interface NamedTest {
  readonly file: string;
  readonly name: string;
}

/** The place in the sources that keeps a pitfall closed, and what stands there when it is open. */
export interface Guard {
  readonly file: string;
  /** Stands in the file once. */
  readonly text: string;
  readonly instead: string;
}

/** A way in which platforms like this one lost money, trust or nerves, and what keeps us from it. */
export interface Pitfall {
  readonly number: number;
  readonly chapter: string;
  /** What went wrong elsewhere. */
  readonly pitfall: string;
  /** What happens here. */
  readonly here: string;
  readonly test: NamedTest;
  readonly guard: Guard;
  /** Too long to be drawn at random: the program is built anew, or more than a few parts are started. */
  readonly isSlow?: true;
}
