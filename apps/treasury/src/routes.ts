import { DoubloonError } from '@doubloon/errors';
import { route, TreasuryService, type Route, type treasury } from '@doubloon/rpc';
import { buildFunding } from './build-funding.ts';
import { throughOutages } from './database-outage.ts';
import { getBounty } from './get-bounty.ts';
import { getOffer } from './get-offer.ts';
import { openOffer } from './open-offer.ts';
import { quote } from './quote.ts';
import { buildAward, type Seconding } from './relayer/build-award.ts';
import { decide } from './relayer/decide.ts';
import { splitPreview } from './relayer/split-preview.ts';
import { readShares } from './relayer/split.ts';
import { submitAward } from './relayer/submit-award.ts';
import { submitFunding } from './submit-funding.ts';
import type { Treasury } from './treasury.ts';
import { withdrawOffer } from './withdraw-offer.ts';

/** The service as others call it, and who may call what. */
export const treasuryRoute = (context: Treasury, deciding?: Seconding): Route =>
  route(TreasuryService, {
    methods: {
      quote: (request) => quote({ denoms: context.denoms, facts: context.facts.current() }, request),
      openOffer: throughOutages((request: treasury.OpenOfferRequest) => openOffer(context, request)),
      getOffer: throughOutages((request: treasury.GetOfferRequest) => getOffer(context, request)),
      withdrawOffer: throughOutages((request: treasury.WithdrawOfferRequest) => withdrawOffer(context, request)),
      buildFunding: throughOutages((request: treasury.BuildFundingRequest) => buildFunding(context, request)),
      submitFunding: throughOutages((request: treasury.SubmitFundingRequest) => submitFunding(context, request)),
      getBounty: throughOutages((request: treasury.GetBountyRequest) => getBounty(context, request)),
      splitPreview: throughOutages((request: treasury.SplitPreviewRequest) => splitPreview(context, request)),
      award: throughOutages(async ({ source, shares }: treasury.AwardRequest) => decide(required(deciding), 'award', source, readShares(shares))),
      veto: throughOutages(async ({ source }: treasury.VetoRequest) => decide(required(deciding), 'veto', source)),
      cancel: throughOutages(async ({ source }: treasury.CancelRequest) => decide(required(deciding), 'cancel', source)),
      buildAward: throughOutages((request: treasury.BuildAwardRequest) => buildAward(context, deciding, request)),
      submitAward: throughOutages((request: treasury.SubmitAwardRequest) => submitAward(context, deciding, request)),
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
    },
  });

/** SERVICE_UNAVAILABLE while this instance has no relayer, or nobody to ask who may decide. */
function required(deciding: Seconding | undefined): Seconding {
  if (deciding === undefined) throw new DoubloonError('SERVICE_UNAVAILABLE', { service: 'relayer' });
  return deciding;
}
