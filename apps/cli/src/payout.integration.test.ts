import { afterAll, beforeAll, expect, test } from 'vitest';
import { award, decodeDeposit, identityAddress, linkIdentity, localProgram as program, parseAddress, signerFromSeed, type Address, type Signer } from '@doubloon/escrow';
import { localUsdc } from '@doubloon/localnet';
import { day, openLocalChain, tokensOf, type Deposited, type Keyed, type LocalChain } from '../testing/local-chain.ts';
import { payout } from './payout.ts';

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
async function link({ operator, attestor }: Deposited, githubId: string): Promise<Keyed> {
  const made = await local.rich();
  await local.land([linkIdentity({ program, operator, githubId, payer: made.signer.address, attestor: attestor.address, wallet: made.signer.address, expiry: (await local.chain.time()) + 300n })], made.signer, attestor);
  return made;
}
const paying = async ({ address }: Pick<Deposited, 'address'>, ...more: string[]) => {
  const { code, lines } = await local.run(payout, '--deposit', address, ...more);
  return { code, last: lines.at(-1) ?? '', lines };
};
const lamports = async (address: Address) => (await local.chain.account(address, 'confirmed'))?.lamports ?? 0n;
const halves = [{ githubId: ada, bps: 6_667 }, { githubId: grace, bps: 3_333 }];

test('a payout by the chain alone: not awarded, not final, no wallet, a cool-down, what it would do, done, nothing left', async () => {
  const one = await local.deposited();
  expect(await paying(one)).toMatchObject({ code: 1, last: 'The deposit is not awarded: nobody can be paid of it.' });
  await decide(one, halves, one.relayer);
  expect(await paying(one, '--keypair', keypair)).toMatchObject({ code: 1, last: expect.stringMatching(/^The award will be final 20\d\d-.*: by the chain’s clock it is 20\d\d-/) as unknown });
  await local.localnet.timeTravel(3 * day + 60);
  expect(await paying(one, '--keypair', keypair)).toMatchObject({ code: 1, lines: expect.arrayContaining(['Share 0 waits: its winner has linked no wallet.', 'Share 1 waits: its winner has linked no wallet.']) as unknown });
  expect(await paying(one, '--share', '2')).toMatchObject({ code: 1, last: 'There is no share 2: the award has 2, counted from 0.' });

  const { signer: winner } = await link(one, ada);
  expect(await paying(one, '--share', '0')).toMatchObject({ code: 1, last: expect.stringMatching(/^Share 0 waits: the link of its winner counts from 20\d\d-.* on\.$/) as unknown });
  await local.localnet.timeTravel(3 * day + 60);
  const before = await lamports(winner.address);
  const dry = await paying(one);
  expect(dry.code).toBe(0);
  expect(dry.lines.slice(-3)).toEqual([
    'Share 1 waits: its winner has linked no wallet.',
    `It would send 0.33335 SOL to ${winner.address}, the wallet of GitHub user ${ada} (share 0).`,
    'Give --keypair FILE to pay the network fee, and the rent of token accounts that have to be opened, and send it.',
  ]);
  expect(await lamports(winner.address)).toBe(before);

  expect(await paying(one, '--keypair', keypair)).toMatchObject({ code: 0, last: `Sent 0.33335 SOL to ${winner.address}, the wallet of GitHub user ${ada} (share 0), and that is final.` });
  expect((await lamports(winner.address)) - before).toBe(333_350_000n);
  expect(await paying(one, '--share', '0', '--keypair', keypair)).toMatchObject({ code: 1, last: 'Share 0 was paid already.' });
});

test('tokens go to an account that the command opens at the cost of its key, several shares at once', async () => {
  const one = await local.deposited(localUsdc);
  const winners = [await link(one, '21'), await link(one, '22')];
  await local.localnet.timeTravel(3 * day + 60);
  await decide(one, [{ githubId: '21', bps: 6_667 }, { githubId: '22', bps: 3_333 }], one.relayer, one.funder);
  const before = await lamports(stranger.signer.address);
  const { code, lines } = await paying(one, '--keypair', keypair);
  expect(code).toBe(0);
  expect(lines.filter((line) => line.startsWith('sending'))).toHaveLength(1);
  expect(await Promise.all(winners.map(({ signer }) => tokensOf(local, signer.address, localUsdc)))).toEqual([333_350_000n, 166_650_000n]);
  expect(before - (await lamports(stranger.signer.address))).toBeGreaterThan(4_000_000n);
  expect(await paying(one)).toMatchObject({ code: 0, last: 'Every share was settled already. Nothing to do.' });
});

test('a winner who pays signs nothing for a program that only looks like ours, a stranger is no danger to anybody', async () => {
  const one = await local.deposited();
  const winner = await link(one, '31');
  await local.localnet.timeTravel(3 * day + 60);
  await decide(one, [{ githubId: '31', bps: 10_000 }], one.relayer, one.funder);
  // Anybody can write accounts of a program of their own: a deposit, and an identity that goes with it.
  const owner = parseAddress('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
  const copy = async (from: Address, to: Address) => local.setAccount(to, { owner, lamports: 1_000_000_000, data: Buffer.from((await local.chain.account(from, 'confirmed'))?.data ?? []).toString('hex') });
  const forged = signerFromSeed(new Uint8Array(32).fill(7)).address;
  const identity = { operator: one.operator, githubId: '31' };
  await copy(one.address, forged);
  await copy(identityAddress({ program, ...identity }).address, identityAddress({ program: owner, ...identity }).address);
  await expect(paying({ address: forged }, '--keypair', await local.keyFile('winner', winner))).rejects.toMatchObject({ code: 'PROGRAM_REFUSED', facts: { program: owner } });
  await expect(paying({ address: forged }, '--keypair', keypair)).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED' });
  const before = await lamports(winner.signer.address);
  expect((await paying(one, '--keypair', await local.keyFile('winner', winner))).code).toBe(0);
  expect((await lamports(winner.signer.address)) - before).toBeGreaterThan(499_000_000n);
});

test('no payout for what is not there, what is no deposit, and flags that can not be used', async () => {
  const nowhere = signerFromSeed(new Uint8Array(32).fill(8)).address;
  expect(await paying({ address: nowhere })).toMatchObject({ code: 1, last: expect.stringMatching(/^There is no account at /) as unknown });
  await expect(paying({ address: stranger.signer.address })).rejects.toMatchObject({ code: 'ACCOUNT_MALFORMED' });
  await expect(local.run(payout)).rejects.toMatchObject({ name: 'UsageProblem' });
  await expect(paying({ address: nowhere }, '--share', '8')).rejects.toMatchObject({ name: 'UsageProblem' });
});
