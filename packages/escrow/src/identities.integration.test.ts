import { describe, expect, test } from 'vitest';
import { ada, claim, coolDown, grace, openAwardable, openParties, week, type Parties } from '../testing/parties.ts';
import { newSigner, sol } from '../testing/virtual-machine.ts';
import {
  cancelChange, changeWallet, disableKeys, effectiveWallet, identityLayout, linkIdentity, rentReserve, scheduleKeys, settleChange, systemProgram, unlinkIdentity, type Address, type Instruction, type Signer,
} from './index.ts';

const standing = (parties: Parties, githubId = ada) => effectiveWallet(parties.identity(githubId), parties.operatorNow(), parties.now());
const disable = (parties: Parties, ...keys: ('relayer' | 'attestor')[]) => parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys })], parties.admin);
const key = ({ program, operator }: Parties, githubId = ada) => ({ program, operator, githubId });
const cancelled = (parties: Parties, wallet: Signer) => parties.send([cancelChange({ ...key(parties), wallet: wallet.address })], wallet);
const settled = (parties: Parties, oldWallet: Signer, newWallet: Signer) => parties.send([settleChange({ ...key(parties), oldWallet: oldWallet.address, newWallet: newWallet.address })], oldWallet, newWallet);
const unlinked = (parties: Parties, wallet: Signer) => parties.send([unlinkIdentity({ ...key(parties), wallet: wallet.address })], wallet);

/** A final award of 2 SOL to Ada, so that each test can ask the program itself who is paid. */
function openPayable() {
  const opened = openAwardable();
  const { parties, deposit } = opened;
  parties.decide(deposit, [parties.relayer, parties.funder]);
  const paid = (wallet: Address) => parties.pay(deposit, 0, ada, wallet).error;
  return { ...opened, paid };
}

