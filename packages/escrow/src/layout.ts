/**
 * Every byte of every account, written once: the program's constants are generated from this table and the decoders read
 * by it.
 */
export type FieldKind = 'u8' | 'u16' | 'u64' | 'i64' | 'address' | 'hash';

export interface Field {
  readonly kind: FieldKind;
  readonly offset: number;
  /** More than one value of the kind, one behind the other. */
  readonly count?: number;
}

export const kindBytes: Readonly<Record<FieldKind, number>> = { u8: 1, u16: 2, u64: 8, i64: 8, address: 32, hash: 32 };

export const accountVersion = 1;

export const operatorLayout = {
  discriminator: 1,
  size: 536,
  fields: {
    bump: { kind: 'u8', offset: 2 },
    hostHash: { kind: 'hash', offset: 8 },
    firstAdmin: { kind: 'address', offset: 40 },
    admin: { kind: 'address', offset: 72 },
    // The same of either key, in the same order.
    relayer: { kind: 'address', offset: 104 },
    relayerEpoch: { kind: 'u64', offset: 136 },
    nextRelayer: { kind: 'address', offset: 144 },
    nextRelayerAt: { kind: 'i64', offset: 176 },
    relayerDisabledAt: { kind: 'i64', offset: 184, count: 16 },
    attestor: { kind: 'address', offset: 312 },
    attestorEpoch: { kind: 'u64', offset: 344 },
    nextAttestor: { kind: 'address', offset: 352 },
    nextAttestorAt: { kind: 'i64', offset: 384 },
    attestorDisabledAt: { kind: 'i64', offset: 392, count: 16 },
    createdSlot: { kind: 'u64', offset: 520 },
    sequence: { kind: 'u64', offset: 528 },
  },
} as const satisfies AccountLayout;

export const identityLayout = {
  discriminator: 2,
  size: 152,
  fields: {
    bump: { kind: 'u8', offset: 2 },
    state: { kind: 'u8', offset: 3 },
    contested: { kind: 'u8', offset: 4 },
    contestedBefore: { kind: 'u8', offset: 5 },
    operator: { kind: 'address', offset: 8 },
    githubId: { kind: 'u64', offset: 40 },
    wallet: { kind: 'address', offset: 48 },
    linkedAt: { kind: 'i64', offset: 80 },
    attestorEpoch: { kind: 'u64', offset: 88 },
    pendingWallet: { kind: 'address', offset: 96 },
    pendingSince: { kind: 'i64', offset: 128 },
    pendingEpoch: { kind: 'u64', offset: 136 },
    sequence: { kind: 'u64', offset: 144 },
  },
} as const satisfies AccountLayout;

export const depositLayout = {
  discriminator: 3,
  size: 320,
  fields: {
    bump: { kind: 'u8', offset: 2 },
    state: { kind: 'u8', offset: 3 },
    withRelayer: { kind: 'u8', offset: 4 },
    vetoed: { kind: 'u8', offset: 5 },
    paidMask: { kind: 'u8', offset: 6 },
    refundedMask: { kind: 'u8', offset: 7 },
    shareCount: { kind: 'u8', offset: 8 },
    awardedBy: { kind: 'u8', offset: 9 },
    vaultBump: { kind: 'u8', offset: 10 },
    operator: { kind: 'address', offset: 16 },
    funder: { kind: 'address', offset: 48 },
    approver: { kind: 'address', offset: 80 },
    mint: { kind: 'address', offset: 112 },
    repositoryId: { kind: 'u64', offset: 144 },
    issueId: { kind: 'u64', offset: 152 },
    nonce: { kind: 'u64', offset: 160 },
    amount: { kind: 'u64', offset: 168 },
    createdSlot: { kind: 'u64', offset: 176 },
    createdAt: { kind: 'i64', offset: 184 },
    deadline: { kind: 'i64', offset: 192 },
    endedAt: { kind: 'i64', offset: 200 },
    sequence: { kind: 'u64', offset: 208 },
    awardEpoch: { kind: 'u64', offset: 216 },
    awardedAt: { kind: 'i64', offset: 224 },
    finalAt: { kind: 'i64', offset: 232 },
    shareIds: { kind: 'u64', offset: 240, count: 8 },
    shareBps: { kind: 'u16', offset: 304, count: 8 },
  },
} as const satisfies AccountLayout;

export interface AccountLayout {
  readonly discriminator: number;
  readonly size: number;
  readonly fields: Readonly<Record<string, Field>>;
}

/** Numbers of what is kept in one byte; 0 is never a state. */
export const depositStates = { funded: 1, awarded: 2, paid: 3, refunded: 4, cancelled: 5 } as const;
export const identityStates = { linked: 1, unlinked: 2 } as const;
/** How often a key can be disabled: the operator account remembers every end, and then takes no other key. */
export const mostDisablings = 16;
/** Bits of `awardedBy`. */
export const deciderBits = { funder: 1, relayer: 2, approver: 4 } as const;
/** Bits of what `disableKeys` disables. */
export const keyBits = { relayer: 1, attestor: 2 } as const;

/** First byte of instruction data. */
export const instructionNumbers = {
  createOperator: 1,
  changeAdmin: 2,
  scheduleKeys: 3,
  disableKeys: 4,
  linkIdentity: 5,
  changeWallet: 6,
  cancelChange: 7,
  settleChange: 8,
  unlinkIdentity: 9,
  fundSol: 10,
  fundToken: 11,
  award: 12,
  veto: 13,
  payout: 14,
  cancel: 15,
  refund: 16,
  close: 17,
} as const;
