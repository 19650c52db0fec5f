import type { Address } from '../address.ts';

/** How sure the cluster is: `finalized` can't be undone. */
export type Commitment = 'processed' | 'confirmed' | 'finalized';

export interface ChainAccount {
  readonly owner: Address;
  readonly lamports: bigint;
  readonly data: Uint8Array;
  readonly executable: boolean;
  /** The slot of the state it was read from. */
  readonly slot: bigint;
}

export interface AccountFilters {
  readonly dataSize?: number;
  readonly memcmp?: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

/** Accounts of one finalized state, each in the place of its address. */
export interface FinalState {
  /** A slot that was final before they were read, and that they surely show. What says of itself to be of a later one is not final yet. */
  readonly slot: bigint;
  /** The newest slot that they may show: some nodes answer for finalized with what is newest. */
  readonly reached: bigint;
  /** Unix seconds of the Clock sysvar in it. */
  readonly time: bigint;
  readonly accounts: readonly (ChainAccount | undefined)[];
}

export interface SignatureStatus {
  readonly slot: bigint;
  readonly commitment: Commitment;
  /** What the runtime said when the transaction failed, as the node wrote it; `customErrorOf` reads it. */
  readonly error?: unknown;
}

export interface Simulation {
  readonly error?: unknown;
  readonly logs: readonly string[];
  readonly unitsConsumed: bigint;
  /** Lamports that each of the watched accounts would end with, in their order. */
  readonly lamports: readonly bigint[];
}

/**
 * The few things we ask of a chain. Every call ends within its time and fails with one of
 * - CHAIN_UNAVAILABLE: no answer, or the node says it can't now; asking again may help.
 * - CHAIN_REFUSED: the node says no to what was asked, with its JSON-RPC code; asking again does not help.
 * - CHAIN_ANSWER_MALFORMED: it answered in another shape, or with a number that has lost its last digits.
 * Bytes handed in that are no transaction or message fail with TRANSACTION_MALFORMED or its siblings before anything is asked.
 * A transaction that was sent and failed with CHAIN_UNAVAILABLE may still land.
 */
export interface Chain extends AsyncDisposable {
  genesisHash(): Promise<string>;
  latestBlockhash(): Promise<{ readonly blockhash: string; readonly lastValidBlockHeight: bigint }>;
  /** Whether the node would still take a transaction with this blockhash. */
  blockhashValid(blockhash: string, commitment: Commitment): Promise<boolean>;
  blockHeight(commitment: Commitment): Promise<bigint>;
  slot(commitment: Commitment): Promise<bigint>;
  /** Unix seconds of the Clock sysvar, which is the time programs go by. */
  time(): Promise<bigint>;
  /**
   * `undefined` where there is no account, that is no lamports. Behind one address may stand several nodes, some of them
   * late: who draws a conclusion from an absence names the slot that the answer has to have reached (CHAIN_UNAVAILABLE).
   */
  account(address: Address, commitment: Commitment, from?: bigint): Promise<ChainAccount | undefined>;
  accounts(addresses: readonly Address[], commitment: Commitment, from?: bigint): Promise<(ChainAccount | undefined)[]>;
  /**
   * For conclusions about money: the node's word for its final slot is held against the Clock account in the same state, so
   * that one whose state has not come as far, or that runs ahead of it, is not believed (CHAIN_UNAVAILABLE); nor is one that
   * calls less final than `from`.
   */
  finalState(addresses: readonly Address[], from?: bigint): Promise<FinalState>;
  programAccounts(program: Address, filters: AccountFilters, commitment: Commitment): Promise<{ readonly address: Address; readonly account: ChainAccount }[]>;
  /** Lamports that keep an account of so many bytes alive. */
  minimumBalance(bytes: number): Promise<bigint>;
  /** Lamports for a serialized message; `undefined` when its blockhash is too old to tell. */
  fee(message: Uint8Array): Promise<bigint | undefined>;
  /** Micro-lamports per compute unit that three of four recent slots were content with, 0 when nobody paid. */
  prioritizationFee(writable: readonly Address[]): Promise<bigint>;
  /** Runs a transaction, signed or not, without leaving a trace, and says what the watched accounts would end with. */
  simulate(transaction: Uint8Array, watched?: readonly Address[]): Promise<Simulation>;
  /** Hands signed bytes over once, without preflight or repeats by the node, and returns the signature. That it was taken says nothing about landing. */
  send(transaction: Uint8Array): Promise<string>;
  signatureStatuses(signatures: readonly string[], options?: { searchHistory: boolean }): Promise<(SignatureStatus | undefined)[]>;
}
