import { answer } from '../../../../funding/answer.ts';
import { readOfferId } from '../../../../funding/request.ts';
import { toOfferView } from '../../../../funding/to-view.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, locals: { app } }) =>
  answer(app.log, async () => toOfferView((await app.treasury.getOffer({ offerId: readOfferId(params.offer) })).offer));
