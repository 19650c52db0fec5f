import { describe, expect, test } from 'vitest';
import { ada, coolDown, openAwardable, openParties, week, whole } from '../testing/parties.ts';
import { newAddress, newSigner } from '../testing/virtual-machine.ts';
import { changeAdmin, createOperator, disableKeys, keyInForce, scheduleKeys, type Signer } from './index.ts';

const administered = ({ program, operator, admin }: ReturnType<typeof openParties>) => ({ program, operator, admin: admin.address });

describe('the admin', () => {
  test('is changed by old and new together, and the old one is nobody then', () => {
    const parties = openParties();
    const next = newSigner();
    const wish = changeAdmin({ ...administered(parties), next: next.address });
    for (const index of [1, 2]) {
      const unsigned = { ...wish, accounts: wish.accounts.map((account, at) => (at === index ? { ...account, signer: false } : account)) };
      expect(parties.send([unsigned], index === 1 ? next : parties.admin).error).toBe('SIGNATURE_MISSING');
    }
    expect(parties.send([changeAdmin({ ...administered(parties), admin: next.address, next: parties.payer.address })], next).error).toBe('ADMIN_WRONG');
    expect(parties.send([wish], parties.admin, next).error).toBeUndefined();
    expect(parties.operatorNow()).toMatchObject({ admin: next.address, firstAdmin: parties.admin.address, sequence: 2n });
    expect(parties.send([disableKeys({ ...administered(parties), keys: ['relayer'] })], parties.admin).error).toBe('ADMIN_WRONG');
    expect(parties.send([disableKeys({ ...administered(parties), admin: next.address, keys: ['relayer'] })], next).error).toBeUndefined();
  });

  test('nobody else schedules or disables', () => {
    const parties = openParties();
    for (const other of [parties.relayer, parties.attestor, parties.funder, newSigner()]) {
      expect(parties.send([scheduleKeys({ ...administered(parties), admin: other.address, relayer: newAddress() })], other).error).toBe('ADMIN_WRONG');
      expect(parties.send([disableKeys({ ...administered(parties), admin: other.address, keys: ['attestor'] })], other).error).toBe('ADMIN_WRONG');
    }
    const wish = disableKeys({ ...administered(parties), keys: ['relayer'] });
    expect(parties.send([{ ...wish, accounts: wish.accounts.map((account) => ({ ...account, signer: false })) }]).error).toBe('SIGNATURE_MISSING');
  });

  test('keys are three different ones', () => {
    const parties = openParties();
    const [one, two] = [newAddress(), newAddress()];
    const make = (relayer: typeof one, attestor: typeof one) => parties.send([createOperator({ program: parties.program, admin: parties.payer.address, host: 'github.com', relayer, attestor })]).error;
    expect(make(one, one)).toBe('KEYS_NOT_DISTINCT');
    expect(make(parties.payer.address, two)).toBe('KEYS_NOT_DISTINCT');
    expect(make(one, parties.payer.address)).toBe('KEYS_NOT_DISTINCT');
    for (const own of [parties.admin.address, parties.relayer.address, parties.attestor.address]) {
      expect(parties.send([scheduleKeys({ ...administered(parties), relayer: own })], parties.admin).error).toBe('KEYS_NOT_DISTINCT');
    }
    expect(parties.send([scheduleKeys({ ...administered(parties), relayer: one, attestor: one })], parties.admin).error).toBe('KEYS_NOT_DISTINCT');
    expect(parties.send([changeAdmin({ ...administered(parties), next: parties.relayer.address })], parties.admin, parties.relayer).error).toBe('KEYS_NOT_DISTINCT');
    expect(parties.send([scheduleKeys(administered(parties))], parties.admin).error).toBe('KEY_MISSING');
    const wish = disableKeys({ ...administered(parties), keys: ['relayer'] });
    for (const which of [0, 4, 255]) expect(parties.send([{ ...wish, data: wish.data.with(1, which) }], parties.admin).error).toBe('FLAG_INVALID');
  });
});

