import { throughOutages } from '@doubloon/postgres';
import { route, TreasuryService, type Route, type treasury } from '@doubloon/rpc';
import { buildFunding } from './build-funding.ts';
import { getBounty } from './get-bounty.ts';
import { getOffer } from './get-offer.ts';
import { openOffer } from './open-offer.ts';
import { quote } from './quote.ts';
import { submitFunding } from './submit-funding.ts';
import type { Treasury } from './treasury.ts';
import { withdrawOffer } from './withdraw-offer.ts';

const answering = throughOutages('treasury');

/** The service as others call it, and who may call what. */
export const treasuryRoute = (context: Treasury): Route =>
  route(TreasuryService, {
    methods: {
      quote: (request) => quote({ denoms: context.denoms, facts: context.facts.current() }, request),
      openOffer: answering((request: treasury.OpenOfferRequest) => openOffer(context, request)),
      getOffer: answering((request: treasury.GetOfferRequest) => getOffer(context, request)),
      withdrawOffer: answering((request: treasury.WithdrawOfferRequest) => withdrawOffer(context, request)),
      buildFunding: answering((request: treasury.BuildFundingRequest) => buildFunding(context, request)),
      submitFunding: answering((request: treasury.SubmitFundingRequest) => submitFunding(context, request)),
      getBounty: answering((request: treasury.GetBountyRequest) => getBounty(context, request)),
    },
    callers: {
      quote: ['web'],
      openOffer: ['github-app'],
      getOffer: ['web', 'github-app'],
      withdrawOffer: ['github-app'],
      buildFunding: ['web'],
      submitFunding: ['web'],
      getBounty: ['github-app'],
    },
  });
