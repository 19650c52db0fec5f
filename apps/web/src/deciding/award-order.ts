import { base64Of, bytesOf } from '../signing/base64.ts';
import type { Order } from '../signing/order.ts';
import { post } from '../signing/post.ts';
import type { Problem } from '../signing/problem.ts';
import type { BountyView, DepositView } from './deposit-view.ts';
import { decidersOf, isOpen } from './deciders.ts';
import { decidingProblem, problemOf, problemOfSigned } from './problems.ts';
import type { AwardTermsView, BuiltAward, PreviewView } from './split-view.ts';

/** What a page knows and learns while an award is signed. */
export interface AwardPage {
  readonly bounty: BountyView;
  readonly preview: PreviewView;
  readonly burner: boolean;
  /** The deposits that the connected wallet decides on; undefined until one is connected. */
  mine: readonly DepositView[] | undefined;
  /** The one that is being awarded. */
  chosen: DepositView | undefined;
  terms: AwardTermsView | undefined;
  /** Called when the signed bytes were taken. */
  taken(deposit: DepositView): void;
}

export const pathOf = ({ issue: { repositoryId, issueId } }: BountyView): string => `/award/${repositoryId}-${issueId}`;

function build({ bounty, preview }: AwardPage, { address }: DepositView, wallet: string): Promise<BuiltAward> {
  return post<BuiltAward>(`${pathOf(bounty)}/prepare`, { deposit: address, wallet, shares: preview.people.map(({ githubId, bps }) => ({ githubId, bps })) });
}

/** The award of the chosen deposit, to be signed. Which deposits there are to choose from shows when a wallet is connected. */
export const awardOrder = (page: AwardPage): Order => ({
  cluster: page.bounty.cluster,
  burner: page.burner,
  async review(account) {
    page.terms = undefined;
    const open = page.bounty.deposits.filter(isOpen);
    page.mine = open.filter((deposit) => decidersOf(deposit).includes(account));
    const [only, another] = page.mine;
    if (only === undefined) return noSay(open, account);
    const chosen = page.mine.find(({ address }) => address === page.chosen?.address) ?? (another === undefined ? only : undefined);
    page.chosen = chosen;
    if (chosen === undefined) return undefined;
    const { terms } = await build(page, chosen, account);
    page.terms = terms;
    return undefined;
  },
  async build(account) {
    const deposit = page.chosen;
    const split = page.preview.splits.find((one) => one.deposit === deposit?.address);
    if (deposit === undefined || split === undefined) return decidingProblem('impossible');
    const built = await build(page, deposit, account);
    const { checkAward, sameAwardTerms } = await import('./check-award.ts');
    const shown = page.terms;
    page.terms = built.terms;
    if (shown === undefined || !sameAwardTerms(shown, built.terms)) return decidingProblem('terms-changed');
    const unsigned = bytesOf(built.transaction);
    // Who signs has read the fee that was shown.
    const terms = { ...built.terms, networkFee: shown.networkFee };
    const difference = checkAward(unsigned, { deposit, people: page.preview.people, split, terms, wallet: account });
    return difference === undefined ? unsigned : decidingProblem('terms-differ', `It differs in: ${difference}.`);
  },
  signedByAnother: async (signed, account) => (await import('../signing/check-transaction.ts')).paidByAnother(signed, account),
  async handIn(signed) {
    const deposit = page.chosen;
    if (deposit === undefined) return;
    await post(`${pathOf(page.bounty)}/submit`, { deposit: deposit.address, transaction: base64Of(signed) });
    page.taken(deposit);
  },
  problemOf,
  problemOfSigned,
});

function noSay(open: readonly DepositView[], account: string): Problem {
  const who = [...new Set(open.flatMap(decidersOf))];
  if (who.length === 0) return decidingProblem('impossible', 'There is nothing left here to award.');
  return decidingProblem('other-wallet', `It is ${account}. ${who.length === 1 ? 'Only this one can award here' : 'These can award here'}: ${who.join(', ')}.`);
}
