import { base64Of, bytesOf } from '../signing/base64.ts';
import type { Order } from '../signing/order.ts';
import { post } from '../signing/post.ts';
import type { DepositView } from './deposit-view.ts';
import { decidingProblem, problemOf, problemOfSigned } from './problems.ts';
import type { BuiltStep, PossibleStepView, StepTermsView } from './step-view.ts';

/** What a page knows and learns while a step of a deposit is signed. */
export interface StepPage {
  readonly deposit: DepositView;
  readonly cluster: string;
  readonly burner: boolean;
  /** What is shown of the step, as soon as it is known for an account. */
  terms: StepTermsView | undefined;
  /** Called when the signed bytes were taken. */
  taken(): void;
}

/** A step of a deposit, to be signed. */
export function stepOrder(page: StepPage, chosen: PossibleStepView): Order {
  const { step, share, by } = chosen;
  const path = `/refund/${page.deposit.address}`;
  const build = (wallet: string) => post<BuiltStep>(`${path}/prepare`, { step, share, wallet });
  return {
    cluster: page.cluster,
    burner: page.burner,
    async review(account) {
      page.terms = undefined;
      if (by.length > 0 && !by.includes(account)) return decidingProblem('other-wallet', `It is ${account}. ${by.length === 1 ? 'Only this one can do it' : 'Only these can do it'}: ${by.join(', ')}.`);
      page.terms = (await build(account)).terms;
      return undefined;
    },
    async build(account) {
      const built = await build(account);
      const { checkStep, sameStepTerms } = await import('./check-step.ts');
      const shown = page.terms;
      page.terms = built.terms;
      if (shown === undefined || !sameStepTerms(shown, built.terms)) return decidingProblem('terms-changed');
      const unsigned = bytesOf(built.transaction);
      // Who signs has read the fee that was shown.
      const difference = checkStep(unsigned, { deposit: page.deposit, chosen, terms: { ...built.terms, networkFee: shown.networkFee }, wallet: account });
      return difference === undefined ? unsigned : decidingProblem('terms-differ', `It differs in: ${difference}.`);
    },
    signedByAnother: async (signed, account) => (await import('../signing/check-transaction.ts')).paidByAnother(signed, account),
    async handIn(signed) {
      await post(`${path}/submit`, { step, share, transaction: base64Of(signed) });
      page.taken();
    },
    problemOf,
    problemOfSigned,
  };
}
