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
  MINT_WRONG: [124, 'The accounts are those of another mint than the deposit’s.'],
  ADDRESS_SIGNED: [125, 'A new account stands where its terms lead, so no key can have signed for it.'],
  OPERATOR_WRONG: [126, 'The operator account is another one than the recorded.'],
  DECIDER_WRONG: [127, 'The key that signed may not decide on this deposit.'],
  DEPOSIT_CHANGED: [128, 'The deposit is another one, or has changed, since this was written.'],
  TOO_LATE: [129, 'The time for this is over.'],
  TWO_NEEDED: [130, 'One key alone no longer decides on this deposit, because it was vetoed.'],
  SHARES_INVALID: [131, 'Shares are 1 to 8, each of another user and at least 1 of 10,000 basis points, which they add up to.'],
  SHARE_TOO_SMALL: [132, 'A share is below the smallest that can always be paid out.'],
  SHARE_UNKNOWN: [133, 'The award has no such share.'],
  SHARE_SETTLED: [134, 'The share was paid or sent back already.'],
  AWARD_NOT_FINAL: [135, 'The award is not final, or was made by a key that was disabled before it was.'],
  AWARD_FINAL: [136, 'The award is final.'],
  IDENTITY_WRONG: [137, 'The identity is of another user or operator.'],
  IDENTITY_UNPAYABLE: [138, 'The user has no wallet that can be paid now: none linked, or too lately, or it is changing or contested.'],
  IDENTITY_PAYABLE: [139, 'The user has a wallet, or is about to: the share waits for them.'],
  WALLET_WRONG: [140, 'The wallet is not the one that this needs.'],
  IDENTITY_LINKED: [141, 'The user has a linked wallet already.'],
  IDENTITY_UNLINKED: [142, 'The user has no linked wallet.'],
  CHANGE_PENDING: [143, 'A change of the wallet is under way and can not be started again.'],
  CHANGE_MISSING: [144, 'No change of the wallet is under way.'],
  ATTESTOR_WRONG: [145, 'The key that signed is not the attestor in force.'],
  ATTESTATION_EXPIRED: [146, 'The attestation is expired, or made to live for more than 10 minutes.'],
  ADMIN_WRONG: [147, 'The key that signed is not the admin of this operator.'],
  TOKEN_PROGRAM_WRONG: [148, 'Only mints of the classic token program are taken.'],
  MINT_REFUSED: [149, 'The mint is none, is not initialised, or is wrapped SOL.'],
  VAULT_WRONG: [150, 'The vault is not the one of the deposit.'],
  DESTINATION_WRONG: [151, 'The token account is not the canonical one of who is paid, nor one of theirs that they signed for.'],
  KEYS_NOT_DISTINCT: [152, 'Admin, relayer and attestor have to be different keys.'],
  ACCOUNT_TWICE: [153, 'One account stands in two places.'],
  KEYS_SPENT: [154, 'This key was disabled 16 times. No other follows it: a new operator is needed.'],
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

// Of the token program, which comes out of our instructions under the same heading.
const ofTokens = new Map([
  [1, 'There is too little in the account that it is to come from.'],
  [4, 'The token account belongs to somebody else.'],
  [17, 'A token account is frozen by the issuer of its mint.'],
]);

/** What the chain said about a transaction that failed, in words where it was our program or the tokens it moves. */
export function reasonOf(error: unknown): Error {
  const custom = customErrorOf(error);
  const ours = custom && programErrorOf(custom.number);
  return new Error(ours === undefined ? (custom && ofTokens.get(custom.number)) ?? JSON.stringify(error) : programErrors[ours][1]);
}
