import { base64Of, bytesOf } from '../signing/base64.ts';
import type { Order } from '../signing/order.ts';
import { post } from '../signing/post.ts';
import type { Problem } from '../signing/problem.ts';
import type { BuiltLink, IdentityView, LinkStep, LinkTermsView } from './identity-view.ts';
import { linkProblem, problemOf, problemOfSigned } from './problems.ts';

/** What a page knows and learns while one step is signed. */
export interface LinkPage {
  readonly identity: IdentityView;
  readonly burner: boolean;
  /** What is shown of the step, as soon as it is known for an account. */
  terms: LinkTermsView | undefined;
  /** Called when the signed bytes were taken. */
  taken(): void;
}

const build = ({ identity }: LinkPage, step: LinkStep, wallet: string): Promise<BuiltLink> => post<BuiltLink>('/link/prepare', { step, user: identity.githubId, wallet });
const submit = ({ identity }: LinkPage, step: LinkStep, signed: Uint8Array): Promise<unknown> => post('/link/submit', { step, user: identity.githubId, transaction: base64Of(signed) });

/** Why this account can't be the one that signs, before the server is asked. */
function unfit({ identity: { wallet } }: LinkPage, step: LinkStep, expected: string | undefined, account: string): Problem | undefined {
  if (expected !== undefined && account !== expected) return linkProblem('other-wallet', `It is ${account}, and ${expected} has to sign.`);
  return step === 'change' && account === wallet ? linkProblem('same-wallet') : undefined;
}

/** A step whose first signature is asked for; `then` takes what was signed. */
export function firstOrder(page: LinkPage, step: LinkStep, expected: string | undefined, then: (signed: Uint8Array) => Promise<void> = async (signed) => {
  await submit(page, step, signed);
  page.taken();
}): Order {
  const { identity, burner } = page;
  const strange = (terms: LinkTermsView): Problem | undefined => (terms.githubId === identity.githubId ? undefined : linkProblem('other-user'));
  return {
    cluster: identity.cluster,
    burner,
    async review(account) {
      page.terms = undefined;
      const against = unfit(page, step, expected, account);
      if (against !== undefined) return against;
      const { terms } = await build(page, step, account);
      const other = strange(terms);
      if (other === undefined) page.terms = terms;
      return other;
    },
    async build(account) {
      const built = await build(page, step, account);
      const { checkLink, sameTerms } = await import('./check-link.ts');
      const other = strange(built.terms);
      if (other !== undefined) return other;
      const shown = page.terms;
      page.terms = built.terms;
      if (shown === undefined || !sameTerms(shown, built.terms)) return linkProblem('terms-changed');
      const unsigned = bytesOf(built.transaction);
      // Who signs has read the fee that was shown.
      const agreed = { ...built.terms, networkFee: shown.networkFee };
      const difference = agreed.step === step && agreed.wallet === account ? checkLink(unsigned, agreed) : 'what it is for';
      return difference === undefined ? unsigned : linkProblem('terms-differ', `It differs in: ${difference}.`);
    },
    signedByAnother: async (signed, account) => (await import('../signing/check-transaction.ts')).paidByAnother(signed, account),
    handIn: then,
    problemOf,
    problemOfSigned,
  };
}

/** The second signature under bytes that the first wallet signed. */
export function secondOrder(page: LinkPage, step: LinkStep, expected: string | undefined, signedOnce: Uint8Array): Order {
  return {
    cluster: page.identity.cluster,
    burner: page.burner,
    review: (account) => Promise.resolve(unfit(page, step, expected, account)),
    build: () => Promise.resolve(signedOnce),
    // The payer is the first wallet here, whose signature stands already.
    signedByAnother: () => Promise.resolve(false),
    async handIn(signed) {
      await submit(page, step, signed);
      page.taken();
    },
    problemOf,
    problemOfSigned: (refusal) => (refusal.code === 'BLOCKHASH_EXPIRED' ? linkProblem('both-again') : problemOfSigned(refusal)),
  };
}
