import { describe, expect, test } from 'vitest';
import { day, hour, newAddress, newSigner, openEscrow, sol, type Escrow } from '../testing/virtual-machine.ts';
import { close, depositAddress, depositLayout, fundSol, refund, rentReserve, systemProgram, zeroAddress, type Address, type Instruction } from './index.ts';

const reserve = rentReserve(depositLayout.size, 0n);
const grace = 72n * hour;
const linger = 7n * day;

function openFunded(change: { now?: bigint; so?: string } = {}) {
  const escrow = openEscrow(change);
  const { address, terms } = escrow.fund();
  const parties = { program: escrow.program, deposit: address, funder: escrow.funder.address };
  return { escrow, address, terms, opens: terms.deadline + grace, refunding: refund(parties), closing: close(parties) };
}
const state = (escrow: Escrow, address: Address) => escrow.deposit(address).state;

describe.each(['doubloon_escrow.so', 'doubloon_escrow_v0.so'])('refund and close of %s', (so) => {
  test('anybody refunds, from the last second of grace on, all of the amount, and after a week the rent', () => {
    const { escrow, address, terms, opens, refunding, closing } = openFunded({ so });
    const funder = escrow.funder.address;
    const before = escrow.balance(funder);
    for (const early of [terms.deadline - 1n, terms.deadline, opens - 1n]) {
      escrow.setTime(early);
      expect(escrow.send([refunding]).error).toBe('TOO_EARLY');
    }
    expect(state(escrow, address)).toBe('funded');
    escrow.setTime(opens);
    const refunded = escrow.send([refunding]);
    expect(refunded.error).toBeUndefined();
    expect(refunded.events).toEqual([{ kind: 'refund', account: address, sequence: 2n, amount: terms.amount }]);
    expect(escrow.balance(funder) - before).toBe(terms.amount);
    expect(escrow.balance(address)).toBe(reserve);
    expect(escrow.deposit(address)).toMatchObject({ state: 'refunded', endedAt: opens, sequence: 2n, amount: terms.amount });

    escrow.setTime(opens + linger - 1n);
    expect(escrow.send([closing]).error).toBe('TOO_EARLY');
    escrow.setTime(opens + linger);
    const closed = escrow.send([closing]);
    expect(closed.error).toBeUndefined();
    expect(closed.events).toEqual([{ kind: 'close', account: address, sequence: 3n, amount: reserve }]);
    expect(escrow.balance(funder) - before).toBe(terms.amount + reserve);
    expect(escrow.account(address)?.lamports ?? 0n).toBe(0n);
  });
});

