import { problemIn, type Problem, type Problems, type Refusal } from '../signing/problem.ts';
import { walletProblems } from '../signing/wallet-problems.ts';

const problems = {
  ...walletProblems,
  'other-wallet': ['This wallet has no say here', 'Nothing was sent. Switch to that account in your wallet, then choose the wallet again.', 'Choose the wallet again', 'choose'],
  'balance-too-small': ['There is too little money in this wallet', 'Nothing was sent.', 'Check again'],
  'terms-changed': ['What would be signed has changed', 'Nothing was sent. The page shows the new terms now: read them before you sign.', 'I have read them', 'stay'],
  impossible: ['This can’t be done now', 'Nothing was sent. Load the page again to see how things stand.', 'Load again', 'reload'],
  'not-allowed': ['This instance does not sign with you', 'Nothing was sent. Your wallet alone can still decide; others may veto it then.', 'Go on'],
  'wallet-unfit': ['This wallet can’t be used for this', 'Nothing was sent. Choose another account, or another wallet.', 'Choose the wallet again', 'choose'],
  'blockhash-expired': ['That took longer than the network waits', 'The signed transaction can no longer be used, and nothing has changed. Sign once more.', 'Sign again'],
  refused: ['The signed transaction was refused', 'Nothing was sent.', 'Try again'],
  'program-changed': ['The escrow program is not the one it should be', 'Nothing was sent, and nothing can be decided here until that is cleared up. Please tell the operator of this instance.', 'Try again'],
  away: ['The service can’t be reached at the moment', 'Nothing new was sent. Try again in a minute; whatever you signed before is kept and sent as soon as it can be.', 'Try again'],
  'too-many': ['Too many attempts', 'Wait a minute, then try again. Nothing is lost.', 'Try again'],
  failed: ['The network refused the transaction', 'Nothing has changed. At most the network fee was spent.', 'Sign again'],
} as const satisfies Problems;

type Code = keyof typeof problems;

export const decidingProblem = (code: Code, detail?: string): Problem => problemIn(problems, code, detail);

const byFailure: Readonly<Record<string, Code>> = {
  WALLET_INVALID: 'wallet-unfit',
  NOTHING_TO_DECIDE: 'impossible',
  DEPOSIT_ABSENT: 'impossible',
  BOUNTY_ABSENT: 'impossible',
  NOT_AUTHORIZED: 'not-allowed',
  BALANCE_TOO_SMALL: 'balance-too-small',
  BLOCKHASH_EXPIRED: 'blockhash-expired',
  TRANSACTION_REFUSED: 'refused',
  PROGRAM_REFUSED: 'program-changed',
  TOO_MANY_REQUESTS: 'too-many',
  RATE_LIMITED: 'too-many',
  CHAIN_UNAVAILABLE: 'away',
  SERVICE_UNAVAILABLE: 'away',
  DEADLINE_EXCEEDED: 'away',
  GITHUB_UNAVAILABLE: 'away',
  GENESIS_MISMATCH: 'away',
  INTERNAL: 'our-fault',
};

// Their title and advice say it all, or their sentence is for the operator.
const untold: ReadonlySet<Code> = new Set(['our-fault', 'away', 'blockhash-expired']);

/** The problem that a refusal of our server stands for; its sentence tells the facts where the person can use them. */
export function problemOf({ code, message }: Refusal): Problem {
  const known = byFailure[code] ?? 'refused';
  return decidingProblem(known, untold.has(known) ? undefined : message);
}

/** What a server says before it kept what was handed in, or after it found fault with it. After anything else it may have been kept. */
const surelyNotTaken: ReadonlySet<string> = new Set(['TRANSACTION_REFUSED', 'BLOCKHASH_EXPIRED', 'NOT_AUTHORIZED', 'NOTHING_TO_DECIDE', 'DEPOSIT_ABSENT', 'BOUNTY_ABSENT', 'REQUEST_INVALID', 'REQUEST_REFUSED', 'TOO_MANY_REQUESTS', 'WALLET_INVALID']);

/** The same for a refusal of signed bytes. */
export const problemOfSigned = (refusal: Refusal): Problem => (surelyNotTaken.has(refusal.code) ? problemOf(refusal) : decidingProblem('unsure'));
