import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileTransaction, decodeDeposit, memo, parseAddress, signerFromSeed, signTransaction, terms, type Address, type Deposit, type Signer } from '@doubloon/escrow';
import { moveClock } from '../demo/clock.ts';
import { linkWallet } from '../demo/link.ts';
import { until } from '../demo/until.ts';
import type { Stack } from '../stack/stack.ts';
import type { Figure, Measure } from './benchmark.ts';
import { startQuietStack } from './quiet-stack.ts';
import { compared, percentile } from './rounds.ts';

const repository = 'analytical-engines/difference';
const rounds = 6;
const limitMs = 30_000;

/** Milliseconds from the beginning until it is in a block that the node confirmed, and from there until that block is final. */
interface Landed {
  readonly ours: number;
  readonly chains: number;
}

/** From `/award` in a comment to the payout in finalized state, without the 72 hours between them. */
export const measure: Measure = async () => {
  await using stack = await startQuietStack({ limits: { createsPerMinute: 10_000, createsPerHour: 10_000 } });
  const wallet = signerFromSeed(randomBytes(32));
  await stack.localnet.faucet.airdrop(wallet.address, 10_000_000_000n);
  const { coolAt } = await linkWallet({ stack, tell: () => undefined }, 'grace', 'who is paid');
  await moveClock(stack, coolAt);

  const [awards, payouts, plain]: [Landed[], Landed[], Landed[]] = [[], [], []];
  for (let round = -1; round < rounds; round++) {
    const { number, deposit, isKnown } = await fundIssue(stack, wallet, `Issue ${String(round)}`);
    stack.github.comment('linus', repository, number, '/award @grace');
    const award = await landed(stack, async () => (await read(stack, deposit))?.award !== undefined);
    // The treasury has to have read it as well: what follows is due by what it knows.
    await until('the treasury to know the award', () => isKnown('award'));
    await moveClock(stack, (await stack.chain.time()) + terms.windowSeconds + 1n);
    const payout = await landed(stack, async () => (await read(stack, deposit))?.state === 'paid');
    await until('the treasury to know the payout', () => isKnown('payout'));
    const alone = await sendAlone(stack, wallet);
    // The first is a warm-up.
    if (round >= 0) for (const [all, one] of [[awards, award], [payouts, payout], [plain, alone]] as const) all.push(one);
  }

  const both = awards.map((award, index): Landed => ({ ours: award.ours + (payouts[index]?.ours ?? 0), chains: award.chains + (payouts[index]?.chains ?? 0) }));
  const twice = plain.map(({ ours, chains }): Landed => ({ ours: 2 * ours, chains: 2 * chains }));
  const figures = (name: string, all: readonly Landed[], baseline: readonly Landed[]): Figure[] => [
    compared(`${name}: ours`, 'ms', all.map(({ ours }) => ours), baseline.map(({ ours }) => ours)),
    compared(`${name}: the chain's`, 'ms', all.map(({ chains }) => chains), baseline.map(({ chains }) => chains)),
  ];
  return {
    aim: 'both together under 3 s of our own time; the most of it is how often the treasury looks whether something is due',
    baseline: 'as many transactions with nothing but a memo, sent at once by whoever signs them',
    conditions: `All embedded, every service its own process, slots of 50 ms. Ours is from the comment to the award in a confirmed block, and from the instant at which the award is final to the payout in one; the chain's is from there until that block is final. The 72 hours between are skipped by the local chain's clock. ${String(rounds)} rounds after a warm-up, one at a time.`,
    figures: [
      ...figures('comment to award', awards, plain), ...figures('due to payout', payouts, plain), ...figures('comment to payout', both, twice),
      { name: 'comment to payout: ours, slowest', unit: 'ms', ours: percentile(both.map(({ ours }) => ours), 1), n: rounds },
    ],
  };
};

/** The newest state that the node confirmed. */
async function read({ chain }: Stack, deposit: Address): Promise<Deposit | undefined> {
  const account = await chain.account(deposit, 'confirmed');
  return account && decodeDeposit(account.data);
}

/** Waits from now on until something is on the chain, and until the block is final in which it was seen. */
async function landed({ chain }: Stack, isThere: () => Promise<boolean>): Promise<Landed> {
  const began = performance.now();
  const wait = async (what: () => Promise<boolean>): Promise<number> => {
    for (; !(await what()); await sleep(5)) if (performance.now() - began > limitMs) throw new Error(`nothing came of it within ${String(limitMs)} ms`);
    return performance.now();
  };
  const at = await wait(isThere);
  const slot = await chain.slot('confirmed');
  const final = await wait(async () => (await chain.slot('finalized')) >= slot);
  return { ours: at - began, chains: final - at };
}

/** One transaction with nothing in it, from when it is signed. */
async function sendAlone(stack: Stack, wallet: Signer): Promise<Landed> {
  const { chain } = stack;
  const { blockhash } = await chain.latestBlockhash();
  const signed = signTransaction(compileTransaction({ payer: wallet.address, blockhash, instructions: [memo('nothing else')] }), [wallet]);
  const sent = chain.send(signed);
  return landed(stack, async () => {
    const [status] = await chain.signatureStatuses([await sent]);
    return status !== undefined && status.commitment !== 'processed';
  });
}

/** A new issue with 0.01 SOL in escrow, which the treasury has credited. */
async function fundIssue({ github, treasury }: Stack, wallet: Signer, title: string) {
  const { number } = github.openIssue('ada', repository, { title });
  const ids = github.issue(repository, number);
  github.comment('ada', repository, number, 'I would love this. $sol:0.01$');
  const bounty = () => treasury.getBounty({ repositoryId: String(ids.repositoryId), issueId: String(ids.id) });
  const offerId = await until('the offer', async () => (await bounty()).offers[0]?.id);
  const { transaction, deposit } = await treasury.buildFunding({ offerId, wallet: wallet.address });
  await treasury.submitFunding({ offerId, transaction: signTransaction(transaction, [wallet]) });
  await until('the deposit', async () => (await bounty()).deposits[0]);
  return {
    number,
    deposit: parseAddress(deposit),
    async isKnown(what: 'award' | 'payout'): Promise<true | undefined> {
      const award = (await bounty()).deposits[0]?.award;
      return (what === 'award' ? award : award?.shares[0]?.settled || undefined) === undefined ? undefined : true;
    },
  };
}
