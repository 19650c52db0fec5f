import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { formatAmount, parseCommands } from '@doubloon/domain';
import { associatedTokenAddress, decodeDeposit, minimumAmount, parseAddress, rentReserve, vaultAddress, depositLayout, localProgram, type Address } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { openAuthority } from '../../testing/authority.ts';
import { fundedOffer, offerRequest, openHome, openLocalChain, openTreasury, patient, repositoryId, type Funded } from '../../testing/instance.ts';
import { tokenAccountIn } from '../funding/token-account.ts';

const seed = Number(process.env['AMOUNTS_SEED'] ?? randomInt(2 ** 31));
const cases = 20;
const decimals = new Map([['sol', 9], ['usdc', 6]]);
const people = ['ada', 'grace', 'alan', 'barbara', 'edsger', 'frances', 'donald', 'margaret'];

interface Case {
  readonly denom: string;
  readonly amount: bigint;
  /** Basis points of the first so many people; `undefined` for equal shares. */
  readonly bps: readonly number[];
  readonly isEqual: boolean;
}

// So much of each is left for the smallest share that it can always be paid: of a token one base unit, of SOL what keeps an account alive.
const smallestBps = { sol: 100, usdc: 1 } as const;
const leastSol = (minimumAmount(0n) * 10_000n) / BigInt(smallestBps.sol) + 1n;

const parts = (smallest: number) => fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: people.length }).map((weights) => {
  const [sum, free] = [weights.reduce((left, weight) => left + weight, 0), 10_000 - smallest * weights.length];
  const bps = weights.map((weight) => smallest + Math.floor((free * weight) / sum));
  return bps.with(-1, (bps.at(-1) ?? 0) + 10_000 - bps.reduce((left, one) => left + one, 0));
});
const arbitrary: fc.Arbitrary<Case> = fc.oneof(
  fc.record({ denom: fc.constant('sol'), amount: fc.bigInt({ min: leastSol, max: 1_500_000_000n }), bps: parts(smallestBps.sol), isEqual: fc.boolean() }),
  // From the least that can be split in any way up to a thousandth of all that a mint can hold.
  fc.record({ denom: fc.constant('usdc'), amount: fc.oneof(fc.bigInt({ min: 10_000n, max: 10_000_000n }), fc.bigInt({ min: 10_000n, max: 2n ** 54n })), bps: parts(smallestBps.usdc), isEqual: fc.boolean() }),
);

const percent = (bps: number): string => `${String(Math.floor(bps / 100))}.${String(bps % 100).padStart(2, '0')}%`;
const shareText = ({ bps, isEqual }: Case): string => `/award ${bps.map((one, index) => `@${people[index] ?? ''}${isEqual ? '' : ` ${percent(one)}`}`).join(' ')}`;

