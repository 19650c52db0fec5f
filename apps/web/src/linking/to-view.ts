import { formatAmount } from '@doubloon/domain';
import { identity, treasury } from '@doubloon/rpc';
import type { IdentityView, LinkStep, LinkSubmissionView, LinkTermsView } from './identity-view.ts';

const states: Record<identity.IdentityState, IdentityView['state']> = {
  [identity.IdentityState.UNSPECIFIED]: 'absent',
  [identity.IdentityState.ABSENT]: 'absent',
  [identity.IdentityState.COOLING]: 'cooling',
  [identity.IdentityState.LINKED]: 'linked',
  [identity.IdentityState.CHANGING]: 'changing',
  [identity.IdentityState.CONTESTED]: 'contested',
  [identity.IdentityState.UNLINKED]: 'unlinked',
};

const steps: Record<LinkStep, identity.LinkStep> = {
  link: identity.LinkStep.LINK,
  change: identity.LinkStep.CHANGE,
  object: identity.LinkStep.CANCEL_CHANGE,
  settle: identity.LinkStep.SETTLE_CHANGE,
  unlink: identity.LinkStep.UNLINK,
};

const submissionStates: Record<treasury.SubmissionState, LinkSubmissionView['state']> = {
  [treasury.SubmissionState.UNSPECIFIED]: 'recorded',
  [treasury.SubmissionState.RECORDED]: 'recorded',
  [treasury.SubmissionState.SENT]: 'sent',
  [treasury.SubmissionState.CONFIRMED]: 'confirmed',
  [treasury.SubmissionState.FINALIZED]: 'finalized',
  [treasury.SubmissionState.EXPIRED]: 'expired',
  [treasury.SubmissionState.FAILED]: 'failed',
};

const lamportDecimals = 9;
const someText = (text: string): string | undefined => (text === '' ? undefined : text);
const inSol = (lamports: string): string => formatAmount(BigInt(lamports), lamportDecimals);

/** A step as the identity service names it. */
export const toStep = (step: LinkStep): identity.LinkStep => steps[step];

function stepOf(step: identity.LinkStep): LinkStep {
  const found = (Object.keys(steps) as LinkStep[]).find((name) => steps[name] === step);
  if (found === undefined) throw new Error(`the identity service named the step ${String(step)}, which this version does not know`);
  return found;
}

/** The identity service's answer about a user as the page shows it. */
export function toIdentityView({ identity: found, cluster }: identity.GetIdentityResponse): IdentityView {
  if (found === undefined) throw new Error('the identity service answered without an identity');
  const { submission } = found;
  return {
    githubId: found.person?.githubId ?? '',
    login: found.person?.login ?? '',
    state: states[found.state],
    wallet: someText(found.wallet),
    linkedAt: someText(found.linkedAt),
    paysFrom: someText(found.paysFrom),
    pending: found.pendingWallet === '' ? undefined : { wallet: found.pendingWallet, since: found.pendingSince, from: found.pendingFrom },
    account: found.account,
    proof: someText(found.proof),
    submission: submission && {
      step: stepOf(submission.step),
      signature: submission.signature,
      wallet: submission.wallet,
      state: submissionStates[submission.state],
      problem: submission.problem,
    },
    cluster: cluster?.name ?? '',
    genesisHash: cluster?.genesisHash ?? '',
  };
}

/** The identity service's terms as the page shows them. */
export function toLinkTermsView(terms: identity.LinkTerms): LinkTermsView {
  return {
    step: stepOf(terms.step),
    githubId: terms.person?.githubId ?? '',
    login: terms.person?.login ?? '',
    wallet: terms.wallet,
    otherWallet: someText(terms.otherWallet),
    account: terms.account,
    cluster: terms.cluster?.name ?? '',
    genesisHash: terms.cluster?.genesisHash ?? '',
    program: terms.program?.address ?? '',
    upgradeAuthority: someText(terms.program?.upgradeAuthority ?? ''),
    programSha256: terms.program?.sha256 ?? '',
    operator: terms.operator,
    attestor: someText(terms.attestor),
    expiresAt: someText(terms.expiresAt),
    coolDownHours: terms.coolDownSeconds / 3600,
    networkFee: inSol(terms.networkFee),
    rent: inSol(terms.rent),
  };
}
