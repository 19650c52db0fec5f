import type { ClientBase, Pool } from 'pg';
import { formatAmount, isHeld } from '@doubloon/domain';
import { treasury, type MessageInitShape } from '@doubloon/rpc';
import { depositsOfOffer, type DepositRow } from '../deposits/deposit-row.ts';
import { depositView, type Showing } from '../deposits/deposit-view.ts';
import type { OfferRow, OfferState, SubmissionState } from './offer-row.ts';

const offerStates: Record<OfferState, treasury.OfferState> = {
  offered: treasury.OfferState.OFFERED,
  submitted: treasury.OfferState.SUBMITTED,
  funded: treasury.OfferState.FUNDED,
  replaced: treasury.OfferState.REPLACED,
  withdrawn: treasury.OfferState.WITHDRAWN,
  expired: treasury.OfferState.EXPIRED,
  refunded: treasury.OfferState.REFUNDED,
  paid: treasury.OfferState.PAID,
  closed: treasury.OfferState.CLOSED,
};

/** The states of something signed as they cross the border. */
export const submissionStates: Record<SubmissionState, treasury.SubmissionState> = {
  recorded: treasury.SubmissionState.RECORDED,
  sent: treasury.SubmissionState.SENT,
  confirmed: treasury.SubmissionState.CONFIRMED,
  finalized: treasury.SubmissionState.FINALIZED,
  expired: treasury.SubmissionState.EXPIRED,
  failed: treasury.SubmissionState.FAILED,
};

export const fundUrl = (webUrl: string, offerId: string): string => `${webUrl}/fund/${offerId}`;

type SubmissionColumns = Pick<OfferRow, 'signature' | 'wallet' | 'submission_state' | 'submitted_at' | 'problem'>;

/** A submission as it crosses the border; `undefined` for the empty columns of an offer without one. */
export function submissionView({ signature, wallet, submission_state: state, submitted_at: at, problem }: SubmissionColumns): MessageInitShape<typeof treasury.SubmissionSchema> | undefined {
  if (signature === null || wallet === null || state === null || at === null) return undefined;
  return { signature, wallet, state: submissionStates[state], submittedAt: at.toISOString(), problem: problem ?? '' };
}

/** An offer as it crosses the border, with the deposit that is money for it. */
export const showOffer = async (db: ClientBase | Pool, row: OfferRow, showing: Showing): Promise<MessageInitShape<typeof treasury.OfferSchema>> =>
  offerView(row, showing, await depositsOfOffer(db, row.id));

/** The same from what was read already. Of several deposits, the first that holds its money. */
export function offerView(row: OfferRow, showing: Showing, deposits: readonly DepositRow[]): MessageInitShape<typeof treasury.OfferSchema> {
  const deposit = deposits.find((one) => isHeld(one)) ?? deposits[0];
  const submission = submissionView(row);
  return {
    id: row.id,
    source: { kind: row.source_kind, id: row.source_id, nth: row.nth, url: row.source_url },
    issue: { repositoryId: row.repository_id, issueId: row.issue_id, repository: row.repository, number: row.number, title: row.title, url: row.issue_url },
    offeredBy: { githubId: row.offered_by, login: row.offered_by_login },
    money: { denom: row.denom, amount: row.amount },
    decimals: row.decimals,
    text: formatAmount(BigInt(row.amount), row.decimals),
    state: offerStates[row.state],
    offeredAt: row.offered_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    // Kept as a wish while a transaction is alive, but not yet true.
    replacedBy: row.state === 'replaced' ? (row.replaced_by ?? '') : '',
    fundUrl: fundUrl(showing.webUrl, row.id),
    ...(submission === undefined ? {} : { submission }),
    ...(deposit === undefined ? {} : { deposit: depositView(deposit, showing) }),
  };
}
