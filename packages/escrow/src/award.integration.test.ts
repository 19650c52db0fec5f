import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { ada, claim, coolDown, grace, grace72, linger, openAwardable, week, whole, window, type Parties } from '../testing/parties.ts';
import { day, newAddress, newSigner, sol } from '../testing/virtual-machine.ts';
import { addressBytes, addressOf, award, awardStanding, depositLayout, disableKeys, identityAddress, payout, refund, refundShare, rentReserve, scheduleKeys, shareAmounts, veto, type Address, type Instruction } from './index.ts';

const reserve = rentReserve(depositLayout.size, 0n);

describe.each(['doubloon_escrow.so', 'doubloon_escrow_v0.so'])('the whole life of a deposit, by %s', (so) => {
  test('awarded by the relayer, final after the window, paid to three wallets to the lamport, closed', () => {
    const shares = [{ githubId: ada, bps: 3333 }, { githubId: grace, bps: 3333 }, { githubId: '77', bps: 3334 }];
    const amount = 2_000_000_001n;
    const { parties, deposit, wallet } = openAwardable({ amount }, { so });
    const wallets = [wallet, parties.link(grace).wallet, parties.link('77').wallet];
    expect(parties.decide(deposit, [parties.relayer], shares).error).toBeUndefined();
    const { award: found, sequence } = parties.deposit(deposit);
    expect(found).toEqual({ shares: shares.map((share) => ({ ...share, settled: undefined })), by: ['relayer'], epoch: 1n, at: parties.now(), finalAt: parties.now() + window });
    expect(sequence).toBe(2n);
    parties.wait(window - 1n);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('AWARD_NOT_FINAL');
    parties.wait(1n);
    const due = shareAmounts(amount, shares.map(({ bps }) => bps));
    expect(due).toEqual([666_600_001n, 666_600_000n, 666_800_000n]);
    for (const index of [2, 0, 1]) {
      const paid = parties.pay(deposit, index, shares[index]?.githubId ?? '', wallets[index]?.address ?? newAddress());
      expect(paid.error).toBeUndefined();
      expect(paid.events).toMatchObject([{ kind: 'payout', account: deposit, amount: due[index] }]);
      expect(parties.balance(wallets[index]?.address ?? newAddress())).toBe(due[index]);
    }
    expect(parties.deposit(deposit)).toMatchObject({ state: 'paid', endedAt: parties.now(), sequence: 5n });
    expect(parties.balance(deposit)).toBe(reserve);
    parties.wait(linger);
    const before = parties.balance(parties.funder.address);
    expect(parties.end(deposit).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(reserve);
    expect(parties.account(deposit)).toBeUndefined();
  });
});

describe('the rule of two keys', () => {
  test.each([['funder', 'relayer'], ['relayer', 'approver'], ['approver', 'funder']] as const)('%s and %s together decide at once', (one, other) => {
    const { parties, deposit, wallet, amount } = openAwardable();
    expect(parties.decide(deposit, [parties[one], parties[other]]).error).toBeUndefined();
    expect(parties.deposit(deposit).award).toMatchObject({ finalAt: parties.now() });
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
    expect(parties.balance(wallet.address)).toBe(amount);
  });

  test.each(['funder', 'relayer', 'approver'] as const)('%s alone decides after 72 hours', (one) => {
    const { parties, deposit, wallet } = openAwardable();
    expect(parties.decide(deposit, [parties[one]]).error).toBeUndefined();
    parties.wait(window - 1n);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('AWARD_NOT_FINAL');
    parties.wait(1n);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('[veto war] any other decider vetoes within the window, and then one key alone never decides again', () => {
    for (const [one, other] of [['funder', 'relayer'], ['funder', 'approver'], ['relayer', 'funder'], ['relayer', 'approver'], ['approver', 'funder'], ['approver', 'relayer']] as const) {
      const { parties, deposit, wallet } = openAwardable();
      parties.decide(deposit, [parties[one]]);
      parties.wait(window - 1n);
      expect(parties.vetoBy(deposit, parties[other]).error).toBeUndefined();
      expect(parties.deposit(deposit)).toMatchObject({ state: 'funded', vetoed: true, award: undefined, sequence: 3n });
      for (const alone of ['funder', 'relayer', 'approver'] as const) expect(parties.decide(deposit, [parties[alone]]).error).toBe('TWO_NEEDED');
      expect(parties.decide(deposit, [parties.relayer, parties.funder]).error).toBeUndefined();
      expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
    }
  });

  test('the one who decided may withdraw, which is no veto', () => {
    const { parties, deposit } = openAwardable();
    parties.decide(deposit, [parties.relayer]);
    expect(parties.vetoBy(deposit, parties.relayer).error).toBeUndefined();
    expect(parties.deposit(deposit)).toMatchObject({ state: 'funded', vetoed: false });
    expect(parties.decide(deposit, [parties.relayer], whole(grace)).error).toBeUndefined();
  });

  test('a final award is never undone: not after its window, and not when two keys made it', () => {
    const { parties, deposit } = openAwardable();
    parties.decide(deposit, [parties.relayer]);
    parties.wait(window);
    for (const decider of [parties.funder, parties.relayer, parties.approver]) expect(parties.vetoBy(deposit, decider).error).toBe('AWARD_FINAL');
    const other = parties.fund({ nonce: 8n }).address;
    parties.decide(other, [parties.relayer, parties.funder]);
    for (const decider of [parties.funder, parties.relayer]) expect(parties.vetoBy(other, decider).error).toBe('AWARD_FINAL');
  });

  test('strangers, the admin, the attestor, winners and the missing approver decide and veto nothing', () => {
    const { parties, deposit, wallet } = openAwardable({ approver: undefined });
    const strangers = [parties.admin, parties.attestor, parties.approver, wallet, newSigner()];
    for (const stranger of strangers) {
      expect(parties.decide(deposit, [stranger]).error).toBe('DECIDER_WRONG');
      expect(parties.decide(deposit, [parties.relayer, stranger]).error).toBe('DECIDER_WRONG');
    }
    parties.decide(deposit, [parties.relayer]);
    for (const stranger of strangers) expect(parties.vetoBy(deposit, stranger).error).toBe('DECIDER_WRONG');
    expect(parties.vetoBy(deposit).error).toBe('SIGNATURE_MISSING');
  });

  test('one key in both places is one key', () => {
    const { parties, deposit } = openAwardable();
    expect(parties.decide(deposit, [parties.relayer, parties.relayer]).error).toBe('DECIDERS_NOT_DISTINCT');
  });

  test('a relayer that is scheduled to be the approver or the funder still counts once', () => {
    for (const twice of ['approver', 'funder'] as const) {
      const { parties, deposit } = openAwardable();
      expect(parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, relayer: parties[twice].address })], parties.admin).error).toBeUndefined();
      parties.wait(week);
      expect(parties.decide(deposit, [parties[twice], parties[twice]]).error).toBe('DECIDERS_NOT_DISTINCT');
      expect(parties.decide(deposit, [parties[twice]]).error).toBeUndefined();
      expect(parties.deposit(deposit).award).toMatchObject({ by: [twice], finalAt: parties.now() + window });
    }
  });

  test('[a funder could award himself] without the relayer the funder decides alone, at once, and nobody else does', () => {
    const { parties, deposit, wallet } = openAwardable({ withRelayer: false, approver: undefined });
    expect(parties.decide(deposit, [parties.relayer]).error).toBe('DECIDER_WRONG');
    expect(parties.decide(deposit, [parties.funder, parties.relayer]).error).toBe('DECIDER_WRONG');
    expect(parties.cancelBy(deposit, parties.relayer).error).toBe('DECIDER_WRONG');
    expect(parties.decide(deposit, [parties.funder]).error).toBeUndefined();
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('a decider who did not sign decides nothing', () => {
    const { parties, deposit } = openAwardable();
    const wish = parties.awarding(deposit, [parties.relayer, parties.funder]);
    for (const index of [2, 3]) {
      const unsigned = { ...wish, accounts: wish.accounts.map((account, at) => (at === index ? { ...account, signer: false } : account)) };
      expect(parties.send([unsigned], index === 2 ? parties.funder : parties.relayer).error).toBe('SIGNATURE_MISSING');
    }
  });
});

describe('[stolen relayer]', () => {
  test('disabling the relayer voids what it decided within the window, and the deposit can be decided again', () => {
    const { parties, deposit, wallet } = openAwardable();
    parties.decide(deposit, [parties.relayer], whole(grace));
    parties.wait(window - 1n);
    expect(parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys: ['relayer'] })], parties.admin).error).toBeUndefined();
    parties.wait(1n);
    expect(awardStanding(parties.deposit(deposit), parties.operatorNow(), parties.now())).toBe('void');
    expect(parties.pay(deposit, 0, grace, newAddress()).error).toBe('AWARD_NOT_FINAL');
    expect(parties.decide(deposit, [parties.relayer]).error).toBe('DECIDER_WRONG');
    expect(parties.decide(deposit, [parties.funder, parties.approver]).error).toBeUndefined();
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('disabling leaves alone what was final and what two keys decided, and what others decided waits longer', () => {
    const { parties, deposit, wallet } = openAwardable();
    const others = [8n, 9n].map((nonce) => parties.fund({ nonce, approver: parties.approver.address }).address);
    parties.decide(deposit, [parties.relayer]);
    parties.wait(window);
    parties.decide(others[0] ?? deposit, [parties.relayer, parties.funder]);
    parties.decide(others[1] ?? deposit, [parties.approver]);
    parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys: ['relayer'] })], parties.admin);
    for (const address of [deposit, others[0] ?? deposit]) expect(parties.pay(address, 0, ada, wallet.address).error).toBeUndefined();
    parties.wait(week + window);
    expect(parties.pay(others[1] ?? deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('a second disabling neither revives a void award nor voids a final one', () => {
    const { parties, deposit, wallet } = openAwardable();
    const final = parties.fund({ nonce: 8n }).address;
    const disabling = disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys: ['relayer'] });
    parties.decide(final, [parties.relayer]);
    parties.wait(window);
    parties.decide(deposit, [parties.relayer]);
    parties.send([disabling], parties.admin);
    for (let again = 0; again < 5; again++) {
      parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, relayer: newAddress() })], parties.admin);
      parties.wait(week);
      expect(parties.send([disabling], parties.admin).error).toBeUndefined();
      expect(awardStanding(parties.deposit(deposit), parties.operatorNow(), parties.now())).toBe('void');
      expect(awardStanding(parties.deposit(final), parties.operatorNow(), parties.now())).toBe('final');
    }
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('AWARD_NOT_FINAL');
    expect(parties.pay(final, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('a void award is cleared by anybody, and then goes back when its time comes', () => {
    const { parties, deposit, terms, amount } = openAwardable();
    parties.decide(deposit, [parties.relayer]);
    parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys: ['relayer'] })], parties.admin);
    parties.setTime(terms.deadline + grace72);
    expect(parties.giveBack(deposit).error).toBe('STATE_WRONG');
    const before = parties.balance(parties.funder.address);
    expect(parties.send([veto({ program: parties.program, deposit, operator: parties.operator }), refund({ program: parties.program, deposit, funder: parties.funder.address })]).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(amount);
    expect(parties.deposit(deposit)).toMatchObject({ state: 'refunded', vetoed: false });
  });

  test('awards by another operator\'s relayer, or against another operator\'s account, are refused', () => {
    const { parties, deposit } = openAwardable();
    const wish = parties.awarding(deposit, [parties.relayer]);
    const genuine = parties.account(parties.operator);
    const twin = newAddress();
    parties.setAccount(twin, { owner: parties.program, data: genuine?.data ?? new Uint8Array() });
    expect(parties.send([{ ...wish, accounts: wish.accounts.map((account, index) => (index === 1 ? { ...account, address: twin } : account)) }], parties.relayer).error).toBe('OPERATOR_WRONG');
  });
});

