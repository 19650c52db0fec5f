import { DoubloonError } from '@doubloon/errors';
import { throughOutages } from '@doubloon/postgres';
import { route, TreasuryService, type Route, type treasury } from '@doubloon/rpc';
import { createFacets } from './board/facets.ts';
import { getHistory } from './board/history.ts';
import { keepIssue } from './board/keep-issue.ts';
import { listBounties } from './board/list-bounties.ts';
import { createSums } from './board/sums.ts';
import { buildFunding } from './funding/build-funding.ts';
import { getBounty } from './offers/get-bounty.ts';
import { getOffer } from './offers/get-offer.ts';
import { openOffer } from './offers/open-offer.ts';
import { quote } from './offers/quote.ts';
import { buildAward, type Seconding } from './relayer/build-award.ts';
import { decide } from './relayer/decide.ts';
import { splitPreview } from './relayer/split-preview.ts';
import { readShares } from './relayer/split.ts';
import { submitAward } from './relayer/submit-award.ts';
import { buildDepositStep } from './steps/build-step.ts';
import { getDeposit } from './steps/get-deposit.ts';
import { submitDepositStep } from './steps/submit-step.ts';
import { submitFunding } from './funding/submit-funding.ts';
import type { Treasury } from './treasury.ts';
import { withdrawOffer } from './offers/withdraw-offer.ts';

const answering = throughOutages('treasury');

/** The service as others call it, and who may call what. */
export function treasuryRoute(context: Treasury, deciding?: Seconding): Route {
  const counted = { pool: context.pool, now: context.now, everyMs: 5_000 };
  const [facetsOf, sumsOf] = [createFacets(counted), createSums(counted)];
  return route(TreasuryService, {
    methods: {
      quote: (request) => quote({ denoms: context.denoms, facts: context.facts.current() }, request),
      openOffer: answering((request: treasury.OpenOfferRequest) => openOffer(context, request)),
      getOffer: answering((request: treasury.GetOfferRequest) => getOffer(context, request)),
      withdrawOffer: answering((request: treasury.WithdrawOfferRequest) => withdrawOffer(context, request)),
      buildFunding: answering((request: treasury.BuildFundingRequest) => buildFunding(context, request)),
      submitFunding: answering((request: treasury.SubmitFundingRequest) => submitFunding(context, request)),
      getBounty: answering((request: treasury.GetBountyRequest) => getBounty(context, request)),
      splitPreview: answering((request: treasury.SplitPreviewRequest) => splitPreview(context, request)),
      award: answering(async ({ source, shares }: treasury.AwardRequest) => decide(required(deciding), 'award', source, readShares(shares))),
      veto: answering(async ({ source }: treasury.VetoRequest) => decide(required(deciding), 'veto', source)),
      cancel: answering(async ({ source }: treasury.CancelRequest) => decide(required(deciding), 'cancel', source)),
      buildAward: answering((request: treasury.BuildAwardRequest) => buildAward(context, deciding, request)),
      submitAward: answering((request: treasury.SubmitAwardRequest) => submitAward(context, deciding, request)),
      buildDepositStep: answering((request: treasury.BuildDepositStepRequest) => buildDepositStep(context, request)),
      submitDepositStep: answering((request: treasury.SubmitDepositStepRequest) => submitDepositStep(context, request)),
      getDeposit: answering((request: treasury.GetDepositRequest) => getDeposit(context, request)),
      keepIssue: answering((request: treasury.KeepIssueRequest) => keepIssue(context, request)),
      listBounties: answering((request: treasury.ListBountiesRequest) => listBounties({ ...context, facetsOf, sumsOf }, request)),
      getHistory: answering((request: treasury.GetHistoryRequest) => getHistory(context, request)),
    },
    callers: {
      quote: ['web'],
      openOffer: ['github-app'],
      getOffer: ['web', 'github-app'],
      withdrawOffer: ['github-app'],
      buildFunding: ['web'],
      submitFunding: ['web'],
      getBounty: ['github-app', 'web'],
      splitPreview: ['github-app', 'web'],
      award: ['github-app'],
      veto: ['github-app'],
      cancel: ['github-app'],
      buildAward: ['web'],
      submitAward: ['web'],
      buildDepositStep: ['web'],
      submitDepositStep: ['web'],
      getDeposit: ['web'],
      keepIssue: ['github-app'],
      listBounties: ['web'],
      getHistory: ['web'],
    },
  });
}

/** SERVICE_UNAVAILABLE while this instance has no relayer, or nobody to ask who may decide. */
function required(deciding: Seconding | undefined): Seconding {
  if (deciding === undefined) throw new DoubloonError('SERVICE_UNAVAILABLE', { service: 'relayer' });
  return deciding;
}
