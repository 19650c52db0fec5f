import { DoubloonError } from '@doubloon/errors';
import { addressOf, zeroAddress, type Address } from './address.ts';
import { accountVersion, deciderBits, depositLayout, depositStates, identityLayout, identityStates, kindBytes, operatorLayout, type AccountLayout, type Field } from './layout.ts';

export type Decider = keyof typeof deciderBits;

/** Instants are unix seconds of the chain's clock; a key of `undefined` is disabled or not scheduled. */
export interface Operator {
  readonly bump: number;
  /** sha256 of the lower-case host name, for example of `github.com`. */
  readonly hostHash: Uint8Array;
  readonly firstAdmin: Address;
  readonly admin: Address;
  readonly relayer: Address | undefined;
  readonly attestor: Address | undefined;
  readonly relayerEpoch: bigint;
  readonly attestorEpoch: bigint;
  readonly nextRelayer: { readonly key: Address; readonly at: bigint } | undefined;
  readonly nextAttestor: { readonly key: Address; readonly at: bigint } | undefined;
  readonly createdSlot: bigint;
  readonly sequence: bigint;
  /** When epochs ended: that of epoch n stands at n modulo 16. */
  readonly relayerDisabledAt: readonly bigint[];
  readonly attestorDisabledAt: readonly bigint[];
}

export interface Identity {
  readonly bump: number;
  readonly state: keyof typeof identityStates;
  /** Whether the old wallet cancelled the pending change. */
  readonly contested: boolean;
  /** Whether an earlier change was cancelled and the dispute goes on, whatever becomes of this one. */
  readonly contestedBefore: boolean;
  readonly operator: Address;
  readonly githubId: string;
  readonly wallet: Address;
  readonly linkedAt: bigint;
  readonly attestorEpoch: bigint;
  readonly pending: { readonly wallet: Address; readonly since: bigint; readonly epoch: bigint } | undefined;
  readonly sequence: bigint;
}

export interface Share {
  readonly githubId: string;
  readonly bps: number;
  readonly settled: 'paid' | 'refunded' | undefined;
}

export interface Deposit {
  readonly bump: number;
  readonly state: keyof typeof depositStates;
  readonly withRelayer: boolean;
  readonly vetoed: boolean;
  readonly operator: Address;
  readonly funder: Address;
  readonly approver: Address | undefined;
  /** `undefined` is SOL. */
  readonly mint: Address | undefined;
  readonly repositoryId: string;
  readonly issueId: string;
  readonly nonce: bigint;
  /** Base units; for SOL lamports, the rent reserve not included. */
  readonly amount: bigint;
  readonly createdSlot: bigint;
  readonly createdAt: bigint;
  readonly deadline: bigint;
  /** When a terminal state was reached. */
  readonly endedAt: bigint | undefined;
  readonly sequence: bigint;
  readonly award: { readonly shares: readonly Share[]; readonly by: readonly Decider[]; readonly epoch: bigint; readonly at: bigint; readonly finalAt: bigint } | undefined;
}

type AccountName = 'operator' | 'identity' | 'deposit';

