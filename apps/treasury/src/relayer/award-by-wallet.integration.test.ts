import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { award, compileTransaction, decodeDeposit, localProgram, parseTransaction, signTransaction, systemProgram } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { openAuthority, type Authority } from '../../testing/authority.ts';
import { fundedOffer, openHome, openLocalChain, openTreasury, patient, typesOf, type Funded, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const { IntentState } = treasury;

let open: AsyncDisposableStack;
let local: LocalChain;
let home: Home;
let authority: Authority;
let clients: RunningTreasury;
beforeAll(async () => {
  open = new AsyncDisposableStack();
  local = open.use(await openLocalChain());
  authority = await openAuthority((end) => { open.defer(end); });
  home = await openHome(local, { ...authority.env, TREASURY_RELAYER_KEY_FILE: local.relayerKeyFile }, (end) => { open.defer(end); });
  clients = await openTreasury(home);
  open.defer(() => clients.stop());
});
afterAll(() => open.disposeAsync());

const someone = () => String(randomInt(1, 2 ** 40));
const told = ({ issueId }: Funded) => typesOf(home, issueId);
const ask = (money: Funded, actorId = '', githubId = someone()) => clients.web.buildAward({ deposit: money.deposit, wallet: money.funder.address, shares: [{ githubId, bps: 10_000 }], actorId, issueNumber: 7 });
const awardOf = async (money: Funded) => decodeDeposit((await local.chain.account(money.deposit, 'finalized'))?.data ?? new Uint8Array()).award;
const signedRows = async () => (await home.database.pool.query('select from relayer_transaction')).rowCount;

test('a funder awards alone, and others have 72 hours to veto', async () => {
  const money = await fundedOffer(local, clients);
  const built = await ask(money);
  expect(built.withRelayer).toBe(false);
  expect(built.terms).toMatchObject({ program: { address: localProgram }, operator: local.operator, relayer: '', cluster: { name: 'localnet' } });
  const transaction = signTransaction(built.transaction, [money.funder]);
  const { intent, submission } = await clients.web.submitAward({ deposit: money.deposit, transaction });
  expect(intent).toMatchObject({ deposit: money.deposit, state: IntentState.WAITING });
  expect(submission).toMatchObject({ signature: intent?.signature });
  await expect.poll(() => told(money), patient).toContain('awarded');
  const found = await awardOf(money);
  expect(found).toMatchObject({ by: ['funder'] });
  expect(Math.abs(Date.parse(built.finalAt) / 1000 - Number(found?.finalAt ?? 0n))).toBeLessThan(30);
  await expect.poll(async () => (await clients.web.submitAward({ deposit: money.deposit, transaction })).intent?.state, patient).toBe(IntentState.DONE);
});

test('a funder and somebody who may award decide at once: the relayer signs the very bytes that the wallet signed', async () => {
  const money = await fundedOffer(local, clients);
  const built = await ask(money, '9919');
  expect(built.withRelayer).toBe(true);
  expect(built.terms?.relayer).toBe(local.keys.relayer.address);
  const asked = authority.asked.length;
  await clients.web.submitAward({ deposit: money.deposit, transaction: signTransaction(built.transaction, [money.funder]) });
  await expect.poll(() => told(money), patient).toContain('awarded');
  const found = await awardOf(money);
  expect(found).toMatchObject({ by: ['funder', 'relayer'] });
  expect(found?.finalAt).toBe(found?.at);
  expect(authority.asked.slice(asked)).toMatchObject([{ action: 'award', actorId: '9919', stakes: [{ deposit: money.deposit, funderAwarded: true }] }]);
});

describe('the relayer signs nothing', () => {
  test('when the person may not award any more by the time the wallet has signed', async () => {
    const money = await fundedOffer(local, clients);
    const { transaction } = await ask(money, '9919');
    const before = await signedRows();
    authority.refuse('You are no maintainer any more.', 'NOT_A_MAINTAINER');
    await expect(clients.web.submitAward({ deposit: money.deposit, transaction: signTransaction(transaction, [money.funder]) })).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    await expect(ask(money, '9919')).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    authority.allow();
    expect(await signedRows()).toBe(before);
  });

  test('that another built, that pays out of it, or that names somebody else', async () => {
    const money = await fundedOffer(local, clients);
    const { transaction } = await ask(money, '9919', '7');
    const { blockhash, instructions } = parseTransaction(transaction);
    const { createdSlot, sequence } = decodeDeposit((await local.chain.account(money.deposit, 'finalized'))?.data ?? new Uint8Array());
    const relayer = local.keys.relayer.address;
    const of = (githubId: string) => award({ program: localProgram, deposit: money.deposit, operator: local.operator, deciders: [money.funder.address, relayer], createdSlot, sequence, shares: [{ githubId, bps: 10_000 }] });
    const steal = { program: systemProgram, accounts: [{ address: relayer, signer: true, writable: true }, { address: money.funder.address, signer: true, writable: true }], data: Uint8Array.from([2, 0, 0, 0, 0, 202, 154, 59, 0, 0, 0, 0]) };
    const before = await signedRows();
    const others: readonly [string, Parameters<typeof compileTransaction>[0]['instructions'], typeof relayer][] = [
      ['terms-changed', [of('8')], money.funder.address],
      ['attestor-elsewhere', [of('7'), steal], money.funder.address],
      ['attestor-pays', [of('7')], relayer],
      ['call-repeated', [of('7'), of('7')], money.funder.address],
    ];
    for (const [reason, made, payer] of others) {
      const forged = signTransaction(compileTransaction({ payer, blockhash, instructions: made }), [money.funder]);
      await expect(clients.web.submitAward({ deposit: money.deposit, transaction: forged })).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason } });
    }
    expect(instructions.length).toBeGreaterThan(1);
    expect(await signedRows()).toBe(before);
  });

  test('that a wallet without a say asks for', async () => {
    const money = await fundedOffer(local, clients);
    const stranger = await local.wallet();
    await expect(ask({ ...money, funder: stranger }, '9919')).rejects.toMatchObject({ code: 'WALLET_INVALID' });
  });

  test('of an award that is there already', async () => {
    const money = await fundedOffer(local, clients);
    const first = await ask(money);
    await clients.web.submitAward({ deposit: money.deposit, transaction: signTransaction(first.transaction, [money.funder]) });
    await expect.poll(() => told(money), patient).toContain('awarded');
    await expect(ask(money, '9919')).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
  });
});
