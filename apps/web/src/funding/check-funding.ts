import { depositAddress, depositNonce, fundSol, fundToken, parseAddress } from '@doubloon/escrow';
import { checkTransaction } from '../signing/check-transaction.ts';
import type { OfferView, TermsView } from './offer-view.ts';

/** What the page showed, and what the server built from it. */
export interface Shown {
  readonly offer: OfferView;
  readonly terms: TermsView;
  readonly wallet: string;
  readonly deposit: string;
  /** RFC 3339, as built. */
  readonly deadline: string;
}

// Terms are computed when the page is shown and again when the person signs: a page may lie open over night.
const deadlineSlackMs = 48 * 3600 * 1000;

/**
 * Checks, in the browser and before the wallet sees it, that a transaction does what the page shows and nothing else. The
 * expected instruction is built here from what is shown and compared byte by byte. Answers what differs, in words;
 * undefined when nothing does.
 */
export function checkFunding(bytes: Uint8Array, { offer, terms, wallet, deposit, deadline }: Shown): string | undefined {
  if (Math.abs(Date.parse(deadline) - Date.parse(terms.deadline)) > deadlineSlackMs) return 'the deadline';

  const key = {
    program: parseAddress(terms.program),
    operator: parseAddress(terms.operator),
    repositoryId: offer.issue.repositoryId,
    issueId: offer.issue.issueId,
    funder: parseAddress(wallet),
    nonce: depositNonce(offer.id),
  };
  const approver = terms.approver === undefined ? undefined : parseAddress(terms.approver);
  const agreed = { ...key, amount: BigInt(offer.amount), deadline: BigInt(Date.parse(deadline)) / 1000n, withRelayer: terms.withRelayer, approver };
  const instruction = terms.mint === undefined ? fundSol(agreed) : fundToken({ ...agreed, mint: parseAddress(terms.mint) });
  if (depositAddress(key).address !== deposit) return 'the accounts it touches';
  const difference = checkTransaction(bytes, { instruction, payer: key.funder, networkFee: terms.networkFee });
  return difference === 'what it says' ? 'the amount, the issue or the terms' : difference;
}