describe('award', () => {
  test('[address re-use, races] only what was seen is decided on', () => {
    const { parties, deposit } = openAwardable();
    const first = parties.awarding(deposit, [parties.relayer]);
    parties.send([first], parties.relayer);
    parties.vetoBy(deposit, parties.relayer);
    expect(parties.send([first], parties.relayer).error).toBe('DEPOSIT_CHANGED');
    const { createdSlot, sequence } = parties.deposit(deposit);
    const wish = (change: object) => award({ program: parties.program, deposit, operator: parties.operator, deciders: [parties.relayer.address], createdSlot, sequence, shares: whole(ada), ...change });
    expect(parties.send([wish({ createdSlot: createdSlot + 1n })], parties.relayer).error).toBe('DEPOSIT_CHANGED');
    expect(parties.send([wish({ sequence: sequence - 1n })], parties.relayer).error).toBe('DEPOSIT_CHANGED');
    expect(parties.send([wish({})], parties.relayer).error).toBeUndefined();
  });

  test('an award for a deposit that was cancelled, closed and funded again at the same address is refused', () => {
    const { parties, deposit } = openAwardable();
    const old = parties.awarding(deposit, [parties.relayer]);
    parties.cancelBy(deposit, parties.relayer);
    parties.wait(linger);
    parties.end(deposit);
    expect(parties.fund().address).toBe(deposit);
    expect(parties.deposit(deposit).sequence).toBe(1n);
    expect(parties.send([old], parties.relayer).error).toBe('DEPOSIT_CHANGED');
  });

  test('shares: 1 to 8, ids not zero or twice, 10,000 in all, none too small for an empty account', () => {
    const { parties, deposit } = openAwardable();
    const outcome = (shares: [string, number][]) => parties.decide(deposit, [parties.relayer], shares.map(([githubId, bps]) => ({ githubId, bps }))).error;
    expect(outcome([])).toBe('SHARES_INVALID');
    expect(outcome([['1', 9999]])).toBe('SHARES_INVALID');
    expect(outcome([['1', 10_001]])).toBe('SHARES_INVALID');
    expect(outcome([['1', 65_535]])).toBe('SHARES_INVALID');
    expect(outcome([['1', 5000], ['1', 5000]])).toBe('SHARES_INVALID');
    expect(outcome([['1', 10_000], ['2', 0]])).toBe('SHARES_INVALID');
    expect(outcome([['1', 5000], ['2', 5000], ['3', 5000]])).toBe('SHARES_INVALID');
    expect(outcome(Array.from({ length: 9 }, (_, index) => [String(index + 1), index === 0 ? 2000 : 1000]))).toBe('SHARES_INVALID');
    // A ninth share, which there is no room for, behind eight that are all.
    expect(outcome(Array.from({ length: 9 }, (_, index) => [String(index + 1), 1250]))).toBe('SHARES_INVALID');
    expect(outcome([['1', 9996], ['2', 4]])).toBe('SHARE_TOO_SMALL');
    const wish = parties.awarding(deposit, [parties.relayer]);
    expect(parties.send([{ ...wish, data: Uint8Array.from(wish.data).fill(0, 17, 25) }], parties.relayer).error).toBe('SHARES_INVALID');
    expect(parties.deposit(deposit)).toMatchObject({ state: 'funded', sequence: 1n, award: undefined });
    expect(outcome([['1', 9995], ['2', 5]])).toBeUndefined();
  });

  test('[Accretion H1; OpenQ M-2, M-6] a shorter award leaves nothing of a longer one before it', () => {
    const { parties, deposit } = openAwardable();
    const raw = () => parties.account(deposit)?.data.slice(depositLayout.fields.shareIds.offset) ?? new Uint8Array();
    parties.decide(deposit, [parties.relayer], Array.from({ length: 8 }, (_, index) => ({ githubId: String(2n ** 64n - 1n - BigInt(index)), bps: 1250 })));
    expect(raw().every((byte, index) => byte !== 0 || index >= 64)).toBe(true);
    parties.vetoBy(deposit, parties.funder);
    parties.decide(deposit, [parties.relayer, parties.funder]);
    const [id, bps] = [new DataView(raw().buffer).getBigUint64(0, true), new DataView(raw().buffer).getUint16(64, true)];
    expect([id, bps]).toEqual([BigInt(ada), 10_000]);
    expect(raw().fill(0, 0, 8).fill(0, 64, 66)).toEqual(new Uint8Array(raw().length));
    for (const share of [1, 7, 8, 255]) expect(parties.pay(deposit, share, ada, newAddress()).error).toBe('SHARE_UNKNOWN');
  });

  test('is over when the money may go back, and not before', () => {
    const { parties, deposit, terms } = openAwardable();
    parties.setTime(terms.deadline + grace72);
    expect(parties.decide(deposit, [parties.relayer, parties.funder]).error).toBe('TOO_LATE');
    parties.setTime(terms.deadline + grace72 - 1n);
    expect(parties.decide(deposit, [parties.relayer, parties.funder]).error).toBeUndefined();
    parties.wait(1n);
    expect(parties.giveBack(deposit).error).toBe('STATE_WRONG');
  });

  test('[OpenQ H-5, H-6] terminal states stay terminal, and an awarded deposit is awarded once', () => {
    const { parties, deposit, terms } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder]);
    expect(parties.decide(deposit, [parties.approver, parties.funder]).error).toBe('STATE_WRONG');
    const ends = { paid: () => { parties.pay(deposit, 0, ada, parties.identity(ada)?.wallet ?? newAddress()); return deposit; },
      cancelled: () => { const { address } = parties.fund({ nonce: 8n }); parties.cancelBy(address, parties.relayer); return address; },
      refunded: () => { const { address } = parties.fund({ nonce: 9n }); parties.setTime(terms.deadline + grace72 + 1n); parties.giveBack(address); return address; } };
    for (const [state, reach] of Object.entries(ends)) {
      const address = reach();
      expect(parties.deposit(address).state).toBe(state);
      expect(parties.decide(address, [parties.relayer, parties.funder]).error).toBe('STATE_WRONG');
      expect(parties.vetoBy(address, parties.funder).error).toBe('STATE_WRONG');
      expect(parties.cancelBy(address, parties.relayer).error).toBe('STATE_WRONG');
      expect(parties.pay(address, 0, ada, newAddress()).error).toBe('AWARD_NOT_FINAL');
      expect(parties.giveBackShare(address, 0, ada).error).toBe('AWARD_NOT_FINAL');
      expect(parties.giveBack(address).error).toBe('STATE_WRONG');
    }
  });
});

