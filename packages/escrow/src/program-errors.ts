/**
 * Numbers of the program's own errors; the program's table is generated from this one. They start at 100, because the
 * system program's errors (0 to 8) come out of our instruction under the same "custom" heading.
 */
export const programErrors = {
  INSTRUCTION_UNKNOWN: [100, 'This instruction does not exist.'],
  DATA_LENGTH_WRONG: [101, 'The instruction data is too short or too long.'],
  ACCOUNT_COUNT_WRONG: [102, 'The instruction takes another number of accounts.'],
  SIGNATURE_MISSING: [103, 'The account that has to sign did not.'],
  ACCOUNT_NOT_WRITABLE: [104, 'An account that changes was not passed as writable.'],
  SYSTEM_PROGRAM_WRONG: [105, 'The account passed as system program is another one.'],
  ACCOUNT_OWNER_WRONG: [106, 'An account does not belong to this program.'],
  ACCOUNT_KIND_WRONG: [107, 'An account is of another kind.'],
  ACCOUNT_VERSION_WRONG: [108, 'An account has a layout that this program does not know.'],
  BUMP_NOT_CANONICAL: [109, 'The bump is not the canonical one.'],
  ACCOUNT_EXISTS: [110, 'The account exists already.'],
  KEY_MISSING: [111, 'A key or hash that is needed is zero.'],
  FLAG_INVALID: [112, 'A flag is neither 0 nor 1.'],
  ID_MISSING: [113, 'The repository or issue id is zero.'],
  AMOUNT_TOO_SMALL: [114, 'The amount is below the smallest that can always be paid out.'],
  AMOUNT_TOO_LARGE: [115, 'The amount and the rent reserve together do not fit in 64 bits.'],
  FUNDS_TOO_SMALL: [116, 'The funder has less than the amount and the rent reserve.'],
  DEADLINE_OUT_OF_BOUNDS: [117, 'The deadline is not 1 hour to 365 days ahead.'],
  APPROVER_WITHOUT_RELAYER: [118, 'Without the relayer the funder decides alone, so there can be no approver.'],
  DECIDERS_NOT_DISTINCT: [119, 'Funder, relayer and approver have to be different keys.'],
  FUNDER_WRONG: [120, 'The money goes to the recorded funder and nobody else.'],
  STATE_WRONG: [121, 'The deposit is in a state that does not allow this.'],
  TOO_EARLY: [122, 'The time for this has not come yet.'],
  BALANCE_BROKEN: [123, 'The deposit holds less than it records.'],
  MINT_WRONG: [124, 'This instruction handles SOL, the deposit holds a token.'],
  ADDRESS_SIGNED: [125, 'A new account stands where its terms lead, so no key can have signed for it.'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ProgramError = keyof typeof programErrors;

const byNumber = new Map<number, ProgramError>(Object.entries(programErrors).map(([name, [number]]) => [number, name as ProgramError]));

/** The name of a custom error number, `undefined` when it is none of ours. */
export function programErrorOf(number: number): ProgramError | undefined {
  return byNumber.get(number);
}

/**
 * Reads the error of a transaction as RPC nodes write it: `{ InstructionError: [index, { Custom: number }] }`. Anything
 * else has no number and is `undefined`. Only the caller knows whether the instruction of that index is ours.
 */
export function customErrorOf(error: unknown): { instruction: number; number: number } | undefined {
  if (typeof error !== 'object' || error === null || !('InstructionError' in error)) return undefined;
  const pair: unknown = error.InstructionError;
  if (!Array.isArray(pair)) return undefined;
  const [instruction, reason] = pair as unknown[];
  if (typeof reason !== 'object' || reason === null || !('Custom' in reason)) return undefined;
  const number = Number(reason.Custom);
  return Number.isInteger(number) ? { instruction: Number(instruction), number } : undefined;
}
