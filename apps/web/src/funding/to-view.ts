import { formatAmount } from '@doubloon/domain';
import { treasury } from '@doubloon/rpc';
import type { OfferView, SubmissionView, TermsView } from './offer-view.ts';

const states: Record<treasury.OfferState, OfferView['state']> = {
  [treasury.OfferState.UNSPECIFIED]: 'offered',
  [treasury.OfferState.OFFERED]: 'offered',
  [treasury.OfferState.SUBMITTED]: 'submitted',
  [treasury.OfferState.FUNDED]: 'funded',
  [treasury.OfferState.REPLACED]: 'replaced',
  [treasury.OfferState.WITHDRAWN]: 'withdrawn',
  [treasury.OfferState.EXPIRED]: 'expired',
  [treasury.OfferState.REFUNDED]: 'refunded',
  [treasury.OfferState.PAID]: 'paid',
  [treasury.OfferState.CLOSED]: 'closed',
};

const submissionStates: Record<treasury.SubmissionState, SubmissionView['state']> = {
  [treasury.SubmissionState.UNSPECIFIED]: 'recorded',
  [treasury.SubmissionState.RECORDED]: 'recorded',
  [treasury.SubmissionState.SENT]: 'sent',
  [treasury.SubmissionState.CONFIRMED]: 'confirmed',
  [treasury.SubmissionState.FINALIZED]: 'finalized',
  [treasury.SubmissionState.EXPIRED]: 'expired',
  [treasury.SubmissionState.FAILED]: 'failed',
};

const lamportDecimals = 9;
const someText = (text: string) => (text === '' ? undefined : text);

/** The treasury's offer as the page shows it. */
export function toOfferView(offer: treasury.Offer): OfferView {
  const { issue, source, money, submission, deposit } = offer;
  return {
    id: offer.id,
    state: states[offer.state],
    issue: {
      repositoryId: issue?.repositoryId ?? '',
      issueId: issue?.issueId ?? '',
      repository: issue?.repository ?? '',
      number: issue?.number ?? 0,
      title: issue?.title ?? '',
      url: issue?.url ?? '',
    },
    offeredBy: offer.offeredBy?.login ?? '',
    denom: money?.denom ?? '',
    amount: money?.amount ?? '',
    text: offer.text,
    sourceUrl: someText(source?.url ?? '') ?? issue?.url ?? '',
    expiresAt: offer.expiresAt,
    replacedBy: offer.replacedBy === '' ? undefined : `/fund/${offer.replacedBy}`,
    submission: submission && {
      signature: submission.signature,
      wallet: submission.wallet,
      state: submissionStates[submission.state],
      problem: submission.problem,
    },
    deposit: deposit && {
      address: deposit.address,
      funder: deposit.funder,
      deadline: deposit.deadline,
      signature: deposit.signature,
      withRelayer: deposit.withRelayer,
    },
  };
}

/** The treasury's terms as the page shows them. */
export function toTermsView(terms: treasury.Terms): TermsView {
  return {
    cluster: terms.cluster?.name ?? '',
    genesisHash: terms.cluster?.genesisHash ?? '',
    program: terms.program?.address ?? '',
    upgradeAuthority: someText(terms.program?.upgradeAuthority ?? ''),
    programSha256: terms.program?.sha256 ?? '',
    operator: terms.operator,
    mint: someText(terms.mint),
    currency: terms.denomName,
    issuer: terms.issuer,
    deadline: terms.deadline,
    graceHours: terms.graceSeconds / 3600,
    windowHours: terms.windowSeconds / 3600,
    withRelayer: terms.withRelayer,
    approver: someText(terms.approver),
    networkFee: formatAmount(BigInt(terms.networkFee), lamportDecimals),
    rent: formatAmount(BigInt(terms.rent), lamportDecimals),
  };
}
