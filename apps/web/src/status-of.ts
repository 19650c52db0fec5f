import type { FailureCode } from '@doubloon/errors';

const statuses: Partial<Record<FailureCode, number>> = {
  AMOUNT_INVALID: 400,
  REQUEST_INVALID: 400,
  WALLET_INVALID: 400,
  DENOM_UNKNOWN: 409,
  TRANSACTION_REFUSED: 422,
  BALANCE_TOO_SMALL: 402,
  OFFER_ABSENT: 404,
  OFFER_NOT_OPEN: 409,
  BLOCKHASH_EXPIRED: 409,
  SESSION_ABSENT: 401,
  GITHUB_USER_ABSENT: 404,
  LINK_STEP_IMPOSSIBLE: 409,
  RATE_LIMITED: 429,
  GITHUB_UNAVAILABLE: 503,
  GENESIS_MISMATCH: 503,
  PROGRAM_REFUSED: 503,
  CHAIN_ANSWER_MALFORMED: 502,
  CHAIN_REFUSED: 502,
  CHAIN_UNAVAILABLE: 503,
  SERVICE_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 503,
};

/** The HTTP status of a failure; 500 for what is not the visitor's to know. */
export const statusOf = (code: FailureCode): number => statuses[code] ?? 500;