describe('scheduled keys', () => {
  test('take over by themselves after seven days, and what the old key decided goes on', () => {
    const { parties, deposit, wallet } = openAwardable();
    const next = newSigner();
    parties.wait(week - coolDown + 1n);
    const started = parties.now();
    expect(parties.send([scheduleKeys({ ...administered(parties), relayer: next.address })], parties.admin).error).toBeUndefined();
    expect(parties.operatorNow()).toMatchObject({ relayer: parties.relayer.address, nextRelayer: { key: next.address, at: started + week }, relayerEpoch: 1n });
    parties.wait(week - 1n);
    expect(parties.decide(deposit, [next]).error).toBe('DECIDER_WRONG');
    expect(parties.decide(deposit, [parties.relayer]).error).toBeUndefined();
    parties.wait(1n);
    expect(keyInForce(parties.operatorNow(), 'relayer', parties.now())).toBe(next.address);
    expect(parties.decide(parties.fund({ nonce: 8n }).address, [parties.relayer]).error).toBe('DECIDER_WRONG');
    expect(parties.vetoBy(deposit, parties.relayer).error).toBe('DECIDER_WRONG');
    parties.wait(coolDown);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('[stolen admin] the funder has the week and the window: a relayer that a thief schedules is stopped by one veto', () => {
    const { parties, deposit } = openAwardable();
    const thief = newSigner();
    parties.send([scheduleKeys({ ...administered(parties), relayer: thief.address })], parties.admin);
    parties.wait(week);
    expect(parties.decide(deposit, [thief], whole('666')).error).toBeUndefined();
    expect(parties.vetoBy(deposit, parties.funder).error).toBeUndefined();
    expect(parties.decide(deposit, [thief], whole('666')).error).toBe('TWO_NEEDED');
  });

  test('disabling takes the scheduled key back too', () => {
    const parties = openParties();
    const next = newSigner();
    parties.send([scheduleKeys({ ...administered(parties), relayer: next.address, attestor: newAddress() })], parties.admin);
    expect(parties.send([disableKeys({ ...administered(parties), keys: ['relayer'] })], parties.admin).error).toBeUndefined();
    expect(parties.operatorNow()).toMatchObject({ relayer: undefined, nextRelayer: undefined, relayerEpoch: 2n, attestorEpoch: 1n, attestor: parties.attestor.address });
    parties.wait(week);
    expect(keyInForce(parties.operatorNow(), 'relayer', parties.now())).toBeUndefined();
    const { address } = parties.fund();
    for (const key of [next, parties.relayer]) expect(parties.decide(address, [key]).error).toBe('DECIDER_WRONG');
    expect(parties.send([disableKeys({ ...administered(parties), keys: ['relayer'] })], parties.admin).error).toBe('KEY_MISSING');
  });

  test('a deposit whose relayer is disabled is still decided by its other keys, and refundable', () => {
    const { parties, deposit, wallet } = openAwardable();
    parties.send([disableKeys({ ...administered(parties), keys: ['relayer', 'attestor'] })], parties.admin);
    const by: Signer[] = [parties.funder, parties.approver];
    expect(parties.decide(deposit, by).error).toBeUndefined();
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('[Accretion M1] whatever the admin does, no byte of a deposit changes', () => {
    const { parties, deposit, wallet } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder]);
    const before = parties.account(deposit);
    const next = newSigner();
    const base = administered(parties);
    for (const [wish, ...signers] of [
      [scheduleKeys({ ...base, relayer: newAddress(), attestor: newAddress() }), parties.admin], [disableKeys({ ...base, keys: ['relayer', 'attestor'] }), parties.admin],
      [changeAdmin({ ...base, next: next.address }), parties.admin, next],
    ] as const) expect(parties.send([wish], ...signers).error).toBeUndefined();
    expect(parties.account(deposit)).toEqual(before);
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
  });

  test('[id collision between hosts] the host of an operator never changes', () => {
    const parties = openParties();
    const host = parties.operatorNow().hostHash;
    const next = newSigner();
    parties.send([scheduleKeys({ ...administered(parties), relayer: newAddress(), attestor: newAddress() })], parties.admin);
    parties.send([disableKeys({ ...administered(parties), keys: ['relayer', 'attestor'] })], parties.admin);
    parties.send([changeAdmin({ ...administered(parties), next: next.address })], parties.admin, next);
    expect(parties.operatorNow()).toMatchObject({ admin: next.address, hostHash: host });
  });
});
