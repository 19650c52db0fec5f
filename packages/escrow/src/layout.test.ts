import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeDeposit, decodeIdentity, decodeOperator } from './accounts.ts';
import { addressOf } from './address.ts';
import { accountVersion, depositLayout, identityLayout, kindBytes, operatorLayout, type AccountLayout, type Field } from './layout.ts';

const layouts = { operator: operatorLayout, identity: identityLayout, deposit: depositLayout };

describe.each(Object.entries<AccountLayout>(layouts))('the %s account', (_name, { size, fields, discriminator }) => {
  const placed: Field[] = Object.values(fields);
  const end = ({ offset, kind, count = 1 }: Field) => offset + kindBytes[kind] * count;

  test('has every field aligned, inside, and on bytes of its own', () => {
    const taken = new Set([0, 1]);
    for (const field of placed) {
      expect(field.offset % Math.min(kindBytes[field.kind], 8)).toBe(0);
      for (let at = field.offset; at < end(field); at++) {
        expect(taken.has(at)).toBe(false);
        taken.add(at);
      }
    }
    expect(Math.max(...placed.map(end))).toBe(size);
    expect(size % 8).toBe(0);
    expect(discriminator).toBeGreaterThanOrEqual(1);
  });
});

const place = (size: number, values: readonly (readonly [Field, bigint | Uint8Array, number?])[], discriminator: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes[0] = discriminator;
  bytes[1] = accountVersion;
  for (const [field, value, index = 0] of values) {
    const at = field.offset + index * kindBytes[field.kind];
    if (typeof value !== 'bigint') bytes.set(value, at);
    else if (field.kind === 'u8') view.setUint8(at, Number(value));
    else if (field.kind === 'u16') view.setUint16(at, Number(value), true);
    else view.setBigInt64(at, value, true);
  }
  return bytes;
};
const key = () => Uint8Array.from(randomBytes(32));

test('a deposit is read with its award, its edges and its empty fields', () => {
  const f = depositLayout.fields;
  const [operator, funder] = [key(), key()];
  const bytes = place(depositLayout.size, [
    [f.bump, 254n], [f.state, 2n], [f.withRelayer, 1n], [f.vetoed, 1n], [f.paidMask, 1n], [f.refundedMask, 2n], [f.shareCount, 3n], [f.awardedBy, 3n],
    [f.operator, operator], [f.funder, funder], [f.repositoryId, 1296269n], [f.issueId, -1n], [f.nonce, 5n], [f.amount, -1n], [f.createdSlot, 9n], [f.createdAt, -5n],
    [f.deadline, 2n ** 63n - 1n], [f.sequence, 2n], [f.awardEpoch, 4n], [f.awardedAt, 100n], [f.finalAt, 200n],
    [f.shareIds, 11n, 0], [f.shareBps, 7000n, 0], [f.shareIds, 12n, 1], [f.shareBps, 2999n, 1], [f.shareIds, 13n, 2], [f.shareBps, 1n, 2],
  ], depositLayout.discriminator);
  expect(decodeDeposit(Buffer.from(bytes))).toEqual({
    bump: 254, state: 'awarded', withRelayer: true, vetoed: true, operator: addressOf(operator), funder: addressOf(funder), approver: undefined, mint: undefined,
    repositoryId: '1296269', issueId: '18446744073709551615', nonce: 5n, amount: 2n ** 64n - 1n, createdSlot: 9n, createdAt: -5n, deadline: 2n ** 63n - 1n, endedAt: undefined, sequence: 2n,
    award: {
      shares: [{ githubId: '11', bps: 7000, settled: 'paid' }, { githubId: '12', bps: 2999, settled: 'refunded' }, { githubId: '13', bps: 1, settled: undefined }],
      by: ['funder', 'relayer'], epoch: 4n, at: 100n, finalAt: 200n,
    },
  });
});

test('an operator and an identity are read', () => {
  const o = operatorLayout.fields;
  const [host, admin, next] = [key(), key(), key()];
  expect(decodeOperator(place(operatorLayout.size, [[o.bump, 255n], [o.hostHash, host], [o.firstAdmin, admin], [o.admin, admin], [o.attestor, admin], [o.relayerEpoch, 3n], [o.nextRelayer, next], [o.nextRelayerAt, 77n], [o.sequence, 1n], [o.relayerDisabledAt, 500n, 1]], 1)))
    .toEqual({ bump: 255, hostHash: host, firstAdmin: addressOf(admin), admin: addressOf(admin), relayer: undefined, attestor: addressOf(admin), relayerEpoch: 3n, attestorEpoch: 0n, nextRelayer: { key: addressOf(next), at: 77n }, nextAttestor: undefined, createdSlot: 0n, sequence: 1n, relayerDisabledAt: [0n, 500n, ...new Array<bigint>(14).fill(0n)], attestorDisabledAt: new Array<bigint>(16).fill(0n) });
  const i = identityLayout.fields;
  expect(decodeIdentity(place(identityLayout.size, [[i.bump, 1n], [i.state, 1n], [i.contested, 1n], [i.operator, host], [i.githubId, 583231n], [i.wallet, admin], [i.linkedAt, 6n], [i.pendingWallet, next], [i.pendingSince, 8n], [i.pendingEpoch, 2n]], 2)))
    .toEqual({ bump: 1, state: 'linked', contested: true, contestedBefore: false, operator: addressOf(host), githubId: '583231', wallet: addressOf(admin), linkedAt: 6n, attestorEpoch: 0n, pending: { wallet: addressOf(next), since: 8n, epoch: 2n }, sequence: 0n });
});

test.each([
  ['another length', (bytes: Uint8Array) => bytes.slice(1)],
  ['another kind', (bytes: Uint8Array) => bytes.with(0, 1)],
  ['another version', (bytes: Uint8Array) => bytes.with(1, 2)],
  ['an unknown state', (bytes: Uint8Array) => bytes.with(3, 9)],
  ['a flag that is neither', (bytes: Uint8Array) => bytes.with(4, 2)],
  ['more shares than fit', (bytes: Uint8Array) => bytes.with(8, 9)],
])('a deposit of %s is refused', (_what, damage) => {
  const whole = place(depositLayout.size, [[depositLayout.fields.state, 1n]], depositLayout.discriminator);
  expect(decodeDeposit(whole).state).toBe('funded');
  expect(() => decodeDeposit(damage(whole))).toThrow(expect.objectContaining({ code: 'ACCOUNT_MALFORMED' }));
});