describe('refund', () => {
  test('pays once, in one transaction or in two', () => {
    const { escrow, address, opens, refunding } = openFunded();
    escrow.setTime(opens);
    expect(escrow.send([refunding, refunding]).error).toBe('STATE_WRONG');
    expect(state(escrow, address)).toBe('funded');
    expect(escrow.send([refunding]).error).toBeUndefined();
    const paid = escrow.balance(escrow.funder.address);
    expect(escrow.send([refunding]).error).toBe('STATE_WRONG');
    expect(escrow.balance(escrow.funder.address)).toBe(paid);
  });

  test('goes to the recorded funder and nobody else, whoever asks', () => {
    const { escrow, address, opens } = openFunded();
    escrow.setTime(opens + 1000n * day);
    for (const thief of [newAddress(), escrow.relayer.address, escrow.attestor.address, escrow.admin.address, escrow.operator, escrow.payer.address, address]) {
      expect(escrow.send([refund({ program: escrow.program, deposit: address, funder: thief })]).error).toBe('FUNDER_WRONG');
    }
  });

  test('reaches a funder whose account is gone', () => {
    const { escrow, terms, opens, refunding } = openFunded();
    escrow.setAccount(escrow.funder.address, { lamports: 0n });
    escrow.setTime(opens);
    expect(escrow.send([refunding]).error).toBeUndefined();
    expect(escrow.balance(escrow.funder.address)).toBe(terms.amount);
  });

  test('of the smallest amount reaches a funder whose account is gone', () => {
    const escrow = openEscrow();
    const { address, terms } = escrow.fund({ amount: 890_880n });
    escrow.setAccount(escrow.funder.address, { lamports: 0n });
    escrow.setTime(terms.deadline + grace);
    expect(escrow.send([refund({ program: escrow.program, deposit: address, funder: escrow.funder.address })]).error).toBeUndefined();
    expect(escrow.balance(escrow.funder.address)).toBe(890_880n);
  });

  test('is not changed by lamports that strangers send; they go to the funder when the account closes', () => {
    const { escrow, address, terms, opens, refunding, closing } = openFunded();
    const account = escrow.account(address);
    escrow.setAccount(address, { owner: escrow.program, data: account?.data ?? new Uint8Array(), lamports: (account?.lamports ?? 0n) + 3n * sol });
    const before = escrow.balance(escrow.funder.address);
    escrow.setTime(opens);
    expect(escrow.send([refunding]).error).toBeUndefined();
    expect(escrow.balance(escrow.funder.address) - before).toBe(terms.amount);
    expect(escrow.balance(address)).toBe(reserve + 3n * sol);
    escrow.setTime(opens + linger);
    expect(escrow.send([closing]).error).toBeUndefined();
    expect(escrow.balance(escrow.funder.address) - before).toBe(terms.amount + reserve + 3n * sol);
  });

  test('[Accretion L] needs a deposit of this program, of the right kind, version and length', () => {
    const { escrow, address, opens } = openFunded();
    const genuine = escrow.account(address)?.data ?? new Uint8Array();
    escrow.setTime(opens);
    const outcome = (change: { owner?: Address; data?: Uint8Array; lamports?: bigint }) => {
      const fake = newAddress();
      escrow.setAccount(fake, { owner: escrow.program, data: genuine, lamports: 100n * sol, ...change });
      return [refund, close].map((build) => escrow.send([build({ program: escrow.program, deposit: fake, funder: escrow.funder.address })]).error);
    };
    expect(outcome({ owner: systemProgram })).toEqual(['ACCOUNT_OWNER_WRONG', 'ACCOUNT_OWNER_WRONG']);
    expect(outcome({ owner: newAddress() })).toEqual(['ACCOUNT_OWNER_WRONG', 'ACCOUNT_OWNER_WRONG']);
    for (const data of [genuine.with(0, 1), genuine.with(0, 0), genuine.slice(0, -8), new Uint8Array()]) expect(outcome({ data })).toEqual(['ACCOUNT_KIND_WRONG', 'ACCOUNT_KIND_WRONG']);
    expect(outcome({ data: genuine.with(1, 2) })).toEqual(['ACCOUNT_VERSION_WRONG', 'ACCOUNT_VERSION_WRONG']);
    expect(outcome({ data: genuine.with(depositLayout.fields.mint.offset, 1) })[0]).toBe('MINT_WRONG');
    // Never more than is there, whatever the account says.
    expect(outcome({ lamports: sol })[0]).toBe('BALANCE_BROKEN');
    expect(outcome({ data: Uint8Array.from(genuine).fill(255, depositLayout.fields.amount.offset, depositLayout.fields.amount.offset + 8) })[0]).toBe('BALANCE_BROKEN');
  });

  test('[OpenQ H-5] does not touch awarded, paid and cancelled deposits', () => {
    const { escrow, address, opens, refunding } = openFunded();
    const genuine = escrow.account(address);
    escrow.setTime(opens);
    for (const number of [0, 2, 3, 4, 5, 6, 255]) {
      escrow.setAccount(address, { owner: escrow.program, lamports: genuine?.lamports ?? 0n, data: (genuine?.data ?? new Uint8Array()).with(depositLayout.fields.state.offset, number) });
      expect(escrow.send([refunding]).error).toBe('STATE_WRONG');
    }
  });

  test('takes exactly its accounts and its one byte', () => {
    const { escrow, opens, refunding, closing } = openFunded();
    escrow.setTime(opens);
    const extra = { address: newAddress(), signer: false, writable: true };
    for (const sound of [refunding, closing]) {
      const outcome = (change: Partial<Instruction>) => escrow.send([{ ...sound, ...change }]).error;
      expect(outcome({ data: Uint8Array.of(...sound.data, 0) })).toBe('DATA_LENGTH_WRONG');
      expect(outcome({ accounts: sound.accounts.slice(0, 1) })).toBe('ACCOUNT_COUNT_WRONG');
      expect(outcome({ accounts: [...sound.accounts, extra] })).toBe('ACCOUNT_COUNT_WRONG');
      expect(outcome({ accounts: sound.accounts.map((account) => ({ ...account, writable: false })) })).toBe('ACCOUNT_NOT_WRITABLE');
      expect(outcome({})).toBeUndefined();
      escrow.setTime(escrow.now() + linger);
    }
  });

  test('two deposits of one funder go back in one transaction, each whole', () => {
    const escrow = openEscrow();
    const deposits = [escrow.fund({ nonce: 1n, amount: sol }), escrow.fund({ nonce: 2n, amount: 3n * sol })];
    const before = escrow.balance(escrow.funder.address);
    escrow.setTime((deposits[1]?.terms.deadline ?? 0n) + grace);
    expect(escrow.send(deposits.map(({ address }) => refund({ program: escrow.program, deposit: address, funder: escrow.funder.address }))).error).toBeUndefined();
    expect(escrow.balance(escrow.funder.address) - before).toBe(4n * sol);
  });

  test('[OpenQ H-7, M-1, M-4, M-5] of one deposit takes nothing of the others on its issue, however many there are', () => {
    const escrow = openEscrow();
    const others = Array.from({ length: 40 }, (_, index) => {
      const funder = newSigner();
      escrow.setAccount(funder.address, { lamports: 10n * sol });
      const terms = escrow.terms({ funder: funder.address, amount: sol + BigInt(index) });
      expect(escrow.send([fundSol(terms)], funder).error).toBeUndefined();
      return { funder: funder.address, deposit: depositAddress(terms).address, terms };
    });
    escrow.setTime((others[0]?.terms.deadline ?? 0n) + grace);
    const units = new Set(others.map(({ funder, deposit, terms }) => {
      const before = escrow.balance(funder);
      const { error, units: used } = escrow.send([refund({ program: escrow.program, deposit, funder })]);
      expect(error).toBeUndefined();
      expect(escrow.balance(funder) - before).toBe(terms.amount);
      return used;
    }));
    expect(units.size).toBe(1);
  });

  test('[OpenQ H-1] opens when it should at the far end of time, and never wraps around', () => {
    const now = 2n ** 63n - 1n - 2n * day;
    const escrow = openEscrow({ now });
    const { address } = escrow.fund({ deadline: now + day });
    const refunding = refund({ program: escrow.program, deposit: address, funder: escrow.funder.address });
    escrow.setTime(2n ** 63n - 2n);
    expect(escrow.send([refunding]).error).toBe('TOO_EARLY');
    escrow.setTime(-(2n ** 63n));
    expect(escrow.send([refunding]).error).toBe('TOO_EARLY');
    escrow.setTime(2n ** 63n - 1n);
    expect(escrow.send([refunding]).error).toBeUndefined();
  });
});

