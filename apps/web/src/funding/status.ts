import type { Step } from '../signing/signing.svelte.ts';
import type { OfferView } from './offer-view.ts';

const reached = { recorded: 1, sent: 2, confirmed: 3, finalized: 4, expired: 0, failed: 0 } as const;

/** How many of the stages of a signed transaction an offer has behind it. */
export const stageOf = (offer: OfferView): number => (offer.state === 'funded' ? reached.finalized : offer.state === 'submitted' ? reached[offer.submission?.state ?? 'recorded'] : 0);

const asking: Record<Step, string> = {
  start: '',
  choosing: 'Choose a wallet.',
  connecting: 'Waiting for your wallet to connect. Look for its window.',
  reviewing: 'Wallet connected.',
  connected: 'Wallet connected. Nothing is paid until you sign.',
  building: 'Preparing the transaction.',
  signing: 'Waiting for your signature. Look for your wallet’s window.',
  submitting: 'Signed. Handing it in.',
  done: 'Signed and recorded. Sending it to the network.',
};

const underway = ['Signed and recorded. Sending it to the network.', 'Signed and recorded. Sending it to the network.', 'Sent. Waiting for the network to see it.', 'Seen by the network. Waiting until it is final.', 'Final. Reading the deposit.'];

/** One sentence for the live region: where things stand now. */
export function statusOf(offer: OfferView, step: Step): string {
  switch (offer.state) {
    case 'funded':
      return 'Funded. The money is in escrow.';
    case 'replaced':
      return 'This offer was replaced by a newer one.';
    case 'withdrawn':
      return 'This offer was withdrawn before it was funded.';
    case 'expired':
      return 'This offer was not funded in time.';
    case 'refunded':
      return 'The money went back to its funder.';
    case 'paid':
      return 'The money was awarded and paid out.';
    case 'closed':
      return 'This deposit is over, and its account was closed. Where its money went stands in the chain’s history.';
    case 'submitted':
      return underway[stageOf(offer)] ?? '';
    case 'offered':
      return asking[step];
  }
}
