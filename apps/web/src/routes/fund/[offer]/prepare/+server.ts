import { answer } from '../../../../answer.ts';
import { readOfferId, readWallet } from '../../../../request.ts';
import { toTermsView } from '../../../../funding/to-view.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ params, request, locals: { app } }) =>
  answer(app.log, async () => {
    const built = await app.treasury.buildFunding({ offerId: readOfferId(params.offer), wallet: await readWallet(request) });
    return {
      transaction: Buffer.from(built.transaction).toString('base64'),
      deposit: built.deposit,
      deadline: built.deadline,
      terms: built.terms && toTermsView(built.terms),
    };
  });
