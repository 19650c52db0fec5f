import { Signing } from '../signing/signing.svelte.ts';
import { followOffer } from './follow.ts';
import { fundingOrder, type FundingPage } from './funding-order.ts';
import type { OfferView, TermsView } from './offer-view.ts';
import { problem } from './problems.ts';

/** One visit to the fund page: the signature, and the offer as the treasury sees it live. */
export class FundingSession implements FundingPage {
  offer: OfferView = $state.raw() as OfferView;
  /** Whether this visit signed: only then the person is taken back to the issue. */
  signedHere = $state(false);
  /** Counted from the moment the transaction was built. */
  deadline: string | undefined = $state();
  readonly terms: TermsView;
  readonly burner: boolean;
  readonly signing: Signing;
  #unfollow: (() => void) | undefined;

  constructor(offer: OfferView, terms: TermsView, burner: boolean) {
    this.offer = offer;
    this.terms = terms;
    this.burner = burner;
    this.signing = new Signing(fundingOrder(this));
  }

  /** Called once the page runs in a browser; the answer ends everything this visit opened. */
  open(): () => void {
    if (this.offer.state === 'submitted') this.#follow();
    return () => {
      this.signing.close();
      this.#unfollow?.();
    };
  }

  choose(): Promise<void> {
    this.#follow();
    return this.signing.choose();
  }

  taken(): void {
    this.signedHere = true;
    this.#follow();
  }

  #follow(): void {
    this.#unfollow ??= followOffer(`/fund/${this.offer.id}`, (offer) => this.#changed(offer));
  }

  #changed(offer: OfferView): void {
    const before = this.offer;
    this.offer = offer;
    const { submission } = offer;
    if (offer.state !== 'offered') this.signing.wasTaken();
    if (submission?.signature !== before.submission?.signature || submission?.state === before.submission?.state) return;
    if (submission?.state === 'expired') this.signing.failed(problem('blockhash-expired'));
    if (submission?.state === 'failed') this.signing.failed(problem('failed', submission.problem));
  }
}