describe('linking', () => {
  test('needs wallet and attestor, costs the payer the rent, and counts after the cool-down', () => {
    const parties = openParties();
    const before = parties.balance(parties.payer.address);
    const { wallet, outcome } = parties.link(ada);
    expect(outcome.error).toBeUndefined();
    expect(outcome.events).toEqual([{ kind: 'linkIdentity', account: parties.identityOf(ada), sequence: 1n, amount: 0n }]);
    expect(before - parties.balance(parties.payer.address)).toBe(rentReserve(identityLayout.size, 0n) + 3n * 5000n);
    expect(parties.identity(ada)).toMatchObject({ state: 'linked', wallet: wallet.address, linkedAt: parties.now(), attestorEpoch: 1n, githubId: ada, operator: parties.operator, contested: false, pending: undefined });
    parties.wait(coolDown - 1n);
    expect(standing(parties)).toEqual({ kind: 'waiting' });
    parties.wait(1n);
    expect(standing(parties)).toEqual({ kind: 'wallet', wallet: wallet.address });
  });

  test('[stolen attestor, hijacked account] a fresh link is not paid for a cool-down, however final the award', () => {
    const parties = openParties();
    const { address } = parties.fund();
    parties.decide(address, [parties.relayer, parties.funder]);
    const { wallet } = parties.link(ada);
    parties.wait(coolDown - 1n);
    expect(parties.pay(address, 0, ada, wallet.address).error).toBe('IDENTITY_UNPAYABLE');
    parties.wait(1n);
    expect(parties.pay(address, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('not without either signature, not by another attestor, not over a link that is there', () => {
    const parties = openParties();
    const wallet = newSigner();
    const wish = parties.linking(ada, wallet);
    const unsigned = (at: number): Instruction => ({ ...wish, accounts: wish.accounts.map((account, index) => (index === at ? { ...account, signer: false } : account)) });
    expect(parties.send([unsigned(3)], wallet).error).toBe('SIGNATURE_MISSING');
    expect(parties.send([unsigned(4)], parties.attestor).error).toBe('SIGNATURE_MISSING');
    for (const other of [parties.relayer, parties.admin, newSigner()]) expect(parties.link(ada, wallet, other).outcome.error).toBe('ATTESTOR_WRONG');
    expect(parties.send([wish], parties.attestor, wallet).error).toBeUndefined();
    expect(parties.link(ada).outcome.error).toBe('IDENTITY_LINKED');
    expect(parties.send([{ ...wish, data: Uint8Array.from(wish.data).fill(0, 2, 10) }], parties.attestor, wallet).error).toBe('IDENTITY_WRONG');
  });

  test('[durable nonce] an attestation is worth ten minutes, and none can be made to last', () => {
    const parties = openParties();
    const wallet = newSigner();
    const outcome = (expiry: bigint) => parties.send([parties.linking(ada, wallet, parties.attestor, expiry)], parties.attestor, wallet).error;
    expect(outcome(parties.now())).toBe('ATTESTATION_EXPIRED');
    expect(outcome(parties.now() + 601n)).toBe('ATTESTATION_EXPIRED');
    expect(outcome(2n ** 63n - 1n)).toBe('ATTESTATION_EXPIRED');
    const kept = parties.linking(ada, wallet);
    parties.wait(300n);
    expect(parties.send([kept], parties.attestor, wallet).error).toBe('ATTESTATION_EXPIRED');
    expect(outcome(parties.now() + 600n)).toBeUndefined();
  });

  test('the operator\'s own keys are nobody\'s wallet: no lamport ends with them', () => {
    const parties = openParties();
    for (const own of [parties.admin, parties.relayer, parties.attestor]) {
      expect(parties.link(ada, own).outcome.error).toBe('WALLET_WRONG');
    }
    const next = newSigner();
    parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, relayer: next.address })], parties.admin);
    expect(parties.link(ada, next).outcome.error).toBe('WALLET_WRONG');
    parties.link(ada);
    expect(parties.change(ada, parties.relayer).error).toBe('WALLET_WRONG');
  });

  test('[Accretion M4] works where somebody sent lamports ahead, and not in the name of another user', () => {
    const parties = openParties();
    parties.setAccount(parties.identityOf(ada), { lamports: 5n });
    expect(parties.link(ada).outcome.error).toBeUndefined();
    const wallet = newSigner();
    const wish = parties.linking(grace, wallet);
    const elsewhere = { ...wish, accounts: wish.accounts.map((account, index) => (index === 1 ? { ...account, address: parties.identityOf('77') } : account)) };
    expect(parties.send([elsewhere], parties.attestor, wallet).error).not.toBeUndefined();
    expect(parties.account(parties.identityOf('77'))).toBeUndefined();
    const asKey = newSigner();
    expect(parties.send([{ ...wish, accounts: wish.accounts.map((account, index) => (index === 1 ? { ...account, address: asKey.address, signer: true } : account)) }], parties.attestor, wallet, asKey).error).toBe('ADDRESS_SIGNED');
  });

  test('needs a user id, a payer who signs and can pay, and the system program', () => {
    const parties = openParties();
    const wallet = newSigner();
    const wish = parties.linking(ada, wallet);
    const zero = { ...wish, data: Uint8Array.from(wish.data).fill(0, 2, 10) };
    expect(parties.send([zero], parties.attestor, wallet).error).toBe('ID_MISSING');
    const poor = newSigner();
    parties.setAccount(poor.address, { lamports: 1_000_000n });
    expect(parties.send([linkIdentity({ ...key(parties), payer: poor.address, attestor: parties.attestor.address, wallet: wallet.address, expiry: parties.now() + 1n })], parties.attestor, wallet, poor).error).toBe('FUNDS_TOO_SMALL');
    expect(parties.send([{ ...wish, accounts: wish.accounts.map((account, index) => (index === 5 ? { ...account, address: parties.program } : account)) }], parties.attestor, wallet).error).toBe('SYSTEM_PROGRAM_WRONG');
  });
});

