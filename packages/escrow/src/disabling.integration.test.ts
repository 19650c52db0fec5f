import { describe, expect, test } from 'vitest';
import { ada, claim, coolDown, grace, grace72, openAwardable, week, whole, window, type Parties } from '../testing/parties.ts';
import { newAddress, newSigner } from '../testing/virtual-machine.ts';
import { awardFinalAt, awardStanding, claimableUntil, disableKeys, effectiveWallet, keyInForce, scheduleKeys, type Signer } from './index.ts';

type Key = 'relayer' | 'attestor';

const admin = ({ program, operator, admin }: Parties) => ({ program, operator, admin: admin.address });
const disable = (parties: Parties, ...keys: Key[]) => parties.send([disableKeys({ ...admin(parties), keys })], parties.admin).error;
const schedule = (parties: Parties, key: Key, next: Signer = newSigner()) => parties.send([scheduleKeys({ ...admin(parties), [key]: next.address })], parties.admin).error;

/** Disables a key as often as that goes, a week apart, and ends without one. */
function disableToTheEnd(parties: Parties, key: Key): void {
  for (let times = 1; times <= 16; times++) {
    expect(disable(parties, key)).toBeUndefined();
    expect(schedule(parties, key)).toBe(times < 16 ? undefined : 'KEYS_SPENT');
    parties.wait(week);
  }
  expect(disable(parties, key)).toBe('KEY_MISSING');
  expect(keyInForce(parties.operatorNow(), key, parties.now())).toBeUndefined();
}

const award = (parties: Parties, deposit: Parameters<Parties['deposit']>[0]) => awardStanding(parties.deposit(deposit), parties.operatorNow(), parties.now());

describe('a key that is disabled as often as possible', () => {
  test('relayer: what was final stays so, partly paid or not, what was void stays void, and no money is stuck', () => {
    const { parties, deposit, wallet, amount, terms } = openAwardable();
    const [untouched = deposit, stolen = deposit, open = deposit] = [8n, 9n, 10n].map((nonce) => parties.fund({ nonce, approver: parties.approver.address, deadline: terms.deadline + 200n * 86_400n }).address);
    const halves = [{ githubId: ada, bps: 5000 }, { githubId: grace, bps: 5000 }];
    parties.decide(deposit, [parties.relayer], halves);
    parties.decide(untouched, [parties.relayer, parties.funder]);
    parties.wait(window);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
    parties.decide(stolen, [parties.relayer], whole(grace));
    disableToTheEnd(parties, 'relayer');
    expect([deposit, untouched, stolen].map((address) => award(parties, address))).toEqual(['final', 'final', 'void']);
    for (const decider of [undefined, parties.funder]) expect(parties.vetoBy(deposit, decider).error).toBe('AWARD_FINAL');
    expect(parties.decide(deposit, [parties.funder, parties.approver]).error).toBe('STATE_WRONG');
    const other = parties.link(grace).wallet;
    parties.wait(coolDown);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('SHARE_SETTLED');
    expect(parties.pay(deposit, 1, grace, other.address).error).toBeUndefined();
    expect(parties.pay(untouched, 0, ada, wallet.address).error).toBeUndefined();
    expect(parties.pay(stolen, 0, grace, other.address).error).toBe('AWARD_NOT_FINAL');
    expect(parties.balance(other.address)).toBe(amount / 2n);
    expect(parties.decide(open, [parties.funder, parties.approver]).error).toBeUndefined();
    expect(parties.pay(open, 0, ada, wallet.address).error).toBeUndefined();
    expect(parties.vetoBy(stolen).error).toBeUndefined();
    parties.setTime(parties.deposit(stolen).deadline + grace72);
    expect(parties.giveBack(stolen).error).toBeUndefined();
  });

  test('attestor: old links and matured changes go on being paid, and what was undone stays undone', () => {
    const { parties, deposit, wallet } = openAwardable();
    const other = parties.link(grace).wallet;
    parties.decide(deposit, [parties.relayer, parties.funder]);
    disableToTheEnd(parties, 'attestor');
    const standing = (githubId: string) => effectiveWallet(parties.identity(githubId), parties.operatorNow(), parties.now());
    expect(standing(ada)).toEqual({ kind: 'wallet', wallet: wallet.address });
    expect(standing(grace)).toEqual({ kind: 'nobody' });
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
    const second = parties.fund({ nonce: 8n }).address;
    parties.decide(second, [parties.relayer, parties.funder], whole(grace));
    expect(parties.pay(second, 0, grace, other.address).error).toBe('IDENTITY_UNPAYABLE');
  });
});

