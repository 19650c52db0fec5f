import { formatAmount } from '@doubloon/domain';
import { treasury } from '@doubloon/rpc';
import { submissionStates } from '../signing/submission-state.ts';
import type { BountyView, Decider, DepositView, IssueView, StandingView } from './deposit-view.ts';
import type { AwardTermsView, SplitView } from './split-view.ts';
import type { DepositStep, PlaceView, StepTermsView } from './step-view.ts';

const states: Record<treasury.DepositState, DepositView['state']> = {
  [treasury.DepositState.UNSPECIFIED]: 'held',
  [treasury.DepositState.HELD]: 'held',
  [treasury.DepositState.AWARDED]: 'awarded',
  [treasury.DepositState.PAID]: 'paid',
  [treasury.DepositState.REFUNDED]: 'refunded',
  [treasury.DepositState.CANCELLED]: 'cancelled',
  [treasury.DepositState.CLOSED]: 'closed',
};

const steps: Record<DepositStep | 'award', treasury.DepositStep> = {
  veto: treasury.DepositStep.VETO,
  cancel: treasury.DepositStep.CANCEL,
  refund: treasury.DepositStep.REFUND,
  'refund-share': treasury.DepositStep.REFUND_SHARE,
  payout: treasury.DepositStep.PAYOUT,
  close: treasury.DepositStep.CLOSE,
  award: treasury.DepositStep.AWARD,
};

const lamportDecimals = 9;
const someText = (text: string): string | undefined => (text === '' ? undefined : text);
const inSol = (lamports: string): string => formatAmount(BigInt(lamports), lamportDecimals);

/** A step as the treasury names it. */
export const toStep = (step: DepositStep): treasury.DepositStep => steps[step];

/** undefined for a step that only a newer treasury knows. */
const stepOf = (step: treasury.DepositStep): DepositStep | 'award' | undefined => (Object.keys(steps) as (DepositStep | 'award')[]).find((name) => steps[name] === step);

export function toDepositView(deposit: treasury.Deposit): DepositView {
  const { award } = deposit;
  return {
    address: deposit.address,
    state: states[deposit.state],
    denom: deposit.money?.denom ?? '',
    amount: deposit.money?.amount ?? '0',
    text: deposit.text,
    heldText: deposit.heldText,
    funder: deposit.funder,
    approver: someText(deposit.approver),
    withRelayer: deposit.withRelayer,
    deadline: deposit.deadline,
    createdSlot: deposit.createdSlot,
    sequence: deposit.sequence,
    vetoed: deposit.vetoed,
    gone: deposit.gone,
    signature: someText(deposit.signature),
    endSignature: someText(deposit.endSignature),
    award: award && {
      shares: award.shares.map(({ githubId, bps, amount, text, settled, signature, wallet, waitsFor, paysFrom, claimableUntil }) => ({
        githubId, bps, amount, text,
        settled: settled === 'paid' || settled === 'refunded' ? settled : undefined,
        signature: someText(signature), wallet: someText(wallet), waitsFor: someText(waitsFor), paysFrom: someText(paysFrom), claimableUntil: someText(claimableUntil),
      })),
      by: award.by.filter((one): one is Decider => one === 'funder' || one === 'relayer' || one === 'approver'),
      awardedAt: award.awardedAt,
      finalAt: award.finalAt,
      isFinal: award.final,
    },
  };
}

const toIssueView = (issue: treasury.Issue): IssueView => ({
  repositoryId: issue.repositoryId, issueId: issue.issueId, repository: issue.repository, number: issue.number, title: issue.title, url: issue.url,
});

/** undefined when nothing was ever offered on the issue. */
export function toBountyView({ issue, offers, deposits, cluster }: treasury.GetBountyResponse): BountyView | undefined {
  const of = issue ?? offers.at(-1)?.issue;
  return of && { issue: toIssueView(of), deposits: deposits.map(toDepositView), cluster: cluster?.name ?? '', genesisHash: cluster?.genesisHash ?? '' };
}

export function toStandingView({ deposit, issue, cluster, steps: possible, stepsUnknown, submission, submittedStep, submittedShare }: treasury.GetDepositResponse): StandingView {
  if (deposit === undefined) throw new Error('the treasury answered without a deposit');
  const submitted = submission && stepOf(submittedStep);
  return {
    deposit: toDepositView(deposit),
    issue: issue && toIssueView(issue),
    cluster: cluster?.name ?? '',
    genesisHash: cluster?.genesisHash ?? '',
    steps: possible.flatMap(({ step, share, by }) => {
      const known = stepOf(step);
      return known === undefined || known === 'award' ? [] : [{ step: known, share, by }];
    }),
    stepsUnknown,
    submitted: submission && submitted && {
      step: submitted, share: submittedShare, signature: submission.signature, wallet: submission.wallet,
      state: submissionStates[submission.state], problem: submission.problem,
    },
  };
}

export const toSplitView = ({ deposit, denom, shares, problem }: treasury.DepositSplit): SplitView => ({
  deposit, denom, problem: someText(problem),
  shares: shares.map(({ githubId, bps, amount, text }) => ({ githubId, bps, amount, text })),
});

const toPlace = ({ cluster, program, operator }: Pick<treasury.AwardTerms, 'cluster' | 'program' | 'operator'>): PlaceView => ({
  cluster: cluster?.name ?? '',
  genesisHash: cluster?.genesisHash ?? '',
  program: program?.address ?? '',
  upgradeAuthority: someText(program?.upgradeAuthority ?? ''),
  programSha256: program?.sha256 ?? '',
  operator,
});

/** `aloneBecause`: why the relayer was not asked to sign too. */
export function toAwardTermsView({ terms, finalAt, withRelayer }: treasury.BuildAwardResponse, of: { deposit: DepositView; wallet: string; aloneBecause: string | undefined }): AwardTermsView {
  if (terms === undefined) throw new Error('the treasury built an award without its terms');
  return {
    ...toPlace(terms),
    deposit: of.deposit.address, wallet: of.wallet, createdSlot: terms.createdSlot, sequence: terms.sequence,
    relayer: someText(terms.relayer), atOnce: withRelayer || !of.deposit.withRelayer, finalAt, aloneBecause: of.aloneBecause, networkFee: inSol(terms.networkFee),
  };
}

export function toStepTermsView(terms: treasury.DepositStepTerms): StepTermsView {
  const step = stepOf(terms.step);
  if (step === undefined || step === 'award') throw new Error(`the treasury built the step ${String(terms.step)}, which this version does not know`);
  return {
    ...toPlace(terms),
    step, deposit: terms.deposit, to: someText(terms.to), amount: terms.money?.amount, text: someText(terms.text),
    mint: someText(terms.mint), networkFee: inSol(terms.networkFee), rent: inSol(terms.rent),
  };
}