describe('changing the wallet', () => {
  test('pauses payouts, matures after the cool-down, and then the new wallet is paid and the old one is nobody', () => {
    const { parties, wallet, paid, amount } = openPayable();
    const next = newSigner();
    expect(parties.change(ada, next).error).toBeUndefined();
    parties.wait(coolDown - 1n);
    expect(paid(wallet.address)).toBe('IDENTITY_UNPAYABLE');
    expect(paid(next.address)).toBe('IDENTITY_UNPAYABLE');
    parties.wait(1n);
    expect(paid(wallet.address)).toBe('WALLET_WRONG');
    expect(paid(next.address)).toBeUndefined();
    expect(parties.balance(next.address)).toBe(amount);
    expect(cancelled(parties, wallet).error).toBe('WALLET_WRONG');
    expect(unlinked(parties, wallet).error).toBe('WALLET_WRONG');
    expect(unlinked(parties, next).error).toBeUndefined();
  });

  test('[stolen wallet] the old wallet cancels, and then neither is paid, until a later change matures', () => {
    const { parties, wallet, paid } = openPayable();
    const next = newSigner();
    parties.change(ada, next);
    parties.wait(coolDown - 1n);
    expect(cancelled(parties, wallet).error).toBeUndefined();
    parties.wait(10n * coolDown);
    expect(standing(parties)).toEqual({ kind: 'contested' });
    for (const one of [wallet, next]) expect(paid(one.address)).toBe('IDENTITY_UNPAYABLE');
    expect(parties.change(ada, next).error).toBeUndefined();
    parties.wait(coolDown);
    expect(paid(next.address)).toBeUndefined();
  });

  test('only the old wallet cancels, only once, and not when it is too late', () => {
    const { parties, wallet } = openPayable();
    const next = newSigner();
    expect(cancelled(parties, wallet).error).toBe('CHANGE_MISSING');
    parties.change(ada, next);
    for (const other of [next, parties.attestor, parties.admin, parties.relayer]) expect(cancelled(parties, other).error).toBe('WALLET_WRONG');
    expect(cancelled(parties, wallet).error).toBeUndefined();
    expect(cancelled(parties, wallet).error).toBe('CHANGE_MISSING');
    parties.wait(coolDown);
    parties.change(ada, next);
    parties.wait(coolDown);
    expect(cancelled(parties, wallet).error).toBe('WALLET_WRONG');
  });

  test('[re-link tricks] a pending change can not be started again, which would pause payouts for ever', () => {
    const { parties, paid } = openPayable();
    const next = newSigner();
    parties.change(ada, next);
    parties.wait(coolDown - 1n);
    expect(parties.change(ada, newSigner()).error).toBe('CHANGE_PENDING');
    expect(parties.change(ada, next).error).toBe('CHANGE_PENDING');
    expect(parties.link(ada).outcome.error).toBe('IDENTITY_LINKED');
    parties.wait(1n);
    expect(paid(next.address)).toBeUndefined();
  });

  test('[re-link tricks] unlinking and linking again skips no cool-down', () => {
    const { parties, wallet, paid } = openPayable();
    expect(unlinked(parties, wallet).error).toBeUndefined();
    expect(parties.identity(ada)).toMatchObject({ state: 'unlinked', wallet: systemProgram, pending: undefined });
    expect(paid(wallet.address)).toBe('IDENTITY_UNPAYABLE');
    const again = parties.link(ada).wallet;
    expect(paid(again.address)).toBe('IDENTITY_UNPAYABLE');
    parties.wait(coolDown);
    expect(paid(wallet.address)).toBe('WALLET_WRONG');
    expect(paid(again.address)).toBeUndefined();
  });

  test('both wallets together settle it at once, pending or cancelled, and nobody else does', () => {
    for (const first of [false, true]) {
      const { parties, wallet, paid } = openPayable();
      const next = newSigner();
      expect(settled(parties, wallet, next).error).toBe('CHANGE_MISSING');
      parties.change(ada, next);
      if (first) cancelled(parties, wallet);
      expect(settled(parties, wallet, newSigner()).error).toBe('WALLET_WRONG');
      expect(settled(parties, newSigner(), next).error).toBe('WALLET_WRONG');
      expect(settled(parties, next, next).error).toBe('WALLET_WRONG');
      const wish = settleChange({ ...key(parties), oldWallet: wallet.address, newWallet: next.address });
      expect(parties.send([{ ...wish, accounts: wish.accounts.map((account, index) => (index === 3 ? { ...account, signer: false } : account)) }], wallet).error).toBe('SIGNATURE_MISSING');
      expect(settled(parties, wallet, next).error).toBeUndefined();
      expect(paid(next.address)).toBeUndefined();
    }
  });

  test('settling, and unlinking, end an older dispute too', () => {
    for (const settles of [true, false]) {
      const { parties, wallet } = openPayable();
      parties.change(ada, newSigner());
      cancelled(parties, wallet);
      parties.wait(coolDown);
      const next = newSigner();
      parties.change(ada, next);
      expect(parties.identity(ada)).toMatchObject({ contested: false, contestedBefore: true });
      expect((settles ? settled(parties, wallet, next) : unlinked(parties, wallet)).error).toBeUndefined();
      expect(parties.identity(ada)).toMatchObject({ contested: false, contestedBefore: false });
      expect(standing(parties)).toEqual(settles ? { kind: 'wallet', wallet: next.address } : { kind: 'nobody' });
    }
  });

  test('settling makes a fresh link no older than it is', () => {
    const parties = openParties();
    const { wallet } = parties.link(ada);
    const next = newSigner();
    parties.change(ada, next);
    expect(settled(parties, wallet, next).error).toBeUndefined();
    expect(standing(parties)).toEqual({ kind: 'waiting' });
    disable(parties, 'attestor');
    parties.wait(coolDown);
    expect(standing(parties)).toEqual({ kind: 'nobody' });
  });

  test('to the same wallet is no change', () => {
    const { parties, wallet } = openPayable();
    expect(parties.change(ada, wallet).error).toBe('WALLET_WRONG');
  });

  test('needs an attestation that is fresh and of the attestor, and a link to change', () => {
    const { parties, wallet } = openPayable();
    const next = newSigner();
    const wish = (expiry: bigint, attestor: Signer) => parties.send([changeWallet({ ...key(parties), attestor: attestor.address, wallet: next.address, expiry })], attestor, next).error;
    expect(wish(parties.now(), parties.attestor)).toBe('ATTESTATION_EXPIRED');
    expect(wish(parties.now() + 601n, parties.attestor)).toBe('ATTESTATION_EXPIRED');
    expect(wish(parties.now() + 60n, parties.relayer)).toBe('ATTESTOR_WRONG');
    expect(wish(parties.now() + 60n, wallet)).toBe('ATTESTOR_WRONG');
    unlinked(parties, wallet);
    expect(wish(parties.now() + 60n, parties.attestor)).toBe('IDENTITY_UNLINKED');
  });
});

