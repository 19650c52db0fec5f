import { post } from '../signing/post.ts';
import type { Order } from '../signing/order.ts';
import { base64Of, bytesOf } from '../signing/base64.ts';
import type { OfferView, TermsView } from './offer-view.ts';
import { problem, problemOf, problemOfSigned } from './problems.ts';

interface Built {
  readonly transaction: string;
  readonly deposit: string;
  readonly deadline: string;
  readonly terms: TermsView;
}

/** What the fund page shows while somebody signs. */
export interface FundingPage {
  readonly offer: OfferView;
  readonly terms: TermsView;
  readonly burner: boolean;
  /** When the deposit that is being signed ends, RFC 3339. */
  deadline: string | undefined;
  /** Called when the signed bytes were taken. */
  taken(): void;
}

/** The funding of an offer, to be signed. */
export const fundingOrder = (page: FundingPage): Order => ({
  cluster: page.terms.cluster,
  burner: page.burner,
  // The page has shown the terms all along.
  review: () => Promise.resolve(undefined),
  async build(wallet) {
    const { offer, terms } = page;
    const { transaction, terms: now, deadline, deposit } = await post<Built>(`/fund/${offer.id}/prepare`, { wallet });
    const { checkFunding } = await import('./check-funding.ts');
    if (now.genesisHash !== terms.genesisHash) return problem('wrong-cluster');
    const unsigned = bytesOf(transaction);
    const difference = checkFunding(unsigned, { offer, terms, deadline, deposit, wallet });
    if (difference !== undefined) return problem('terms-differ', `It differs in: ${difference}.`);
    page.deadline = deadline;
    return unsigned;
  },
  signedByAnother: async (signed, wallet) => (await import('../signing/check-transaction.ts')).paidByAnother(signed, wallet),
  async handIn(signed) {
    await post(`/fund/${page.offer.id}/submit`, { transaction: base64Of(signed) });
    page.taken();
  },
  problemOf,
  problemOfSigned,
});
