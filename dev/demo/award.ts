import { decodeDeposit, signTransaction, type Deposit, type Signer } from '@doubloon/escrow';
import { instant } from './clock.ts';
import { depositOf } from './deposit-of.ts';
import type { Funded } from './fund.ts';
import { amountText } from './holdings.ts';
import type { Person } from './person.ts';
import { signIn } from './session.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

/** Who gets how much of each deposit, in basis points, in the order of the award. */
export type Split = readonly { readonly login: string; readonly githubId: string; readonly bps: number }[];

type Award = NonNullable<Deposit['award']>;

/** A maintainer says in a comment who earned it, and the relayer carries that to the chain. Answers the award of each deposit. */
export async function awardByComment({ stack, tell }: Teller, maintainer: { login: string; person: Person }, funded: readonly Funded[], split: Split): Promise<readonly Award[]> {
  const text = `/award ${split.map(({ login, bps }) => `@${login} ${String(bps / 100)}%`).join(' ')}`;
  const comment = await maintainer.person.comment(text);
  const started = performance.now();
  tell(`${maintainer.login}, who maintains it, comments: ${text}`, comment.html_url);
  const awards: Award[] = [];
  for (const one of funded) awards.push(await finalAward(stack, one, ['relayer'], split));
  const seconds = (performance.now() - started) / 1000;
  tell(`The relayer signs for it, and ${seconds.toFixed(1)} s later the award stands in finalized state; until its window ends, others may veto:`, funded.flatMap((one, index) => linesOf(awards[index], one)));
  return awards;
}

/** Whoever funded a deposit and maintains the repository awards it with their wallet. The relayer signs too: that is final at once. */
export async function awardBySignature({ stack, tell }: Teller, funder: { login: string; wallet: Signer }, one: Funded, split: Split): Promise<Award> {
  const { address, wish, deposit: { repositoryId, issueId } } = one;
  const page = `/award/${repositoryId}-${issueId}`;
  const session = await signIn(stack, funder.login);
  const html = await session.get(page);
  if (!html.includes(address)) throw new Error('the award page does not show the deposit');
  const built = await session.post<{ transaction: string }>(`${page}/prepare`, { deposit: address, wallet: funder.wallet.address, shares: split.map(({ githubId, bps }) => ({ githubId, bps })) });
  const signed = signTransaction(Buffer.from(built.transaction, 'base64'), [funder.wallet]);
  const { signature } = await session.post<{ signature: string }>(`${page}/submit`, { deposit: address, transaction: Buffer.from(signed).toString('base64') });
  tell(`${funder.login} awards the ${amountText(wish.amount, wish.denom)} that came from their own wallet, by signature, at ${stack.webUrl}${page}; the relayer signs too:`, `signature ${signature}`);
  const award = await finalAward(stack, one, ['funder', 'relayer'], split);
  if (award.finalAt !== award.at) throw new Error('an award of two is not final at once');
  tell('Two keys decide at once, and nobody can veto it:', linesOf(award, one));
  return award;
}

/** The award in finalized state, which has to be the one that was meant. */
async function finalAward(stack: Teller['stack'], one: Funded, by: Award['by'], split: Split): Promise<Award> {
  // The treasury says so only of what finalized state shows; whether it is the one that was meant, the chain itself says.
  await until('the award in finalized state', async () => ((await depositOf(stack, one))?.award === undefined ? undefined : true));
  const { award } = decodeDeposit((await stack.chain.account(one.address, 'finalized'))?.data ?? new Uint8Array());
  if (award === undefined) throw new Error('there is no award on the chain');
  const sharesOf = (shares: readonly { githubId: string; bps: number }[]) => shares.map(({ githubId, bps }) => `${githubId}:${String(bps)}`).join();
  if ([...award.by].sort().join() !== by.join() || sharesOf(award.shares) !== sharesOf(split)) throw new Error(`the award on chain is another one: by ${award.by.join()}, ${sharesOf(award.shares)}`);
  return award;
}

const linesOf = (award: Award | undefined, { wish, address }: Funded): readonly string[] => (award === undefined ? [] : [
  `deposit   ${address}, ${amountText(wish.amount, wish.denom)}`,
  `shares    ${award.shares.map(({ githubId, bps }) => `${String(bps / 100)} % to GitHub user ${githubId}`).join(', ')}`,
  `by        ${award.by.join(' and ')} at ${instant(award.at)}, final at ${instant(award.finalAt)}`,
]);