describe('disabling the attestor', () => {
  test('undoes links that had not cooled down, and the user can link again with the next key', () => {
    const { parties, deposit } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder], [{ githubId: grace, bps: 10_000 }]);
    const thief = parties.link(grace).wallet;
    parties.wait(coolDown - 1n);
    expect(disable(parties, 'attestor').error).toBeUndefined();
    parties.wait(1n);
    expect(parties.pay(deposit, 0, grace, thief.address).error).toBe('IDENTITY_UNPAYABLE');
    expect(standing(parties, grace)).toEqual({ kind: 'nobody' });
    expect(standing(parties)).toMatchObject({ kind: 'wallet' });
    expect(parties.link(grace).outcome.error).toBe('ATTESTOR_WRONG');
    const next = newSigner();
    parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, attestor: next.address })], parties.admin);
    parties.wait(week);
    const wallet = newSigner();
    expect(parties.link(grace, wallet, next).outcome.error).toBeUndefined();
    parties.wait(coolDown);
    expect(parties.pay(deposit, 0, grace, wallet.address).error).toBeUndefined();
  });

  test('undoes changes that had not matured, cancelled or not, as if they had never been', () => {
    for (const objected of [false, true]) {
      const { parties, wallet, paid } = openPayable();
      parties.change(ada, newSigner());
      if (objected) cancelled(parties, wallet);
      disable(parties, 'attestor');
      expect(paid(wallet.address)).toBeUndefined();
    }
  });

  test('undoes a dispute that its thief tried to lay a second change upon, which nobody can before the first is past undoing', () => {
    const { parties, wallet, paid } = openPayable();
    const thief = newSigner();
    parties.change(ada, thief);
    parties.wait(coolDown - 2n);
    cancelled(parties, wallet);
    parties.wait(1n);
    expect(parties.change(ada, thief).error).toBe('CHANGE_PENDING');
    disable(parties, 'attestor');
    expect(standing(parties)).toEqual({ kind: 'wallet', wallet: wallet.address });
    expect(paid(wallet.address)).toBeUndefined();
  });

  test('leaves a dispute that was older than the undone change', () => {
    const { parties, wallet, paid } = openPayable();
    parties.change(ada, newSigner());
    cancelled(parties, wallet);
    parties.wait(2n * coolDown);
    parties.change(ada, newSigner());
    disable(parties, 'attestor');
    expect(standing(parties)).toEqual({ kind: 'contested' });
    expect(paid(wallet.address)).toBe('IDENTITY_UNPAYABLE');
  });

  test('a matured change stays, however often keys are disabled', () => {
    const { parties, paid } = openPayable();
    const next = newSigner();
    parties.change(ada, next);
    parties.wait(coolDown);
    for (let again = 0; again < 3; again++) {
      expect(disable(parties, 'attestor').error).toBeUndefined();
      parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, attestor: newSigner().address })], parties.admin);
      parties.wait(week);
    }
    expect(paid(next.address)).toBeUndefined();
  });
});

