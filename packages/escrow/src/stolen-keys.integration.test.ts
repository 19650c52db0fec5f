import { describe, expect, test } from 'vitest';
import { ada, coolDown, grace, grace72, openAwardable, week, whole, window, type Parties } from '../testing/parties.ts';
import { newSigner } from '../testing/virtual-machine.ts';
import { changeAdmin, disableKeys, scheduleKeys, type Signer } from './index.ts';

/** A GitHub account of the thief's own, which any attestor would link to the thief's wallet in good faith. */
const mallory = '666';

const disable = (parties: Parties, ...keys: ('relayer' | 'attestor')[]) => parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, keys })], parties.admin).error;

/** A deposit, Ada who earned it, and a thief with a GitHub account and a wallet, linked long ago. */
function openTheft() {
  const opened = openAwardable();
  const thief = opened.parties.link(mallory).wallet;
  opened.parties.wait(coolDown);
  const stolen = () => opened.parties.pay(opened.deposit, 0, mallory, thief.address).error;
  return { ...opened, thief, stolen };
}

describe('the relayer\'s key alone', () => {
  test('awards the thief, and one veto of funder or approver within 72 hours ends that for good', () => {
    for (const guard of ['funder', 'approver'] as const) {
      const { parties, deposit, stolen } = openTheft();
      expect(parties.decide(deposit, [parties.relayer], whole(mallory)).error).toBeUndefined();
      parties.wait(window - 1n);
      expect(stolen()).toBe('AWARD_NOT_FINAL');
      expect(parties.vetoBy(deposit, parties[guard]).error).toBeUndefined();
      expect(parties.decide(deposit, [parties.relayer], whole(mallory)).error).toBe('TWO_NEEDED');
    }
  });

  test('awarding again to dodge a veto only starts the window again', () => {
    const { parties, deposit } = openTheft();
    for (let again = 0; again < 3; again++) {
      parties.decide(deposit, [parties.relayer], whole(mallory));
      parties.wait(window - 1n);
      parties.vetoBy(deposit, parties.relayer);
    }
    parties.decide(deposit, [parties.relayer], whole(mallory));
    expect(parties.vetoBy(deposit, parties.funder).error).toBeUndefined();
  });

  test('cancels unawarded deposits, which pays their funders and nobody else', () => {
    const { parties, deposit, amount, thief } = openTheft();
    expect(parties.cancelBy(deposit, parties.relayer, thief.address).error).toBe('FUNDER_WRONG');
    const before = parties.balance(parties.funder.address);
    expect(parties.cancelBy(deposit, parties.relayer).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(amount);
  });

  test('disabling it voids its awards in the window and stops it at once', () => {
    const { parties, deposit, stolen } = openTheft();
    parties.decide(deposit, [parties.relayer], whole(mallory));
    expect(disable(parties, 'relayer')).toBeUndefined();
    parties.wait(10n * window);
    expect(stolen()).toBe('AWARD_NOT_FINAL');
    expect(parties.decide(deposit, [parties.relayer], whole(mallory)).error).toBe('DECIDER_WRONG');
    expect(parties.cancelBy(deposit, parties.relayer).error).toBe('DECIDER_WRONG');
  });

  test('if nobody looks for 72 hours, the money is gone', () => {
    const { parties, deposit, stolen, thief, amount } = openTheft();
    parties.decide(deposit, [parties.relayer], whole(mallory));
    parties.wait(window);
    expect(stolen()).toBeUndefined();
    expect(parties.balance(thief.address)).toBe(amount);
  });
});

describe('the attestor\'s key alone', () => {
  test('links the thief in the place of a winner, which counts after 72 hours unless the key is disabled', () => {
    const { parties, deposit } = openTheft();
    parties.decide(deposit, [parties.relayer, parties.funder], whole(grace));
    const wallet = newSigner();
    expect(parties.link(grace, wallet).outcome.error).toBeUndefined();
    parties.wait(coolDown - 1n);
    expect(parties.pay(deposit, 0, grace, wallet.address).error).toBe('IDENTITY_UNPAYABLE');
    expect(disable(parties, 'attestor')).toBeUndefined();
    parties.wait(coolDown);
    expect(parties.pay(deposit, 0, grace, wallet.address).error).toBe('IDENTITY_UNPAYABLE');
  });

  test('can\'t move a linked winner against their wallet: they cancel, and disabling gives them back what they had', () => {
    const { parties, deposit, wallet, thief } = openTheft();
    parties.decide(deposit, [parties.relayer, parties.funder]);
    parties.change(ada, thief);
    parties.wait(coolDown - 1n);
    disable(parties, 'attestor');
    parties.wait(1n);
    expect(parties.pay(deposit, 0, ada, thief.address).error).toBe('WALLET_WRONG');
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('decides, vetoes and cancels nothing', () => {
    const { parties, deposit } = openTheft();
    expect(parties.decide(deposit, [parties.attestor]).error).toBe('DECIDER_WRONG');
    expect(parties.cancelBy(deposit, parties.attestor).error).toBe('DECIDER_WRONG');
    parties.decide(deposit, [parties.relayer]);
    expect(parties.vetoBy(deposit, parties.attestor).error).toBe('DECIDER_WRONG');
  });
});

describe('the admin\'s key alone', () => {
  test('brings keys of the thief\'s in a week that everybody sees coming, and then has 72 hours and a veto before it', () => {
    const { parties, deposit, stolen } = openTheft();
    const relayer = newSigner();
    parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, relayer: relayer.address, attestor: newSigner().address })], parties.admin);
    parties.wait(week - 1n);
    expect(parties.decide(deposit, [relayer], whole(mallory)).error).toBe('DECIDER_WRONG');
    parties.wait(1n);
    expect(parties.decide(deposit, [relayer], whole(mallory)).error).toBeUndefined();
    parties.wait(window - 1n);
    expect(stolen()).toBe('AWARD_NOT_FINAL');
    expect(parties.vetoBy(deposit, parties.funder).error).toBeUndefined();
  });

  test('the true admin, who has it too, takes a scheduled key back before it starts', () => {
    const { parties, deposit } = openTheft();
    const relayer = newSigner();
    parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, relayer: relayer.address })], parties.admin);
    parties.wait(week - 1n);
    expect(disable(parties, 'relayer')).toBeUndefined();
    parties.wait(1n);
    expect(parties.decide(deposit, [relayer], whole(mallory)).error).toBe('DECIDER_WRONG');
  });

  test('locks the true admin out, and all the same touches no deposit: funder and approver decide, and time gives back', () => {
    const { parties, deposit, wallet, amount } = openTheft();
    const { address: other, terms } = parties.fund({ nonce: 8n, approver: parties.approver.address });
    const admin = newSigner();
    parties.send([changeAdmin({ program: parties.program, operator: parties.operator, admin: parties.admin.address, next: admin.address })], parties.admin, admin);
    parties.send([disableKeys({ program: parties.program, operator: parties.operator, admin: admin.address, keys: ['relayer', 'attestor'] })], admin);
    expect(disable(parties, 'relayer')).toBe('ADMIN_WRONG');
    expect(parties.decide(deposit, [parties.funder, parties.approver]).error).toBeUndefined();
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
    parties.setTime(terms.deadline + grace72);
    const before = parties.balance(parties.funder.address);
    expect(parties.giveBack(other).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(amount);
  });

  test('stops no winner by naming their wallet as a key of the operator\'s', () => {
    const { parties, deposit, wallet } = openTheft();
    parties.decide(deposit, [parties.relayer, parties.funder]);
    expect(parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, attestor: wallet.address })], parties.admin).error).toBeUndefined();
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('undoes no award that is final', () => {
    const { parties, deposit, wallet } = openTheft();
    parties.decide(deposit, [parties.relayer]);
    parties.wait(window);
    disable(parties, 'relayer');
    disable(parties, 'attestor');
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });
});

