import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { associatedTokenAddress, award, compileTransaction, decodeDeposit, localProgram, parseTransaction, refund, signTransaction, type Signer } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { tokenAccountIn } from '../funding/token-account.ts';
import { fundedOffer, offerRequest, openHome, openLocalChain, openTreasury, patient, typesOf, type Funded, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const { DepositStep, SubmissionState } = treasury;
const hours72 = 72 * 3_600;

// Without a relayer of its own: what people do by themselves is all that happens.
let open: AsyncDisposableStack;
let local: LocalChain;
let home: Home;
let clients: RunningTreasury;
beforeAll(async () => {
  open = new AsyncDisposableStack();
  local = open.use(await openLocalChain());
  home = await openHome(local, {}, (end) => { open.defer(end); });
  clients = await openTreasury(home);
  open.defer(() => clients.stop());
});
afterAll(() => open.disposeAsync());

const someone = () => String(randomInt(1, 2 ** 40));
const told = ({ issueId }: Funded) => typesOf(home, issueId);
const stepsOf = async ({ deposit }: Funded) => (await clients.web.getDeposit({ deposit })).steps.map(({ step, share, by }) => ({ step, share, by }));
const build = ({ deposit }: Funded, step: treasury.DepositStep, wallet: Signer, share = 0) => clients.web.buildDepositStep({ deposit, step, share, wallet: wallet.address });
const submit = ({ deposit }: Funded, step: treasury.DepositStep, transaction: Uint8Array, share = 0) => clients.web.submitDepositStep({ deposit, step, share, transaction });
const lamportsOf = async ({ address }: Signer) => (await local.chain.account(address, 'finalized'))?.lamports ?? 0n;

/** What two of its deciders award is final at once, one alone in 72 hours. */
async function awarded(money: Funded, githubIds: readonly string[], by: 'relayer' | 'two'): Promise<void> {
  const { createdSlot, sequence } = decodeDeposit((await local.chain.account(money.deposit, 'finalized'))?.data ?? new Uint8Array());
  const signers = by === 'two' ? [local.keys.relayer, money.funder] : [local.keys.relayer];
  const bps = 10_000 / githubIds.length;
  await local.send([award({ program: localProgram, deposit: money.deposit, operator: local.operator, deciders: signers.map(({ address }) => address), createdSlot, sequence, shares: githubIds.map((githubId) => ({ githubId, bps })) })], [await local.wallet(), ...signers]);
  await expect.poll(() => told(money), patient).toContain('awarded');
}

async function takes(money: Funded, step: treasury.DepositStep, wallet: Signer, share = 0): Promise<void> {
  const { transaction } = await build(money, step, wallet, share);
  const signed = signTransaction(transaction, [wallet]);
  await submit(money, step, signed, share);
  await expect.poll(async () => (await submit(money, step, signed, share)).submission?.state, patient).toBe(SubmissionState.FINALIZED);
}

test('a funder vetoes an award that is not final, a stranger can not, and the page sees how far it has come', async () => {
  const money = await fundedOffer(local, clients);
  expect(await stepsOf(money)).toEqual([]);
  await expect(build(money, DepositStep.VETO, money.funder)).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE', facts: { reason: 'It is not awarded' } });
  await awarded(money, [someone()], 'relayer');
  expect(await stepsOf(money)).toEqual([{ step: DepositStep.VETO, share: 0, by: [money.funder.address] }]);
  await expect(build(money, DepositStep.VETO, await local.wallet())).rejects.toMatchObject({ code: 'WALLET_INVALID' });
  const { terms } = await build(money, DepositStep.VETO, money.funder);
  expect(terms).toMatchObject({ step: DepositStep.VETO, deposit: money.deposit, to: '', text: '', rent: '0', operator: local.operator });
  await takes(money, DepositStep.VETO, money.funder);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'vetoed']);
  expect(await clients.web.getDeposit({ deposit: money.deposit })).toMatchObject({ deposit: { vetoed: true }, issue: { issueId: money.issueId }, submission: { wallet: money.funder.address, state: SubmissionState.FINALIZED }, submittedStep: DepositStep.VETO, stepsUnknown: false });
});