describe('payout', () => {
  test('no share is paid twice, in one transaction either', () => {
    const { parties, deposit, wallet, amount } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder], [{ githubId: ada, bps: 5000 }, { githubId: grace, bps: 5000 }]);
    const paying = payout({ program: parties.program, deposit, operator: parties.operator, share: 0, githubId: ada, wallet: wallet.address });
    expect(parties.send([paying, paying]).error).toBe('SHARE_SETTLED');
    expect(parties.send([paying]).error).toBeUndefined();
    expect(parties.send([paying]).error).toBe('SHARE_SETTLED');
    expect(parties.balance(wallet.address)).toBe(amount / 2n);
    expect(parties.pay(deposit, 2, ada, wallet.address).error).toBe('SHARE_UNKNOWN');
    expect(parties.pay(deposit, 255, ada, wallet.address).error).toBe('SHARE_UNKNOWN');
  });

  test('goes to the wallet of the user of that share and nobody else', () => {
    const { parties, deposit, wallet } = openAwardable();
    const other = parties.link(grace).wallet;
    parties.wait(coolDown);
    parties.decide(deposit, [parties.relayer, parties.funder]);
    expect(parties.pay(deposit, 0, ada, other.address).error).toBe('WALLET_WRONG');
    expect(parties.pay(deposit, 0, grace, other.address).error).toBe('IDENTITY_WRONG');
    expect(parties.pay(deposit, 0, '4242', other.address).error).toBe('ACCOUNT_OWNER_WRONG');
    for (const thief of [parties.relayer, parties.attestor, parties.admin, parties.funder]) expect(parties.pay(deposit, 0, ada, thief.address).error).toBe('WALLET_WRONG');
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('an identity of another operator, at an address of the program\'s own, is refused', () => {
    const { parties, deposit, wallet } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder]);
    const genuine = parties.account(parties.identityOf(ada))?.data ?? new Uint8Array();
    const foreign = newAddress();
    parties.setAccount(foreign, { owner: parties.program, data: Uint8Array.from(genuine).fill(7, 8, 40) });
    const wish = payout({ program: parties.program, deposit, operator: parties.operator, share: 0, githubId: ada, wallet: wallet.address });
    const asking = (address: typeof foreign) => parties.send([{ ...wish, accounts: wish.accounts.map((account, index) => (index === 2 ? { ...account, address } : account)) }]).error;
    expect(asking(foreign)).toBe('IDENTITY_WRONG');
    expect(asking(deposit)).toBe('ACCOUNT_TWICE');
    expect(asking(parties.operator)).toBe('ACCOUNT_KIND_WRONG');
  });

  test('[blocked last winner] needs no account of the funder, who can be gone altogether', () => {
    const { parties, deposit, wallet, amount } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder]);
    parties.setAccount(parties.funder.address, { owner: newAddress(), lamports: 1n, data: new Uint8Array(10) });
    const paying = payout({ program: parties.program, deposit, operator: parties.operator, share: 0, githubId: ada, wallet: wallet.address });
    expect(paying.accounts.some(({ address }) => address === parties.funder.address)).toBe(false);
    expect(parties.send([paying]).error).toBeUndefined();
    expect(parties.balance(wallet.address)).toBe(amount);
  });

  test('[rent rise] a deposit made while rent was low can still be paid in part when it is back at its height', () => {
    const { parties } = openAwardable();
    parties.setRent(696n);
    const { address } = parties.fund({ nonce: 9n });
    parties.setRent(6960n);
    parties.decide(address, [parties.relayer, parties.funder], [{ githubId: ada, bps: 5000 }, { githubId: grace, bps: 5000 }]);
    expect(parties.pay(address, 0, ada, parties.identity(ada)?.wallet ?? newAddress()).error).toBeUndefined();
  });

  test('[OpenQ H-3] stray lamports change no amount and go to the funder at the end', () => {
    const { parties, deposit, wallet, amount } = openAwardable();
    const held = parties.account(deposit);
    parties.setAccount(deposit, { owner: parties.program, lamports: (held?.lamports ?? 0n) + sol, data: held?.data ?? new Uint8Array() });
    parties.decide(deposit, [parties.relayer, parties.funder]);
    parties.pay(deposit, 0, ada, wallet.address);
    expect(parties.balance(wallet.address)).toBe(amount);
    parties.wait(linger);
    const before = parties.balance(parties.funder.address);
    parties.end(deposit);
    expect(parties.balance(parties.funder.address) - before).toBe(reserve + sol);
  });
});