test('from the text of a comment to the balance of whoever earned it, every amount of every denom is exact, and nothing is left over', { timeout: 240_000 }, async () => {
  process.stdout.write(`AMOUNTS_SEED=${String(seed)}\n`);
  await using local = await openLocalChain();
  const authority = await openAuthority();
  const home = await openHome(local, { ...authority.env, TREASURY_RELAYER_KEY_FILE: local.relayerKeyFile, TREASURY_RELAYER_ACCOUNTS: '100', TREASURY_RELAYER_BUDGET: '900000000' });
  const clients = await openTreasury(home);
  onTestFinished(() => clients.stop());
  const { chain } = local;

  const ids = new Map(people.map((login) => [login, String(randomInt(1, 2 ** 47))]));
  const wallets = new Map<string, Address>(await Promise.all([...ids].map(async ([login, githubId]) => [login, (await local.link(githubId)).address] as const)));
  const usdc = local.localnet.mints.usdc;
  const tokensOf = async (owner: Address) => {
    const account = await chain.account(associatedTokenAddress({ wallet: owner, mint: usdc }).address, 'finalized');
    return (account && tokenAccountIn(account)?.amount) ?? 0n;
  };
  const holdings = () => Promise.all(people.map(async (login) => {
    const wallet = wallets.get(login) ?? local.operator;
    return { sol: (await chain.account(wallet, 'finalized'))?.lamports ?? 0n, usdc: await tokensOf(wallet) };
  }));
  const before = await holdings();

  const drawn = fc.sample(arbitrary, { seed, numRuns: cases });
  const made: { one: Case; money: Funded; amounts: bigint[]; shares: { githubId: string; bps: number }[] }[] = [];
  const make = async (one: Case) => {
    const offerText = `Whoever mends this gets $${one.denom}:${formatAmount(one.amount, decimals.get(one.denom) ?? 0)}$ from me.`;
    const [offer] = parseCommands(offerText, decimals);
    const [award] = parseCommands(shareText(one), decimals);
    if (offer?.kind !== 'offer' || award?.kind !== 'award' || !('shares' in award)) throw new Error(`not understood: ${offerText} ${shareText(one)}`);
    const money = await fundedOffer(local, clients, offerRequest({ denom: offer.denom, amount: String(offer.amount) }));
    const shares = award.shares.map(({ login, bps }) => ({ githubId: ids.get(login) ?? '', bps }));
    const { deposits: [preview] } = await clients.app.splitPreview({ repositoryId, issueId: money.issueId, shares });
    expect(preview).toMatchObject({ deposit: money.deposit, problem: '' });
    const amounts = preview?.shares.map(({ amount }) => BigInt(amount)) ?? [];
    // By the rule, not by the code: everybody gets the floor of their part, and what is left goes to the first.
    const [, ...others] = shares.map(({ bps }) => (one.amount * BigInt(bps)) / 10_000n);
    expect(amounts).toEqual([one.amount - others.reduce((sum, part) => sum + part, 0n), ...others]);
    await clients.app.award({ source: { repositoryId, issueId: money.issueId, issueNumber: 7, sourceKind: 'issue-comment', sourceId: String(randomInt(1, 2 ** 47)) }, shares });
    made.push({ one, money, amounts, shares });
  };
  // Some at a time: the machine that tests run on is small.
  const queue = [...drawn];
  const worker = async () => { for (let next = queue.pop(); next !== undefined; next = queue.pop()) await make(next); };
  await Promise.all(Array.from({ length: 10 }, worker));
  const inState = async (state: string) => (await home.database.pool.query('select from deposit where state = $1', [state])).rowCount;
  await expect.poll(() => inState('awarded'), { ...patient, timeout: 60_000 }).toBe(cases);
  for (const { one, money } of made) {
    const deposit = decodeDeposit((await chain.account(money.deposit, 'finalized'))?.data ?? new Uint8Array());
    expect(deposit).toMatchObject({ amount: one.amount });
    if (one.denom === 'usdc') expect(await tokensOf(money.funder.address)).toBe(0n);
  }

  await local.localnet.timeTravel(72 * 3_600 + 5);
  await expect.poll(() => inState('paid'), { ...patient, timeout: 90_000 }).toBe(cases);
  const expected = before.map(({ sol, usdc: tokens }) => ({ sol, usdc: tokens }));
  for (const { one, amounts } of made) for (const [index, amount] of amounts.entries()) {
    const holding = expected[index];
    if (holding !== undefined) holding[one.denom === 'sol' ? 'sol' : 'usdc'] += amount;
  }
  expect(await holdings()).toEqual(expected);

  const rent = rentReserve(depositLayout.size, await chain.minimumBalance(depositLayout.size));
  for (const { one, money, amounts, shares } of made) {
    const { deposits: [shown], totals } = await clients.app.getBounty({ repositoryId, issueId: money.issueId });
    expect(shown).toMatchObject({ state: treasury.DepositState.PAID, held: '0', award: { shares: shares.map(({ githubId, bps }, index) => ({ githubId, bps, amount: String(amounts[index]), settled: 'paid' })) } });
    expect(totals).toMatchObject([{ denom: one.denom, funded: '0', paid: String(one.amount) }]);
    const told = (await home.events(money.issueId)).filter(({ type }) => type.endsWith('paid.v1')).map(({ data }) => BigInt((data as { amount: string }).amount));
    expect(told.reduce((sum, amount) => sum + amount, 0n)).toBe(one.amount);
    // Nothing of it stays behind: what the account holds now is its rent.
    expect((await chain.account(parseAddress(money.deposit), 'finalized'))?.lamports).toBe(rent);
    const vault = one.denom === 'usdc' ? await chain.account(vaultAddress({ program: localProgram, deposit: money.deposit }).address, 'finalized') : undefined;
    if (vault !== undefined) expect(tokenAccountIn(vault)?.amount).toBe(0n);
  }
});