describe('close', () => {
  test('is refused while the deposit is alive, however late', () => {
    const { escrow, address, opens, closing } = openFunded();
    escrow.setTime(opens + 1000n * day);
    expect(escrow.send([closing]).error).toBe('STATE_WRONG');
    expect(state(escrow, address)).toBe('funded');
  });

  test('goes to the recorded funder and nobody else', () => {
    const { escrow, address, opens, refunding } = openFunded();
    escrow.setTime(opens);
    escrow.send([refunding]);
    escrow.setTime(opens + linger);
    for (const thief of [newAddress(), escrow.operator, escrow.relayer.address, address]) {
      expect(escrow.send([close({ program: escrow.program, deposit: address, funder: thief })]).error).toBe('FUNDER_WRONG');
    }
  });

  test('leaves nothing to revive in the same transaction', () => {
    const { escrow, address, opens, refunding, closing } = openFunded();
    escrow.setTime(opens);
    escrow.send([refunding]);
    escrow.setTime(opens + linger);
    const reviver = newSigner();
    escrow.setAccount(reviver.address, { lamports: 10n * sol });
    const gift = new Uint8Array(12);
    new DataView(gift.buffer).setUint32(0, 2, true);
    new DataView(gift.buffer).setBigUint64(4, 5n * sol, true);
    const revive: Instruction = { program: systemProgram, accounts: [{ address: reviver.address, signer: true, writable: true }, { address, signer: false, writable: true }], data: gift };
    expect(escrow.send([closing, revive, closing], reviver).error).toBe('ACCOUNT_OWNER_WRONG');
    expect(escrow.send([closing, revive, refunding], reviver).error).toBe('ACCOUNT_OWNER_WRONG');
    expect(escrow.send([closing, revive], reviver).error).toBeUndefined();
    expect(escrow.account(address)).toMatchObject({ owner: systemProgram, lamports: 5n * sol });
    expect(escrow.account(address)?.data).toHaveLength(0);
  });

  test('frees the address for a new deposit, which starts from nothing', () => {
    const { escrow, address, terms, opens, refunding, closing } = openFunded();
    escrow.setTime(opens);
    escrow.send([refunding]);
    escrow.setTime(opens + linger);
    const again = { ...terms, amount: sol, deadline: escrow.now() + day };
    expect(escrow.send([closing, fundSol(again)], escrow.funder).error).toBeUndefined();
    expect(depositAddress(again).address).toBe(address);
    expect(escrow.deposit(address)).toMatchObject({ state: 'funded', amount: sol, sequence: 1n, endedAt: undefined, award: undefined });
    expect(escrow.send([refunding]).error).toBe('TOO_EARLY');
  });

  test('a deposit of the program is never somebody\'s to take by the system program', () => {
    const { escrow, address } = openFunded();
    const take = new Uint8Array(12);
    new DataView(take.buffer).setUint32(0, 2, true);
    new DataView(take.buffer).setBigUint64(4, sol, true);
    const theft: Instruction = { program: systemProgram, accounts: [{ address, signer: false, writable: true }, { address: zeroAddress, signer: false, writable: true }], data: take };
    expect(escrow.send([theft]).error).not.toBeUndefined();
    expect(state(escrow, address)).toBe('funded');
  });
});