describe('cancel', () => {
  test('the relayer sends an unawarded deposit back at once', () => {
    const { parties, deposit, amount } = openAwardable();
    const before = parties.balance(parties.funder.address);
    for (const other of [parties.funder, parties.approver, parties.admin, parties.attestor]) expect(parties.cancelBy(deposit, other).error).toBe('DECIDER_WRONG');
    expect(parties.cancelBy(deposit, parties.relayer, newAddress()).error).toBe('FUNDER_WRONG');
    expect(parties.cancelBy(deposit, parties.relayer, parties.relayer.address).error).toBe('FUNDER_WRONG');
    expect(parties.cancelBy(deposit, parties.relayer).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(amount);
    expect(parties.deposit(deposit)).toMatchObject({ state: 'cancelled', endedAt: parties.now() });
  });

  test('the funder does where the relayer has no say', () => {
    const { parties, deposit } = openAwardable({ withRelayer: false, approver: undefined });
    expect(parties.cancelBy(deposit, parties.funder).error).toBeUndefined();
  });

  test('not while it is awarded, and not by a disabled relayer', () => {
    const { parties, deposit } = openAwardable();
    parties.decide(deposit, [parties.relayer]);
    expect(parties.cancelBy(deposit, parties.relayer).error).toBe('STATE_WRONG');
    const other = parties.fund({ nonce: 8n }).address;
    parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys: ['relayer'] })], parties.admin);
    expect(parties.cancelBy(other, parties.relayer).error).toBe('DECIDER_WRONG');
  });
});

