import { answer } from '../../../../answer.ts';
import { readOfferId, readTransaction } from '../../../../request.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ params, request, locals: { app } }) =>
  answer(app.log, async () => {
    const { submission } = await app.treasury.submitFunding({ offerId: readOfferId(params.offer), transaction: await readTransaction(request) });
    return { signature: submission?.signature ?? '' };
  });