describe('the approver\'s key alone, or the funder\'s', () => {
  test.each([['approver', 'funder'], ['approver', 'relayer'], ['funder', 'relayer'], ['funder', 'approver']] as const)('the %s\'s awards the thief after 72 hours, in which the %s vetoes', (key, guard) => {
    const { parties, deposit, stolen } = openTheft();
    parties.decide(deposit, [parties[key]], whole(mallory));
    parties.wait(window - 1n);
    expect(stolen()).toBe('AWARD_NOT_FINAL');
    expect(parties.vetoBy(deposit, parties[guard]).error).toBeUndefined();
    expect(parties.decide(deposit, [parties[key]], whole(mallory)).error).toBe('TWO_NEEDED');
  });

  test('the funder\'s can veto an honest award and wait for the deadline, and can not cancel', () => {
    const { parties, deposit, terms } = openTheft();
    parties.decide(deposit, [parties.relayer]);
    expect(parties.cancelBy(deposit, parties.funder).error).toBe('DECIDER_WRONG');
    parties.vetoBy(deposit, parties.funder);
    expect(parties.giveBack(deposit).error).toBe('TOO_EARLY');
    expect(parties.decide(deposit, [parties.relayer, parties.approver]).error).toBeUndefined();
    parties.setTime(terms.deadline + grace72);
    expect(parties.giveBack(deposit).error).toBe('STATE_WRONG');
  });
});

