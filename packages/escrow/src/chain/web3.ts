import { Connection, PublicKey, VersionedMessage, VersionedTransaction, type AccountInfo, type GetProgramAccountsFilter } from '@solana/web3.js';
import { DoubloonError, isDoubloonError, type FailureCode } from '@doubloon/errors';
import { parseAddress, type Address } from '../address.ts';
import { encodeBase58 } from '../base58.ts';
import { transactionSignature } from '../transaction.ts';
import type { Chain, ChainAccount, Commitment, FinalState } from './chain.ts';
import { asking, exact, rpcFetch } from './transport.ts';

const clockSysvar = parseAddress('SysvarC1ock11111111111111111111111111111111');

// What one call of the node takes at most.
const accountsPerCall = 100;
const signaturesPerCall = 256;

export interface ChainOptions {
  readonly rpcUrl: string;
  /** Where it differs from what web3.js derives from `rpcUrl`. */
  readonly wsUrl?: string;
  /** For one call; 10 s unless told. */
  readonly timeoutMs?: number;
  /** Hears of each call that failed. */
  readonly onFailure?: (code: FailureCode) => void;
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}

/** What we were handed to ask about may be no transaction at all. */
function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new DoubloonError('TRANSACTION_MALFORMED', { problem: cause instanceof Error ? cause.message : String(cause) }, { cause });
  }
}

function accountOf(call: string, account: AccountInfo<Buffer>, slot: number): ChainAccount {
  return {
    owner: parseAddress(account.owner.toBase58()),
    lamports: exact(call, account.lamports),
    data: Uint8Array.from(account.data),
    executable: account.executable,
    slot: exact(call, slot),
  };
}

/** The Clock sysvar: its slot, and the unix seconds that programs go by. */
function clockOf(call: string, account: ChainAccount | undefined): { slot: bigint; time: bigint } {
  if (account?.data.length !== 40) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: 'the clock sysvar has another shape' });
  const view = new DataView(account.data.buffer);
  return { slot: view.getBigUint64(0, true), time: view.getBigInt64(32, true) };
}

/** The same chain, telling of each call that failed. */
function telling(chain: Chain, onFailure: (code: FailureCode) => void): Chain {
  const told = (method: (...args: unknown[]) => Promise<unknown>) => async (...args: unknown[]) => {
    try {
      return await method(...args);
    } catch (error) {
      if (isDoubloonError(error)) onFailure(error.code);
      throw error;
    }
  };
  return { ...chain, ...(Object.fromEntries(Object.entries(chain).map(([name, method]) => [name, told(method as never)])) as unknown as Chain) };
}

