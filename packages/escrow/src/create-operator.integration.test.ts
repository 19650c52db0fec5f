import { expect, test } from 'vitest';
import { newAddress, newSigner, openEscrow, sol } from '../testing/virtual-machine.ts';
import { createOperator, decodeOperator, hostHash, operatorAddress, operatorLayout, rentReserve, zeroAddress } from './index.ts';

test('an operator is written down with its first admin, keys and epochs', () => {
  const escrow = openEscrow();
  const account = escrow.account(escrow.operator);
  expect(account).toMatchObject({ owner: escrow.program, lamports: rentReserve(operatorLayout.size, 0n) });
  expect(decodeOperator(account?.data ?? new Uint8Array())).toEqual({
    bump: operatorAddress({ program: escrow.program, firstAdmin: escrow.admin.address }).bump, hostHash: hostHash('github.com'), firstAdmin: escrow.admin.address, admin: escrow.admin.address,
    relayer: escrow.relayer.address, attestor: escrow.attestor.address, relayerEpoch: 1n, attestorEpoch: 1n, nextRelayer: undefined, nextAttestor: undefined, createdSlot: expect.any(BigInt) as bigint, sequence: 1n, relayerDisabledAt: new Array<bigint>(16).fill(0n), attestorDisabledAt: new Array<bigint>(16).fill(0n),
  });
  expect(escrow.created.events).toEqual([{ kind: 'createOperator', account: escrow.operator, sequence: 1n, amount: 0n }]);
});

test('an operator can be made where somebody sent lamports ahead, and only once', () => {
  const escrow = openEscrow();
  const admin = newSigner();
  escrow.setAccount(admin.address, { lamports: sol });
  const make = createOperator({ program: escrow.program, admin: admin.address, host: 'github.com', relayer: newAddress(), attestor: newAddress() });
  const address = operatorAddress({ program: escrow.program, firstAdmin: admin.address }).address;
  escrow.setAccount(address, { lamports: 5n });
  expect(escrow.send([make], admin).error).toBeUndefined();
  expect(escrow.balance(address)).toBe(rentReserve(operatorLayout.size, 0n) + 5n);
  const before = escrow.account(address)?.data;
  expect(escrow.send([{ ...make, data: make.data.fill(9, 40) }], admin).error).toBe('ACCOUNT_EXISTS');
  expect(escrow.account(address)?.data).toEqual(before);
});

test('missing keys, signatures, money, and other shapes are refused', () => {
  const escrow = openEscrow();
  const admin = newSigner();
  escrow.setAccount(admin.address, { lamports: sol });
  const sound = { program: escrow.program, admin: admin.address, host: 'github.com', relayer: newAddress(), attestor: newAddress() };
  const make = createOperator(sound);
  expect(escrow.send([createOperator({ ...sound, relayer: zeroAddress })], admin).error).toBe('KEY_MISSING');
  expect(escrow.send([createOperator({ ...sound, attestor: zeroAddress })], admin).error).toBe('KEY_MISSING');
  expect(escrow.send([{ ...make, data: Uint8Array.from(make.data).fill(0, 2, 34) }], admin).error).toBe('KEY_MISSING');
  expect(escrow.send([{ ...make, accounts: make.accounts.map((account) => ({ ...account, signer: false })) }]).error).toBe('SIGNATURE_MISSING');
  expect(escrow.send([{ ...make, data: make.data.slice(1) }], admin).error).not.toBeUndefined();
  expect(escrow.send([{ ...make, data: make.data.slice(0, -1) }], admin).error).toBe('DATA_LENGTH_WRONG');
  expect(escrow.send([{ ...make, data: Uint8Array.of(...make.data, 0) }], admin).error).toBe('DATA_LENGTH_WRONG');
  expect(escrow.send([{ ...make, accounts: make.accounts.slice(0, 2) }], admin).error).toBe('ACCOUNT_COUNT_WRONG');
  expect(escrow.send([{ ...make, accounts: [...make.accounts, ...make.accounts.slice(2)] }], admin).error).toBe('ACCOUNT_COUNT_WRONG');
  const poor = newSigner();
  escrow.setAccount(poor.address, { lamports: 1_000_000n });
  expect(escrow.send([createOperator({ ...sound, admin: poor.address })], poor).error).toBe('FUNDS_TOO_SMALL');
});

test('nobody makes an operator in the name of another admin', () => {
  const escrow = openEscrow();
  const [victim, thief] = [newSigner(), newSigner()];
  escrow.setAccount(thief.address, { lamports: sol });
  const make = createOperator({ program: escrow.program, admin: victim.address, host: 'github.com', relayer: newAddress(), attestor: newAddress() });
  const asKey = { ...make, accounts: make.accounts.map((account, index) => (index === 1 ? { ...account, address: victim.address, signer: true } : index === 0 ? { ...account, address: thief.address } : account)) };
  expect(escrow.send([asKey], thief, victim).error).toBe('ADDRESS_SIGNED');
  const inTheirName = { ...make, accounts: make.accounts.map((account, index) => (index === 0 ? { ...account, address: thief.address } : account)) };
  // Which one depends on where the thief's own seeds lead with the victim's bump.
  expect(['PrivilegeEscalation', 'ProgramFailedToComplete', 'BUMP_NOT_CANONICAL']).toContain(escrow.send([inTheirName], thief).error);
});