test('a dispute that nobody ends gives the share back to the funder after the claim time: nobody is stuck', () => {
  const { parties, deposit, wallet, amount } = openPayable();
  parties.change(ada, newSigner());
  cancelled(parties, wallet);
  parties.wait(claim - 1n);
  expect(parties.giveBackShare(deposit, 0, ada).error).toBe('TOO_EARLY');
  parties.wait(1n);
  const before = parties.balance(parties.funder.address);
  expect(parties.giveBackShare(deposit, 0, ada).error).toBeUndefined();
  expect(parties.balance(parties.funder.address) - before).toBe(amount);
});

test('identities and operators of another kind, program or pairing are refused everywhere', () => {
  const { parties, deposit, wallet } = openPayable();
  const wishes = [cancelChange({ ...key(parties), wallet: wallet.address }), unlinkIdentity({ ...key(parties), wallet: wallet.address })];
  const genuine = parties.account(parties.operator)?.data ?? new Uint8Array();
  const twin = newSigner().address;
  parties.setAccount(twin, { owner: parties.program, data: genuine });
  const foreign = newSigner().address;
  parties.setAccount(foreign, { owner: newSigner().address, lamports: sol, data: parties.account(parties.identityOf(ada))?.data ?? new Uint8Array() });
  for (const wish of wishes) {
    const at = (index: number, address: Address) => parties.send([{ ...wish, accounts: wish.accounts.map((account, place) => (place === index ? { ...account, address } : account)) }], wallet).error;
    expect(at(0, foreign)).toBe('ACCOUNT_OWNER_WRONG');
    expect(at(0, deposit)).toBe('ACCOUNT_KIND_WRONG');
    expect(at(0, parties.operator)).toBe('ACCOUNT_KIND_WRONG');
    expect(at(1, twin)).toBe('OPERATOR_WRONG');
    expect(at(1, parties.identityOf(ada))).toBe('OPERATOR_WRONG');
  }
});
