import { describe, expect, test } from 'vitest';
import { ada, openAwardable } from '../testing/parties.ts';
import { newAddress, newSigner, sol } from '../testing/virtual-machine.ts';
import { cancel, linkIdentity, veto } from './index.ts';

/** The program reads what the runtime passes by itself, so both builds are tried with accounts that are hard to read. */
describe.each(['doubloon_escrow.so', 'doubloon_escrow_v0.so'])('the entry point of %s', (so) => {
  test('finds data and program behind accounts of any length', () => {
    const { parties, wallet } = openAwardable({}, { so });
    for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 165, 10_239, 10_240, 10_241]) {
      const { address: deposit } = parties.fund({ nonce: 1000n + BigInt(length), approver: parties.approver.address });
      parties.setAccount(wallet.address, { owner: newAddress(), lamports: sol, data: new Uint8Array(length).fill(255) });
      expect(parties.decide(deposit, [parties.relayer, parties.funder]).error).toBeUndefined();
      expect(parties.pay(deposit, 0, ada, wallet.address).error).toBeUndefined();
      const after = parties.account(wallet.address);
      expect([after?.lamports, after?.data.length, after?.data.every((byte) => byte === 255)]).toEqual([3n * sol, length, true]);
    }
  });

  test('reads an account in two places as one, wherever the first stands', () => {
    const { parties } = openAwardable({}, { so });
    const { address: deposit } = parties.fund({ nonce: 1000n, withRelayer: false });
    const before = parties.balance(parties.funder.address);
    expect(parties.send([cancel({ program: parties.program, deposit, operator: parties.operator, funder: parties.funder.address, decider: parties.funder.address })], parties.funder).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(2n * sol);
    const wallet = newSigner();
    parties.setAccount(wallet.address, { lamports: sol });
    const own = linkIdentity({ program: parties.program, operator: parties.operator, githubId: '77', payer: wallet.address, attestor: parties.attestor.address, wallet: wallet.address, expiry: parties.now() + 300n });
    expect(parties.send([own], wallet, parties.attestor).error).toBeUndefined();
    expect(parties.identity('77')).toMatchObject({ wallet: wallet.address });
  });

  test('refuses the ninth account and every one after it, however often it is repeated', () => {
    const { parties, deposit } = openAwardable({}, { so });
    parties.decide(deposit, [parties.relayer]);
    const wish = veto({ program: parties.program, deposit, operator: parties.operator, decider: parties.funder.address });
    for (const count of [1, 5, 6, 7, 60, 200]) {
      const extra = Array.from({ length: count }, () => ({ address: parties.funder.address, signer: true, writable: false }));
      expect(parties.send([{ ...wish, accounts: [...wish.accounts, ...extra] }], parties.funder).error).toBe('ACCOUNT_COUNT_WRONG');
    }
    expect(parties.send([wish], parties.funder).error).toBeUndefined();
  });

  test('takes no account and no data for what they are', () => {
    const { parties } = openAwardable({}, { so });
    for (const [data, error] of [[[], 'INSTRUCTION_UNKNOWN'], [[18], 'INSTRUCTION_UNKNOWN'], [[13], 'ACCOUNT_COUNT_WRONG']] as const) {
      expect(parties.send([{ program: parties.program, accounts: [], data: Uint8Array.from(data) }]).error).toBe(error);
    }
  });
});