test('what was signed is taken only as it was handed out, and once', async () => {
  const money = await fundedOffer(local, clients);
  await awarded(money, [someone()], 'relayer');
  const { transaction } = await build(money, DepositStep.VETO, money.funder);
  const { blockhash } = parseTransaction(transaction);
  const forged = signTransaction(compileTransaction({ payer: money.funder.address, blockhash, instructions: [refund({ program: localProgram, deposit: money.deposit, funder: money.funder.address })] }), [money.funder]);
  await expect(submit(money, DepositStep.VETO, forged)).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'terms-changed' } });
  await expect(submit(money, DepositStep.VETO, transaction)).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'signature-wrong' } });
  await expect(submit(money, DepositStep.REFUND, signTransaction(transaction, [money.funder]))).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'other-wallet' } });
  await expect(clients.web.submitDepositStep({ deposit: local.operator, step: DepositStep.VETO, transaction })).rejects.toMatchObject({ code: 'DEPOSIT_ABSENT' });
  await expect(clients.web.getDeposit({ deposit: 'nonsense' })).rejects.toMatchObject({ code: 'DEPOSIT_ABSENT' });
  await expect(build(money, DepositStep.AWARD, money.funder)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  const signed = signTransaction(transaction, [money.funder]);
  await Promise.all([submit(money, DepositStep.VETO, signed), submit(money, DepositStep.VETO, signed)]);
  expect((await home.database.pool.query('select from deposit_step where deposit = $1', [money.deposit])).rowCount).toBe(1);
});

// From here on they move the clock.
test('anybody pays a share of tokens to the wallet that is linked, and opens its account at their own cost', async () => {
  const [ada, grace] = [someone(), someone()];
  const winner = await local.link(ada);
  await local.localnet.timeTravel(hours72 + 5);
  const money = await fundedOffer(local, clients, offerRequest({ denom: 'usdc', amount: '2500000' }));
  await awarded(money, [grace, ada], 'two');
  expect(await stepsOf(money)).toEqual([{ step: DepositStep.PAYOUT, share: 1, by: [] }]);
  const stranger = await local.wallet();
  await expect(build(money, DepositStep.PAYOUT, stranger, 0)).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE', facts: { reason: 'There is no wallet that it can be paid to now' } });
  await expect(build(money, DepositStep.PAYOUT, stranger, 7)).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
  await expect(build(money, DepositStep.PAYOUT, await local.wallet(900_000n), 1)).rejects.toMatchObject({ code: 'BALANCE_TOO_SMALL' });
  const { terms } = await build(money, DepositStep.PAYOUT, stranger, 1);
  expect(terms).toMatchObject({ to: winner.address, money: { denom: 'usdc', amount: '1250000' }, text: '1.25', mint: local.localnet.mints.usdc });
  expect(BigInt(terms?.rent ?? 0)).toBeGreaterThan(2_000_000n);
  await takes(money, DepositStep.PAYOUT, stranger, 1);
  const account = await local.chain.account(associatedTokenAddress({ wallet: winner.address, mint: local.localnet.mints.usdc }).address, 'finalized');
  expect(account && tokenAccountIn(account)).toMatchObject({ holder: winner.address, amount: 1_250_000n });
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'paid']);
});

describe('after its time', () => {
  test('anybody sends back what nobody was awarded, and closes it a week later', async () => {
    const money = await fundedOffer(local, clients);
    const before = await lamportsOf(money.funder);
    const stranger = await local.wallet();
    await expect(build(money, DepositStep.REFUND, stranger)).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE', facts: { reason: 'Its time is not over' } });
    await expect(build(money, DepositStep.CANCEL, money.funder)).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
    await local.localnet.timeTravel(94 * 86_400);
    await expect.poll(() => stepsOf(money), patient).toEqual([{ step: DepositStep.REFUND, share: 0, by: [] }]);
    await takes(money, DepositStep.REFUND, stranger);
    expect((await lamportsOf(money.funder)) - before).toBe(500_000_000n);
    await expect.poll(() => told(money), patient).toContain('refunded');
    await local.localnet.timeTravel(8 * 86_400);
    await expect.poll(() => stepsOf(money), patient).toEqual([{ step: DepositStep.CLOSE, share: 0, by: [] }]);
    await takes(money, DepositStep.CLOSE, stranger);
    await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'refunded', 'closed']);
    expect(await stepsOf(money)).toEqual([]);
  });

  test('the share that nobody claimed goes back', async () => {
    const money = await fundedOffer(local, clients);
    await awarded(money, [someone(), someone()], 'two');
    const before = await lamportsOf(money.funder);
    await local.localnet.timeTravel(91 * 86_400);
    await expect.poll(() => stepsOf(money), patient).toEqual([0, 1].map((share) => ({ step: DepositStep.REFUND_SHARE, share, by: [] })));
    await takes(money, DepositStep.REFUND_SHARE, await local.wallet(), 1);
    expect((await lamportsOf(money.funder)) - before).toBe(250_000_000n);
    await expect.poll(() => told(money), patient).toContain('refunded');
  });
});