describe('while no relayer is in force', () => {
  const alone = () => openAwardable({ approver: undefined });

  test('what the funder decides alone waits for a next relayer, which can veto it to the last second', () => {
    const { parties, deposit, wallet } = alone();
    disable(parties, 'relayer');
    parties.wait(10n * week);
    const next = newSigner();
    expect(schedule(parties, 'relayer', next)).toBeUndefined();
    expect(parties.decide(deposit, [parties.funder]).error).toBeUndefined();
    expect(parties.deposit(deposit).award?.finalAt).toBe(parties.now() + week + window);
    parties.wait(week + window - 1n);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('AWARD_NOT_FINAL');
    expect(parties.vetoBy(deposit, next).error).toBeUndefined();
    expect(parties.decide(deposit, [parties.funder]).error).toBe('TWO_NEEDED');
  });

  test('what the funder decided alone just before waits too, anew after every disabling, and is not stuck', () => {
    const { parties, deposit, wallet } = alone();
    parties.decide(deposit, [parties.funder]);
    parties.wait(window - 1n);
    for (let times = 0; times < 3; times++) {
      expect(disable(parties, 'relayer')).toBeUndefined();
      const { award } = parties.deposit(deposit);
      expect(award && awardFinalAt(award, parties.operatorNow())).toBe(parties.now() + week + window);
      schedule(parties, 'relayer');
      parties.wait(week + window - 1n);
      expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('AWARD_NOT_FINAL');
    }
    parties.wait(1n);
    expect(disable(parties, 'relayer')).toBeUndefined();
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('a relayer that is stolen again within that time can be disabled again, and the next one still vetoes', () => {
    const { parties, deposit, wallet } = alone();
    parties.decide(deposit, [parties.funder]);
    disable(parties, 'relayer');
    schedule(parties, 'relayer');
    parties.wait(week);
    disable(parties, 'relayer');
    const third = newSigner();
    schedule(parties, 'relayer', third);
    parties.wait(week + window - 1n);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('AWARD_NOT_FINAL');
    expect(parties.vetoBy(deposit, third).error).toBeUndefined();
  });

  test('two keys still decide at once, and the funder alone where the relayer never had a say', () => {
    const { parties, deposit, wallet } = openAwardable();
    const free = parties.fund({ nonce: 8n, withRelayer: false }).address;
    disable(parties, 'relayer');
    parties.decide(deposit, [parties.funder, parties.approver]);
    parties.decide(free, [parties.funder]);
    for (const address of [deposit, free]) expect(parties.pay(address, 0, ada, wallet.address).error).toBeUndefined();
  });
});

describe('the time to claim', () => {
  /** A final award for Grace, who never linked a wallet or whose link is undone, one second before it would go back. */
  function openClaim(linked: boolean) {
    const opened = openAwardable();
    const { parties, deposit } = opened;
    parties.decide(deposit, [parties.relayer, parties.funder], whole(grace));
    parties.wait(claim - 1n);
    if (linked) parties.link(grace);
    expect(disable(parties, 'attestor')).toBeUndefined();
    return opened;
  }

  test.each([['who had just linked a wallet', true], ['who had none yet', false]] as const)('starts again when the attestor is disabled, so that a winner %s can link with the next one', (_name, linked) => {
    const { parties, deposit } = openClaim(linked);
    const ended = parties.now();
    const { award } = parties.deposit(deposit);
    expect(award && claimableUntil(award, parties.operatorNow())).toBe(ended + claim);
    parties.wait(1n);
    expect(parties.giveBackShare(deposit, 0, grace).error).toBe('TOO_EARLY');
    const [attestor, wallet] = [newSigner(), newSigner()];
    schedule(parties, 'attestor', attestor);
    parties.setTime(ended + claim - 1n);
    expect(parties.giveBackShare(deposit, 0, grace).error).toBe('TOO_EARLY');
    expect(parties.link(grace, wallet, attestor).outcome.error).toBeUndefined();
    parties.wait(1n);
    expect(parties.giveBackShare(deposit, 0, grace).error).toBe('IDENTITY_PAYABLE');
    parties.wait(coolDown);
    expect(parties.pay(deposit, 0, grace, wallet.address).error).toBeUndefined();
  });

  test('is over after that, so that no share is stuck with a user who never links', () => {
    const { parties, deposit, amount } = openClaim(true);
    parties.wait(claim);
    const before = parties.balance(parties.funder.address);
    expect(parties.giveBackShare(deposit, 0, grace).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(amount);
  });

  test('is counted from when a late award became final', () => {
    const { parties, deposit } = openAwardable();
    parties.decide(deposit, [parties.funder], whole(grace));
    disable(parties, 'relayer');
    parties.wait(week + window + claim - 1n);
    expect(parties.giveBackShare(deposit, 0, grace).error).toBe('TOO_EARLY');
    parties.wait(1n);
    expect(parties.giveBackShare(deposit, 0, grace).error).toBeUndefined();
  });
});

test('once a share was paid, nothing undoes the award, not even a clock that goes back', () => {
  const { parties, deposit, wallet } = openAwardable();
  parties.decide(deposit, [parties.relayer], [{ githubId: ada, bps: 5000 }, { githubId: grace, bps: 5000 }]);
  const awarded = parties.now();
  parties.wait(window);
  expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  parties.setTime(awarded + 1n);
  expect(parties.vetoBy(deposit, parties.funder).error).toBe('AWARD_FINAL');
  disable(parties, 'relayer');
  expect(award(parties, deposit)).toBe('final');
  expect(parties.vetoBy(deposit).error).toBe('AWARD_FINAL');
  expect(parties.decide(deposit, [parties.funder, parties.approver]).error).toBe('STATE_WRONG');
  expect(parties.pay(deposit, 1, grace, newAddress()).error).not.toBe('AWARD_NOT_FINAL');
});
