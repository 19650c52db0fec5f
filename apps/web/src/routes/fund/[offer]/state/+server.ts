import { answer } from '../../../../answer.ts';
import { getOffer } from '../../../../funding/get-offer.ts';
import { readOfferId } from '../../../../request.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, locals: { app } }) =>
  answer(app.log, async () => (await getOffer(app.treasury, readOfferId(params.offer))).offer);