describe('what nobody claims', () => {
  const shares = [{ githubId: ada, bps: 7000 }, { githubId: grace, bps: 3000 }];

  test('goes back per share, 90 days after the end of the window, and not a second earlier', () => {
    const { parties, deposit, wallet } = openAwardable();
    parties.decide(deposit, [parties.relayer], shares);
    parties.wait(window);
    parties.pay(deposit, 0, ada, wallet.address);
    parties.wait(claim - 1n);
    expect(parties.giveBackShare(deposit, 1, grace).error).toBe('TOO_EARLY');
    parties.wait(1n);
    const before = parties.balance(parties.funder.address);
    expect(parties.giveBackShare(deposit, 1, grace, newAddress()).error).toBe('FUNDER_WRONG');
    expect(parties.giveBackShare(deposit, 0, ada).error).toBe('SHARE_SETTLED');
    expect(parties.giveBackShare(deposit, 1, grace).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(600_000_000n);
    expect(parties.deposit(deposit)).toMatchObject({ state: 'paid', award: { shares: [{ settled: 'paid' }, { settled: 'refunded' }] } });
    expect(parties.balance(deposit)).toBe(reserve);
  });

  test('[winner raced by refund] never from under a user who has a wallet, or has just linked one', () => {
    const { parties, deposit, wallet } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder], shares);
    parties.wait(claim + 10n * day);
    expect(parties.giveBackShare(deposit, 0, ada).error).toBe('IDENTITY_PAYABLE');
    parties.link(grace);
    expect(parties.giveBackShare(deposit, 1, grace).error).toBe('IDENTITY_PAYABLE');
    parties.wait(coolDown);
    expect(parties.giveBackShare(deposit, 1, grace).error).toBe('IDENTITY_PAYABLE');
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
    expect(parties.pay(deposit, 1, grace, parties.identity(grace)?.wallet ?? newAddress()).error).toBeUndefined();
  });

  test('nobody proves an identity absent by another address: another user\'s, another bump\'s, one on the curve', () => {
    const { parties, deposit } = openAwardable();
    const { program, operator } = parties;
    // With bumps on both sides of the sound one.
    let id = 1;
    while (identityAddress({ program, operator, githubId: String(id) }).bump > 253) id++;
    const githubId = String(id);
    const sound = identityAddress({ program, operator, githubId });
    expect(parties.link(githubId).outcome.error).toBeUndefined();
    parties.decide(deposit, [parties.relayer, parties.funder], whole(githubId));
    parties.wait(claim);
    expect(parties.giveBackShare(deposit, 0, grace).error).toBe('IDENTITY_WRONG');
    expect(parties.giveBackShare(deposit, 0, githubId).error).toBe('IDENTITY_PAYABLE');
    const errors = new Set<string | undefined>();
    for (let bump = 255; bump > 200; bump--) {
      if (bump === sound.bump) continue;
      const { address } = derived(parties, githubId, bump);
      const wish = giveBackAt(parties, deposit, address, bump);
      errors.add(parties.send([wish]).error);
    }
    expect([...errors]).toEqual(['BUMP_NOT_CANONICAL']);
  });

  test('not from an award that is pending or void', () => {
    const { parties, deposit } = openAwardable();
    parties.decide(deposit, [parties.relayer], shares);
    expect(parties.giveBackShare(deposit, 1, grace).error).toBe('AWARD_NOT_FINAL');
    parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys: ['relayer'] })], parties.admin);
    parties.wait(window + claim);
    expect(parties.giveBackShare(deposit, 1, grace).error).toBe('AWARD_NOT_FINAL');
  });
});

/** Where the seeds of an identity lead with any bump, on the curve or off it. */
function derived({ program, operator }: Parties, githubId: string, bump: number): { address: Address } {
  const id = new Uint8Array(8);
  new DataView(id.buffer).setBigUint64(0, BigInt(githubId), true);
  return { address: addressOf(sha256(concatBytes(utf8ToBytes('identity'), addressBytes(operator), id, Uint8Array.of(bump), addressBytes(program), utf8ToBytes('ProgramDerivedAddress')))) };
}

function giveBackAt({ program, operator, funder }: Parties, deposit: Address, identity: Address, bump: number): Instruction {
  const sound = refundShare({ program, deposit, operator, funder: funder.address, share: 0, githubId: ada });
  return { ...sound, data: sound.data.with(2, bump), accounts: sound.accounts.map((account, index) => (index === 3 ? { ...account, address: identity } : account)) };
}
