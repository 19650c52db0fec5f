import { route, TreasuryService, unimplemented, type Route, type treasury } from '@doubloon/rpc';
import { buildFunding } from './build-funding.ts';
import { throughOutages } from './database-outage.ts';
import { getBounty } from './get-bounty.ts';
import { getOffer } from './get-offer.ts';
import { openOffer } from './open-offer.ts';
import { quote } from './quote.ts';
import { submitFunding } from './submit-funding.ts';
import type { Treasury } from './treasury.ts';
import { withdrawOffer } from './withdraw-offer.ts';

/** The service as others call it, and who may call what. */
export const treasuryRoute = (context: Treasury): Route =>
  route(TreasuryService, {
    methods: {
      ...unimplemented(TreasuryService),
      quote: (request) => quote({ denoms: context.denoms, facts: context.facts.current() }, request),
      openOffer: throughOutages((request: treasury.OpenOfferRequest) => openOffer(context, request)),
      getOffer: throughOutages((request: treasury.GetOfferRequest) => getOffer(context, request)),
      withdrawOffer: throughOutages((request: treasury.WithdrawOfferRequest) => withdrawOffer(context, request)),
      buildFunding: throughOutages((request: treasury.BuildFundingRequest) => buildFunding(context, request)),
      submitFunding: throughOutages((request: treasury.SubmitFundingRequest) => submitFunding(context, request)),
      getBounty: throughOutages((request: treasury.GetBountyRequest) => getBounty(context, request)),
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
