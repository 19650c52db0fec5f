import { problemIn, type Problem, type Problems, type Refusal } from '../signing/problem.ts';
import { walletProblems } from '../signing/wallet-problems.ts';

// Everything that can stand between a person and a funded bounty.
const problems = {
  ...walletProblems,
  'balance-too-small': ['There is too little money in this wallet', 'Nothing was sent.', 'Check again'],
  'wrong-cluster': ['The service moved to another cluster', 'The terms on this page are no longer those that would be signed. Load the page again to see the new ones.', 'Load again', 'reload'],
  'wallet-unfit': ['This wallet can’t pay for this', 'Nothing was sent. Choose another account, or another wallet.', 'Try again'],
  'blockhash-expired': ['That took longer than the network waits', 'The signed transaction can no longer be used, and nothing was paid. Sign once more.', 'Sign again'],
  'other-chain': ['The service reached another network than its own', 'Nothing was sent, and nothing will be there. Please tell the operator of this instance.', 'Try again'],
  'program-changed': ['The escrow program is not the one it should be', 'Nothing was sent, and nothing can be funded until that is cleared up. Please tell the operator of this instance.', 'Try again'],
  'network-odd': ['The network gave an answer that can’t be used', 'Nothing new was sent. Try again in a minute.', 'Try again'],
  'node-down': ['The network can’t be reached at the moment', 'Nothing new was sent. Try again in a minute; whatever you signed before is kept and sent as soon as it can be.', 'Try again'],
  'not-open': ['This offer can’t be funded any more', 'It has changed while you were here.', 'Show what changed', 'reload'],
  refused: ['The signed transaction was refused', 'Nothing was sent.', 'Try again'],
  'too-many': ['Too many attempts', 'Wait a minute, then try again. Nothing is lost.', 'Try again'],
  failed: ['The network refused the transaction', 'Your deposit was not made. At most the network fee was spent.', 'Sign again'],
} as const satisfies Problems;

/** The problem of a code; `detail` says more than the table can know, for example how much is missing. */
export const problem = (code: keyof typeof problems, detail?: string): Problem => problemIn(problems, code, detail);

const byFailure: Readonly<Record<string, keyof typeof problems>> = {
  BALANCE_TOO_SMALL: 'balance-too-small',
  BLOCKHASH_EXPIRED: 'blockhash-expired',
  OFFER_NOT_OPEN: 'not-open',
  OFFER_ABSENT: 'not-open',
  DENOM_UNKNOWN: 'not-open',
  WALLET_INVALID: 'wallet-unfit',
  PROGRAM_REFUSED: 'program-changed',
  CHAIN_ANSWER_MALFORMED: 'network-odd',
  CHAIN_REFUSED: 'network-odd',
  INTERNAL: 'our-fault',
  GENESIS_MISMATCH: 'other-chain',
  CHAIN_UNAVAILABLE: 'node-down',
  SERVICE_UNAVAILABLE: 'node-down',
  DEADLINE_EXCEEDED: 'node-down',
  TRANSACTION_REFUSED: 'refused',
  TOO_MANY_REQUESTS: 'too-many',
};

// Their title says it all, or their sentence is for the operator.
const untold: ReadonlySet<keyof typeof problems> = new Set(['other-chain', 'network-odd', 'our-fault']);

/** The problem a refusal of our server stands for; its sentence tells the facts, unless it tells the operator what to do. */
export function problemOf({ code, message }: Refusal): Problem {
  const known = byFailure[code] ?? 'refused';
  return problem(known, untold.has(known) ? undefined : message);
}

/** What a server says before it looked into what was handed in, or after it found fault with it. After anything else it may have been kept. */
const surelyNotTaken: ReadonlySet<string> = new Set(['TRANSACTION_REFUSED', 'BLOCKHASH_EXPIRED', 'OFFER_NOT_OPEN', 'OFFER_ABSENT', 'REQUEST_INVALID', 'REQUEST_REFUSED', 'TOO_MANY_REQUESTS']);

/** The same for a refusal of signed bytes. */
export const problemOfSigned = (refusal: Refusal): Problem => (surelyNotTaken.has(refusal.code) ? problemOf(refusal) : problem('unsure'));