function openAccount(name: AccountName, layout: AccountLayout, bytes: Uint8Array) {
  const malformed = (problem: string) => new DoubloonError('ACCOUNT_MALFORMED', { account: name, problem });
  if (bytes.length !== layout.size) throw malformed(`it has ${bytes.length} bytes instead of ${layout.size}`);
  if (bytes[0] !== layout.discriminator) throw malformed(`its discriminator is ${bytes[0]} instead of ${layout.discriminator}`);
  if (bytes[1] !== accountVersion) throw malformed(`its version is ${bytes[1]} and only ${accountVersion} is known`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = (field: Field, index: number) => field.offset + index * kindBytes[field.kind];
  const bytesOf = (field: Field) => Uint8Array.from(bytes.subarray(field.offset, field.offset + 32));
  const address = (field: Field) => addressOf(bytesOf(field));
  const integer = (field: Field, index = 0) => {
    if (field.kind === 'i64') return view.getBigInt64(place(field, index), true);
    return view.getBigUint64(place(field, index), true);
  };
  return {
    malformed,
    bytesOf,
    address,
    integer,
    integers: (field: Field): bigint[] => Array.from({ length: field.count ?? 1 }, (_, index) => integer(field, index)),
    small: (field: Field, index = 0) => (field.kind === 'u16' ? view.getUint16(place(field, index), true) : view.getUint8(place(field, index))),
    optionalAddress(field: Field): Address | undefined {
      const found = address(field);
      return found === zeroAddress ? undefined : found;
    },
    flag(field: Field): boolean {
      const value = view.getUint8(field.offset);
      if (value > 1) throw malformed(`the flag at byte ${field.offset} is ${value}`);
      return value === 1;
    },
    oneOf<Name extends string>(field: Field, numbers: Readonly<Record<Name, number>>): Name {
      const value = view.getUint8(field.offset);
      for (const key in numbers) if (numbers[key] === value) return key;
      throw malformed(`the state ${value} is not known`);
    },
  };
}

/** Reads the bytes of an operator account. Check the owner first: only the program's accounts mean anything. Throws ACCOUNT_MALFORMED. */
export function decodeOperator(bytes: Uint8Array): Operator {
  const { fields } = operatorLayout;
  const read = openAccount('operator', operatorLayout, bytes);
  const next = (key: Field, at: Field) => {
    const scheduled = read.optionalAddress(key);
    return scheduled && { key: scheduled, at: read.integer(at) };
  };
  return {
    bump: read.small(fields.bump),
    hostHash: read.bytesOf(fields.hostHash),
    firstAdmin: read.address(fields.firstAdmin),
    admin: read.address(fields.admin),
    relayer: read.optionalAddress(fields.relayer),
    attestor: read.optionalAddress(fields.attestor),
    relayerEpoch: read.integer(fields.relayerEpoch),
    attestorEpoch: read.integer(fields.attestorEpoch),
    nextRelayer: next(fields.nextRelayer, fields.nextRelayerAt),
    nextAttestor: next(fields.nextAttestor, fields.nextAttestorAt),
    createdSlot: read.integer(fields.createdSlot),
    sequence: read.integer(fields.sequence),
    relayerDisabledAt: read.integers(fields.relayerDisabledAt),
    attestorDisabledAt: read.integers(fields.attestorDisabledAt),
  };
}

/** Reads the bytes of an identity account; owner first, as above. Throws ACCOUNT_MALFORMED. */
export function decodeIdentity(bytes: Uint8Array): Identity {
  const { fields } = identityLayout;
  const read = openAccount('identity', identityLayout, bytes);
  const pendingWallet = read.optionalAddress(fields.pendingWallet);
  return {
    bump: read.small(fields.bump),
    state: read.oneOf(fields.state, identityStates),
    contested: read.flag(fields.contested),
    contestedBefore: read.flag(fields.contestedBefore),
    operator: read.address(fields.operator),
    githubId: String(read.integer(fields.githubId)),
    wallet: read.address(fields.wallet),
    linkedAt: read.integer(fields.linkedAt),
    attestorEpoch: read.integer(fields.attestorEpoch),
    pending: pendingWallet && { wallet: pendingWallet, since: read.integer(fields.pendingSince), epoch: read.integer(fields.pendingEpoch) },
    sequence: read.integer(fields.sequence),
  };
}

/** Reads the bytes of a deposit account; owner first, as above. Throws ACCOUNT_MALFORMED. */
export function decodeDeposit(bytes: Uint8Array): Deposit {
  const { fields } = depositLayout;
  const read = openAccount('deposit', depositLayout, bytes);
  const shareCount = read.small(fields.shareCount);
  if (shareCount > fields.shareIds.count) throw read.malformed(`it names ${shareCount} shares`);
  const paid = read.small(fields.paidMask);
  const refunded = read.small(fields.refundedMask);
  const awardedBy = read.small(fields.awardedBy);
  const settled = (index: number) => ((paid >> index) & 1 ? 'paid' : (refunded >> index) & 1 ? 'refunded' : undefined);
  const state = read.oneOf(fields.state, depositStates);
  return {
    bump: read.small(fields.bump),
    state,
    withRelayer: read.flag(fields.withRelayer),
    vetoed: read.flag(fields.vetoed),
    operator: read.address(fields.operator),
    funder: read.address(fields.funder),
    approver: read.optionalAddress(fields.approver),
    mint: read.optionalAddress(fields.mint),
    repositoryId: String(read.integer(fields.repositoryId)),
    issueId: String(read.integer(fields.issueId)),
    nonce: read.integer(fields.nonce),
    amount: read.integer(fields.amount),
    createdSlot: read.integer(fields.createdSlot),
    createdAt: read.integer(fields.createdAt),
    deadline: read.integer(fields.deadline),
    endedAt: state === 'funded' || state === 'awarded' ? undefined : read.integer(fields.endedAt),
    sequence: read.integer(fields.sequence),
    award: shareCount === 0 ? undefined : {
      shares: Array.from({ length: shareCount }, (_, index) => ({
        githubId: String(read.integer(fields.shareIds, index)),
        bps: read.small(fields.shareBps, index),
        settled: settled(index),
      })),
      by: (Object.keys(deciderBits) as Decider[]).filter((decider) => (awardedBy & deciderBits[decider]) !== 0),
      epoch: read.integer(fields.awardEpoch),
      at: read.integer(fields.awardedAt),
      finalAt: read.integer(fields.finalAt),
    },
  };
}