/** The chain behind a JSON-RPC node, by web3.js. Does not connect: the first call does. */
export function openChain({ rpcUrl, wsUrl, timeoutMs = 10_000, onFailure }: ChainOptions): Chain {
  const closing = new AbortController();
  const connection = new Connection(rpcUrl, {
    commitment: 'confirmed',
    disableRetryOnRateLimit: true,
    fetch: rpcFetch({ timeoutMs, signal: closing.signal }),
    ...(wsUrl === undefined ? {} : { wsEndpoint: wsUrl }),
  });

  async function accounts(addresses: readonly Address[], commitment: Commitment, from = 0n): Promise<(ChainAccount | undefined)[]> {
    const call = 'getMultipleAccounts';
    const found: (ChainAccount | undefined)[] = [];
    for (const chunk of chunks(addresses, accountsPerCall)) {
      const { context, value } = await asking(call, () => connection.getMultipleAccountsInfoAndContext(chunk.map((address) => new PublicKey(address)), { commitment, ...(from === 0n ? {} : { minContextSlot: Number(from) }) }));
      // Not every node knows the condition.
      if (exact(call, context.slot) < from) throw new DoubloonError('CHAIN_UNAVAILABLE', { call }, { cause: new Error(`the node has reached slot ${context.slot}, not ${from}`) });
      if (value.length !== chunk.length) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: `it has ${value.length} accounts instead of ${chunk.length}` });
      found.push(...value.map((account) => (account === null ? undefined : accountOf(call, account, context.slot))));
    }
    return found;
  }

  async function account(address: Address, commitment: Commitment, from?: bigint): Promise<ChainAccount | undefined> {
    const [found] = await accounts([address], commitment, from);
    return found;
  }

  const slot = async (commitment: Commitment): Promise<bigint> => exact('getSlot', await asking('getSlot', () => connection.getSlot(commitment)));

  async function finalState(addresses: readonly Address[], from = 0n): Promise<FinalState> {
    const final = await slot('finalized');
    if (final < from) throw new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getSlot' }, { cause: new Error(`the node calls slot ${final} final, and ${from} was`) });
    const found: (ChainAccount | undefined)[] = [];
    let [reached, time] = [final, 0n];
    for (const chunk of chunks(addresses, accountsPerCall - 1)) {
      const [clock, ...state] = await accounts([clockSysvar, ...chunk], 'finalized', final);
      const { slot: shown, time: now } = clockOf('getMultipleAccounts', clock);
      if (shown < final) throw new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getMultipleAccounts' }, { cause: new Error(`the node calls slot ${final} final, its state is of slot ${shown}`) });
      [reached, time] = [shown > reached ? shown : reached, now];
      found.push(...state);
    }
    return { slot: final, reached, time, accounts: found };
  }

  const chain: Chain = {
    genesisHash: () => asking('getGenesisHash', () => connection.getGenesisHash()),

    async latestBlockhash() {
      // With the context, because web3.js wraps what its short form meets in an error of its own, and drops the cause.
      const { blockhash, lastValidBlockHeight } = (await asking('getLatestBlockhash', () => connection.getLatestBlockhashAndContext('confirmed'))).value;
      return { blockhash, lastValidBlockHeight: exact('getLatestBlockhash', lastValidBlockHeight) };
    },

    blockhashValid: async (blockhash, commitment) => (await asking('isBlockhashValid', () => connection.isBlockhashValid(blockhash, { commitment }))).value,
    blockHeight: async (commitment) => exact('getBlockHeight', await asking('getBlockHeight', () => connection.getBlockHeight(commitment))),
    slot,
    time: async () => clockOf('getMultipleAccounts', await account(clockSysvar, 'confirmed')).time,

    account,
    accounts,
    finalState,

    async programAccounts(program, { dataSize, memcmp = [] }, commitment) {
      const call = 'getProgramAccounts';
      const filters: GetProgramAccountsFilter[] = [
        ...(dataSize === undefined ? [] : [{ dataSize }]),
        ...memcmp.map(({ offset, bytes }) => ({ memcmp: { offset, bytes: encodeBase58(bytes) } })),
      ];
      const { context, value } = await asking(call, () => connection.getProgramAccounts(new PublicKey(program), { commitment, filters, withContext: true }));
      return value.map(({ pubkey, account: found }) => ({ address: parseAddress(pubkey.toBase58()), account: accountOf(call, found, context.slot) }));
    },

    minimumBalance: async (bytes) => exact('getMinimumBalanceForRentExemption', await asking('getMinimumBalanceForRentExemption', () => connection.getMinimumBalanceForRentExemption(bytes))),

    async fee(message) {
      const parsed = reading(() => VersionedMessage.deserialize(message));
      const { value } = await asking('getFeeForMessage', () => connection.getFeeForMessage(parsed, 'confirmed'));
      return value === null ? undefined : exact('getFeeForMessage', value);
    },

    async prioritizationFee(writable) {
      const recent = await asking('getRecentPrioritizationFees', () => connection.getRecentPrioritizationFees({ lockedWritableAccounts: writable.map((address) => new PublicKey(address)) }));
      const fees = recent.map(({ prioritizationFee }) => prioritizationFee).sort((a, b) => a - b);
      return exact('getRecentPrioritizationFees', fees[Math.ceil(fees.length * 0.75) - 1] ?? 0);
    },

    async simulate(transaction, watched = []) {
      const parsed = reading(() => VersionedTransaction.deserialize(transaction));
      const { value } = await asking('simulateTransaction', () => connection.simulateTransaction(parsed, { commitment: 'confirmed', sigVerify: false, ...(watched.length === 0 ? {} : { accounts: { encoding: 'base64', addresses: [...watched] } }) }));
      const after = value.accounts ?? [];
      if (value.err === null && after.length !== watched.length) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call: 'simulateTransaction', problem: `it has ${after.length} accounts instead of ${watched.length}` });
      return {
        ...(value.err === null ? {} : { error: value.err }),
        logs: value.logs ?? [],
        unitsConsumed: exact('simulateTransaction', value.unitsConsumed ?? 0),
        lamports: after.map((account) => (account === null ? 0n : exact('simulateTransaction', account.lamports))),
      };
    },

    async send(transaction) {
      const expected = transactionSignature(transaction);
      const signature = await asking('sendTransaction', () => connection.sendRawTransaction(transaction, { skipPreflight: true, maxRetries: 0 }));
      if (signature !== expected) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call: 'sendTransaction', problem: 'it names another transaction' });
      return signature;
    },

    async signatureStatuses(signatures, options) {
      const call = 'getSignatureStatuses';
      const statuses = [];
      for (const chunk of chunks(signatures, signaturesPerCall)) {
        const { value } = await asking(call, () => connection.getSignatureStatuses([...chunk], { searchTransactionHistory: options?.searchHistory ?? false }));
        if (value.length !== chunk.length) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: `it has ${value.length} statuses instead of ${chunk.length}` });
        statuses.push(...value.map((status) => status === null ? undefined : {
          slot: exact(call, status.slot),
          // Nodes leave the word out for old transactions; no number of confirmations means rooted.
          commitment: status.confirmationStatus ?? (status.confirmations === null ? 'finalized' : 'processed'),
          ...(status.err === null ? {} : { error: status.err }),
        }));
      }
      return statuses;
    },

    [Symbol.asyncDispose]: () => {
      closing.abort(new Error('the chain was closed'));
      return Promise.resolve();
    },
  };
  return onFailure === undefined ? chain : telling(chain, onFailure);
}
