/** Arguments that can't be used. The message is one whole sentence for the person who typed them; the exit code is 2. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem';
}

/** `node:util`'s `parseArgs` throws plain errors with a code of its own for flags it doesn't know. */
export function isUsageProblem(error: unknown): error is Error {
  if (error instanceof UsageProblem) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
