/** An answer of the API that is not a success, in GitHub's words: thrown by whoever finds the reason, sent by the API. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, more: { errors?: readonly unknown[]; headers?: Record<string, string> } = {}) {
    super(message);
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');

/** An owner or GitHub suspended the installation: it is there, and may do nothing. */
export const suspended = (): Refusal => new Refusal(403, 'This installation has been suspended');

/** GitHub's 422 for a field that is missing, blank or too long. */
export const invalidField = (resource: string, field: string, code: string, message?: string): Refusal =>
  new Refusal(422, 'Validation Failed', { errors: [{ resource, field, code, ...(message === undefined ? {} : { message }) }] });
