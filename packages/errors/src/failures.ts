/**
 * Every failure we name, with the facts that belong to it. Codes are published (they cross the RPC border and stand in
 * logs): add freely, never rename or reuse. Facts are JSON values, so that they survive the border; amounts and ids are
 * decimal strings. A secret is never a fact.
 */
export interface Failures {
  // configuration and start
  CONFIG_INVALID: { problems: readonly string[] };
  SCHEMA_TOO_OLD: { have: string; need: string };
  SCHEMA_INCOMPATIBLE: { have: string; need: string };

  // service border
  UNAUTHENTICATED: { method: string };
  FORBIDDEN: { method: string; caller: string };
  DEADLINE_EXCEEDED: { method: string };
  UNIMPLEMENTED: { method: string };
  SERVICE_UNAVAILABLE: { service: string };
  REQUEST_INVALID: { problem: string };
  INTERNAL: { reference: string };
  /** A code that only a newer version of the other side knows, with the sentence it sent. */
  UNKNOWN_FAILURE: { code: string; sentence: string };

  // database
  TRANSACTION_ABORTED: Record<never, never>;
  MIGRATIONS_INVALID: { folder: string; problems: readonly string[] };
  MIGRATION_FAILED: { folder: string; reason: string };
  EMBEDDED_POSTGRES_FAILED: { reason: string };

  // denoms and commands
  DENOMS_INVALID: { problems: readonly string[] };
  PARSER_BUSY: { waiting: number };

  // events and the event log
  EVENT_MALFORMED: { problem: string };
  EVENT_TYPE_UNKNOWN: { type: string };
  EVENT_TOO_LARGE: { topic: string; bytes: number; limit: number };
  EVENT_TOPIC_UNKNOWN: { topic: string };
  EVENT_LOG_UNAVAILABLE: { operation: string };
  EVENT_LOG_PRUNED: { topic: string };

  // escrow and chain
  ADDRESS_INVALID: { text: string };
  KEY_INVALID: { problem: string };
  ACCOUNT_MALFORMED: { account: string; problem: string };
  ESCROW_TERMS_INVALID: { problem: string };
  TRANSACTION_MALFORMED: { problem: string };
  TRANSACTION_VERSION_UNSUPPORTED: { version: number };
  TRANSACTION_TOO_LARGE: { bytes: number; limit: number };
  /** `retryAfterMs`: how long the node asked to be left alone. */
  CHAIN_UNAVAILABLE: { call: string; retryAfterMs?: number };
  CHAIN_ANSWER_MALFORMED: { call: string; problem: string };
  CHAIN_REFUSED: { call: string; code: number; reason: string };
  LOCALNET_UNAVAILABLE: { platform: string };

  // treasury: offers and their funding
  AMOUNT_INVALID: { text: string; reason: string };
  /** Lamports, decimal: only SOL has a smallest amount. */
  AMOUNT_TOO_SMALL: { amount: string; minimum: string };
  DENOM_UNKNOWN: { denom: string };
  OFFER_ABSENT: { offerId: string };
  OFFER_NOT_OPEN: { offerId: string; state: string };
  WALLET_INVALID: { wallet: string; problem: string };
  /** What is missing of each denom, in base units, decimal: lamports for fees and rent beside the tokens of an amount. `account` is where a token was looked for, with `balance` null when it is not there. */
  BALANCE_TOO_SMALL: { wallet: string; lacking: readonly { denom: string; decimals: number; balance: string | null; needed: string; missing: string; account?: string }[] };
  TRANSACTION_REFUSED: { reason: string; problem: string };
  /** For the deposit of an offer, or for a step of a link. */
  BLOCKHASH_EXPIRED: { offerId?: string };
  GENESIS_MISMATCH: { pinned: string; found: string };
  PROGRAM_REFUSED: { program: string; problem: string };
  /** The sentence of the identity service for whoever asked, and its stable name. */
  NOT_AUTHORIZED: { sentence: string; reason: string };
  NOTHING_TO_DECIDE: { reason: string };
  DEPOSIT_ABSENT: { deposit: string };
  /** Nothing was ever offered on that issue. */
  BOUNTY_ABSENT: { bounty: string };

