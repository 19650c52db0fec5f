import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { award, decodeDeposit, disableKeys, linkIdentity, localProgram as program, payout, type Address, type Signer } from '@doubloon/escrow';
import { localUsdc } from '@doubloon/localnet';
import { day, openLocalChain, patient, tokensOf, type Deposited, type Keyed, type LocalChain } from '../testing/local-chain.ts';
import { refund } from './refund.ts';

const [ada, grace] = ['583231', '9919'];
let local: LocalChain;
let stranger: Keyed;
let keypair: string;
beforeAll(async () => {
  local = await openLocalChain();
  stranger = await local.rich();
  keypair = await local.keyFile('stranger', stranger);
});
afterAll(() => local[Symbol.asyncDispose]());

const depositAt = async (address: Address) => decodeDeposit((await local.chain.account(address, 'confirmed'))?.data ?? new Uint8Array());
async function decide({ address, operator }: Deposited, shares: readonly { githubId: string; bps: number }[], ...deciders: [Signer, ...Signer[]]): Promise<void> {
  const { createdSlot, sequence } = await depositAt(address);
  await local.land([award({ program, deposit: address, operator, deciders: deciders.map((one) => one.address), createdSlot, sequence, shares })], ...deciders);
}
async function link({ operator, attestor }: Deposited, githubId: string): Promise<Signer> {
  const { signer: wallet } = await local.rich();
  await local.land([linkIdentity({ program, operator, githubId, payer: wallet.address, attestor: attestor.address, wallet: wallet.address, expiry: (await local.chain.time()) + 300n })], wallet, attestor);
  return wallet;
}
const refunding = async ({ address }: Deposited) => {
  const { code, lines } = await local.run(refund, '--deposit', address, '--keypair', keypair);
  return { code, last: lines.at(-1) ?? '', lines };
};
const lamports = async (address: Address) => (await local.chain.account(address, 'confirmed'))?.lamports ?? 0n;

test('the share that nobody claimed goes back in SOL after 90 days, the other stays its winner’s', async () => {
  const one = await local.deposited();
  const wallet = await link(one, ada);
  await local.localnet.timeTravel(3 * day + 60);
  const late = await local.deposited();
  const winner = await link(late, ada);
  await decide(late, [{ githubId: ada, bps: 6_000 }, { githubId: grace, bps: 4_000 }], late.relayer, late.funder);
  expect(await refunding(late)).toMatchObject({ code: 1, last: expect.stringMatching(/^The deposit is awarded: its winners can claim their shares until 20/) as unknown });

  await local.localnet.timeTravel(91 * day);
  const before = await lamports(late.funder.address);
  const done = await refunding(late);
  expect(done).toMatchObject({ code: 0, last: expect.stringContaining(`0.2 SOL went back to ${late.funder.address}`) as unknown });
  expect(done.lines).toContain(`share      40 % to GitHub user ${grace}`);
  expect((await lamports(late.funder.address)) - before).toBe(200_000_000n);
  expect(await refunding(late)).toMatchObject({ code: 1, last: 'Every share that is left belongs to somebody with a linked wallet: it is theirs, and anybody can have it paid out.' });

  await local.land([payout({ program, deposit: late.address, operator: late.operator, share: 0, githubId: ada, wallet: winner.address })], stranger.signer);
  expect(await refunding(late)).toMatchObject({ code: 1, last: 'The deposit was awarded and paid out: nothing of it is left to send back.' });
  expect(wallet.address).not.toBe(winner.address);
});

test('all shares of an award in tokens go back at once when nobody could claim any', async () => {
  const one = await local.deposited(localUsdc);
  await decide(one, [{ githubId: ada, bps: 3_333 }, { githubId: grace, bps: 6_667 }], one.relayer, one.funder);
  await local.localnet.timeTravel(91 * day);
  expect(await refunding(one)).toMatchObject({ code: 0, last: expect.stringContaining(`500 of the token ${localUsdc} went back to ${one.funder.address}`) as unknown });
  expect(await tokensOf(local, one.funder.address, localUsdc)).toBe(one.amount);
  expect(await refunding(one)).toMatchObject({ code: 0, last: 'The money went back to its funder already. Nothing to do.' });
});

test('an award that is not final stands, and one that is void is cleared away and sent back after deadline and grace', async () => {
  const one = await local.deposited(localUsdc);
  await decide(one, [{ githubId: ada, bps: 10_000 }], one.relayer);
  expect(await refunding(one)).toMatchObject({ code: 1, last: expect.stringMatching(/^The deposit is awarded, and the award will be final 20/) as unknown });
  await local.land([disableKeys({ program, operator: one.operator, admin: one.admin.address, keys: ['relayer'] })], one.admin);
  await vi.waitUntil(async () => /^It is too early/.test((await refunding(one)).last), patient);
  await local.localnet.timeTravel(5 * day + 60);
  expect(await refunding(one)).toMatchObject({ code: 0, last: expect.stringContaining(`500 of the token ${localUsdc} went back`) as unknown });
  expect(await tokensOf(local, one.funder.address, localUsdc)).toBe(one.amount);
  expect((await depositAt(one.address)).state).toBe('refunded');
});
