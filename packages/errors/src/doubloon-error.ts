import { sentences, type FailureCode, type Failures } from './failures.ts';

/** A failure of the catalogue: callers branch on `code`, people read `message`, `cause` keeps what it grew from. */
export class DoubloonError<C extends FailureCode = FailureCode> extends Error {
  override readonly name = 'DoubloonError';
  readonly code: C;
  readonly facts: Readonly<Failures[C]>;

  constructor(code: C, facts: Failures[C], options?: ErrorOptions) {
    super(sentences[code](facts), options);
    this.code = code;
    this.facts = facts;
  }
}

/**
 * Narrows to one code when it is given. By name and not by `instanceof`, so that a bundled copy of this package and an
 * unbundled one still recognise each other.
 */
export function isDoubloonError<C extends FailureCode = FailureCode>(error: unknown, code?: C): error is DoubloonError<C> {
  return error instanceof Error && error.name === 'DoubloonError' && (code === undefined || (error as DoubloonError).code === code);
}
