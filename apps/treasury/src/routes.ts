import { route, TreasuryService, type Route } from '@doubloon/rpc';
import { buildFunding } from './build-funding.ts';
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
      quote: (request) => quote({ denoms: context.denoms, facts: context.facts.current() }, request),
      openOffer: (request) => openOffer(context, request),
      getOffer: (request) => getOffer(context, request),
      withdrawOffer: (request) => withdrawOffer(context, request),
      buildFunding: (request) => buildFunding(context, request),
      submitFunding: (request) => submitFunding(context, request),
      getBounty: (request) => getBounty(context, request),
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