  // identity: sessions, links, decisions
  SESSION_ABSENT: Record<never, never>;
  SIGN_IN_REFUSED: { reason: string; problem: string };
  GITHUB_UNAVAILABLE: { call: string };
  GITHUB_USER_ABSENT: { login: string };
  LINK_STEP_IMPOSSIBLE: { step: string; problem: string };
  /** When the same may be asked again, at the earliest. */
  RATE_LIMITED: { retryAfterMs: number };

  // setting up
  APP_NOT_CREATED: { problem: string };

  // GitHub stand-in
  GITHUB_MISMATCH: { problems: readonly string[] };
}

export type FailureCode = keyof Failures;

function inUnits(amount: string, decimals: number, denom: string): string {
  const digits = amount.padStart(decimals + 1, '0');
  const part = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${digits.slice(0, digits.length - decimals)}${decimals === 0 || part === '' ? '' : `.${part}`} ${denom.toUpperCase()}`;
}
const inSol = (lamports: string): string => inUnits(lamports, 9, 'sol');

function lackingOf({ denom, decimals, balance, needed, missing, account }: Failures['BALANCE_TOO_SMALL']['lacking'][number]): string {
  const held = balance === null ? `has no account for ${denom.toUpperCase()} yet` : `holds ${inUnits(balance, decimals, denom)}`;
  return `The wallet ${held}${account === undefined ? '' : ` (${account})`} and needs ${inUnits(needed, decimals, denom)}: ${inUnits(missing, decimals, denom)} are missing.`;
}

/** One sentence for the person who meets it. A code without a sentence does not compile. */
export const sentences: { [C in FailureCode]: (facts: Failures[C]) => string } = {
  // configuration and start
  CONFIG_INVALID: ({ problems }) => `The configuration can't be used: ${problems.join('; ')}.`,
  SCHEMA_TOO_OLD: ({ have, need }) => `The database schema is at version ${have}, this program needs ${need}: run the migrations first.`,
  SCHEMA_INCOMPATIBLE: ({ have, need }) => `The database schema is at version ${have}, newer than ${need} and not marked compatible with it: update this program.`,

  // service border
  UNAUTHENTICATED: ({ method }) => `The call ${method} came without a valid service token.`,
  FORBIDDEN: ({ method, caller }) => `The caller ${caller} may not call ${method}.`,
  DEADLINE_EXCEEDED: ({ method }) => `The call ${method} did not finish in the time it was given.`,
  UNIMPLEMENTED: ({ method }) => `The call ${method} is not available yet.`,
  SERVICE_UNAVAILABLE: ({ service }) => `The ${service} service can't be reached at the moment.`,
  REQUEST_INVALID: ({ problem }) => `The request can't be used: ${problem}.`,
  INTERNAL: ({ reference }) => `Something went wrong on our side (reference ${reference}).`,
  UNKNOWN_FAILURE: ({ sentence }) => sentence,

  // database
  TRANSACTION_ABORTED: () => 'The transaction was rolled back although nothing reported a failure: an error in it was swallowed.',
  MIGRATIONS_INVALID: ({ folder, problems }) => `The migrations in ${folder} can't be used: ${problems.join('; ')}.`,
  MIGRATION_FAILED: ({ folder, reason }) => `The migrations in ${folder} could not be run: ${reason}.`,
  EMBEDDED_POSTGRES_FAILED: ({ reason }) => `The embedded PostgreSQL does not run: ${reason}.`,

  // denoms and commands
  DENOMS_INVALID: ({ problems }) => `The list of denoms can't be used: ${problems.join('; ')}.`,
  PARSER_BUSY: ({ waiting }) => `There are ${waiting} comments already that wait to be read.`,

  // events and the event log
  EVENT_MALFORMED: ({ problem }) => `The event can't be used: ${problem}.`,
  EVENT_TYPE_UNKNOWN: ({ type }) => `Events of type ${type} are not known here.`,
  EVENT_TOO_LARGE: ({ topic, bytes, limit }) => `A record for topic ${topic} has ${bytes} bytes, at most ${limit} are taken.`,
  EVENT_TOPIC_UNKNOWN: ({ topic }) => `The event log has no topic ${topic}.`,
  EVENT_LOG_UNAVAILABLE: ({ operation }) => `The event log did not answer (${operation}).`,
  EVENT_LOG_PRUNED: ({ topic }) => `Old records of topic ${topic} were forgotten while they were read. Read from the start again.`,

  // escrow and chain
  ADDRESS_INVALID: ({ text }) => `"${text}" is not an address on Solana.`,
  KEY_INVALID: ({ problem }) => `The key can't be used: ${problem}.`,
  ACCOUNT_MALFORMED: ({ account, problem }) => `The ${account} account can't be read: ${problem}.`,
  ESCROW_TERMS_INVALID: ({ problem }) => `The terms can't be written down: ${problem}.`,
  TRANSACTION_MALFORMED: ({ problem }) => `The transaction can't be read: ${problem}.`,
  TRANSACTION_VERSION_UNSUPPORTED: ({ version }) => `Transactions of version ${version} are not supported here, only legacy ones and version 0.`,
  TRANSACTION_TOO_LARGE: ({ bytes, limit }) => `The transaction has ${bytes} bytes, at most ${limit} fit.`,
  CHAIN_UNAVAILABLE: ({ call }) => `The chain did not answer (${call}).`,
  CHAIN_ANSWER_MALFORMED: ({ call, problem }) => `The chain's answer to ${call} can't be read: ${problem}.`,
  CHAIN_REFUSED: ({ call, reason }) => `The chain refused ${call}: ${reason}.`,
  LOCALNET_UNAVAILABLE: ({ platform }) => `There is no local validator for ${platform}: start one yourself and set SOLANA_RPC_URL.`,

  // treasury: offers and their funding
  AMOUNT_INVALID: ({ text, reason }) => `"${text}" is not an amount that can be used (${reason}).`,
  AMOUNT_TOO_SMALL: ({ amount, minimum }) => `The amount of ${inSol(amount)} is below the ${inSol(minimum)} that the chain needs.`,
  DENOM_UNKNOWN: ({ denom }) => `"${denom}" is not a currency that can be offered here.`,
  OFFER_ABSENT: () => 'There is no such offer.',
  OFFER_NOT_OPEN: ({ state }) => `The offer can't be funded: it is ${state}.`,
  WALLET_INVALID: ({ problem }) => `This wallet can't be used here: ${problem}.`,
  BALANCE_TOO_SMALL: ({ lacking }) => lacking.map(lackingOf).join(' '),
  TRANSACTION_REFUSED: ({ problem }) => `The transaction was refused: ${problem}.`,
  BLOCKHASH_EXPIRED: () => 'The transaction was signed too late to be used.',
  GENESIS_MISMATCH: ({ pinned, found }) => `This database belongs to the chain with genesis hash ${pinned}, the node serves ${found}: point SOLANA_RPC_URL at the right chain, or use another database.`,
  PROGRAM_REFUSED: ({ program, problem }) => `The escrow program ${program} can't be used: ${problem}.`,
  NOT_AUTHORIZED: ({ sentence }) => `This is not allowed. ${sentence}`,
  NOTHING_TO_DECIDE: ({ reason }) => `There is nothing to decide: ${reason}.`,
  DEPOSIT_ABSENT: () => 'There is no such deposit here.',
  BOUNTY_ABSENT: () => 'There is no such bounty here.',

  // identity: sessions, links, decisions
  SESSION_ABSENT: () => 'You are not signed in, or were signed in too long ago.',
  SIGN_IN_REFUSED: ({ problem }) => `The sign-in with GitHub was refused: ${problem}.`,
  GITHUB_UNAVAILABLE: ({ call }) => `GitHub did not answer (${call}).`,
  GITHUB_USER_ABSENT: ({ login }) => `GitHub has no user ${login}.`,
  LINK_STEP_IMPOSSIBLE: ({ problem }) => `This can't be done now: ${problem}.`,
  RATE_LIMITED: ({ retryAfterMs }) => `That was asked too often: try again in ${Math.ceil(retryAfterMs / 1000)} s.`,

  // setting up
  APP_NOT_CREATED: ({ problem }) => `The GitHub App was not created: ${problem}.`,

  // GitHub stand-in
  GITHUB_MISMATCH: ({ problems }) => `What was said does not match GitHub's own description: ${problems.join('; ')}.`,
};

/** Whether a text that came from outside is a code of this version of the catalogue. */
export const isFailureCode = (text: string): text is FailureCode => Object.hasOwn(sentences, text);