describe('two keys together', () => {
  const pairs: readonly (readonly [string, (parties: Parties) => readonly [Signer, Signer]])[] = [
    ['relayer and approver', (parties) => [parties.relayer, parties.approver]],
    ['relayer and funder', (parties) => [parties.relayer, parties.funder]],
    ['approver and funder', (parties) => [parties.approver, parties.funder]],
  ];
  test.each(pairs)('%s are two deciders, and take that deposit at once', (_name, of) => {
    const { parties, deposit, stolen } = openTheft();
    expect(parties.decide(deposit, of(parties), whole(mallory)).error).toBeUndefined();
    expect(stolen()).toBeUndefined();
  });

  const halves: readonly (readonly [string, (parties: Parties) => readonly [Signer, Signer]])[] = [
    ['relayer and attestor', (parties) => [parties.relayer, parties.attestor]],
    ['relayer and admin', (parties) => [parties.relayer, parties.admin]],
    ['attestor and admin', (parties) => [parties.attestor, parties.admin]],
    ['attestor and approver', (parties) => [parties.attestor, parties.approver]],
    ['attestor and funder', (parties) => [parties.attestor, parties.funder]],
    ['admin and approver', (parties) => [parties.admin, parties.approver]],
    ['admin and funder', (parties) => [parties.admin, parties.funder]],
  ];
  test.each(halves)('%s hold one decider at most: nothing moves before 72 hours, and a veto stops it', (_name, of) => {
    const { parties, deposit, stolen } = openTheft();
    const [one, two] = of(parties);
    expect(parties.decide(deposit, [one, two], whole(mallory)).error).toBe('DECIDER_WRONG');
    const alone = [one, two].map((key) => parties.decide(deposit, [key], whole(mallory)).error);
    if (alone.includes(undefined)) {
      parties.wait(window - 1n);
      expect(stolen()).toBe('AWARD_NOT_FINAL');
      const guard = [parties.funder, parties.approver].find((key) => key !== one && key !== two) ?? parties.funder;
      expect(parties.vetoBy(deposit, guard).error).toBeUndefined();
      expect([one, two].map((key) => parties.decide(deposit, [key], whole(mallory)).error)).not.toContain(undefined);
    } else {
      expect(stolen()).toBe('AWARD_NOT_FINAL');
    }
  });

  test('admin and approver: a relayer that the admin schedules makes two deciders of them, a week later and not before', () => {
    const { parties, deposit, stolen } = openTheft();
    const relayer = newSigner();
    parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, relayer: relayer.address })], parties.admin);
    parties.wait(week - 1n);
    expect(parties.decide(deposit, [relayer, parties.approver], whole(mallory)).error).toBe('DECIDER_WRONG');
    parties.wait(1n);
    expect(parties.decide(deposit, [relayer, parties.approver], whole(mallory)).error).toBeUndefined();
    expect(stolen()).toBeUndefined();
  });

  test('admin and funder: two deciders by a relayer of the admin\'s, a week later and not before; until then the relayer in force vetoes, and disabling takes the next one back', () => {
    for (const noticed of [true, false]) {
      const { parties, deposit, stolen } = openTheft();
      const relayer = newSigner();
      parties.decide(deposit, [parties.funder], whole(mallory));
      expect(parties.vetoBy(deposit, parties.relayer).error).toBeUndefined();
      parties.send([scheduleKeys({ program: parties.program, operator: parties.operator, admin: parties.admin.address, relayer: relayer.address })], parties.admin);
      parties.wait(week - 1n);
      expect(parties.decide(deposit, [relayer, parties.funder], whole(mallory)).error).toBe('DECIDER_WRONG');
      if (noticed) expect(disable(parties, 'relayer')).toBeUndefined();
      parties.wait(1n);
      expect(parties.decide(deposit, [relayer, parties.funder], whole(mallory)).error).toBe(noticed ? 'DECIDER_WRONG' : undefined);
      expect(stolen()).toBe(noticed ? 'AWARD_NOT_FINAL' : undefined);
    }
  });

  test('admin and funder, by disabling the relayer so that nobody vetoes: what the funder decides waits until a next one had its time', () => {
    const { parties, thief } = openTheft();
    const { address: deposit } = parties.fund({ nonce: 8n });
    parties.decide(deposit, [parties.funder], whole(mallory));
    expect(disable(parties, 'relayer')).toBeUndefined();
    parties.wait(week + window - 1n);
    expect(parties.pay(deposit, 0, mallory, thief.address).error).toBe('AWARD_NOT_FINAL');
  });

  test('a winner\'s wallet alone takes what they earned, and neither their place nor anybody\'s award', () => {
    const { parties, deposit, wallet } = openTheft();
    expect(parties.decide(deposit, [wallet], whole(ada)).error).toBe('DECIDER_WRONG');
    expect(parties.link(grace, wallet, wallet).outcome.error).toBe('ATTESTOR_WRONG');
    expect(parties.change(ada, newSigner(), wallet).error).toBe('ATTESTOR_WRONG');
  });
});
