import { answer } from '../../../../answer.ts';
import { readBounty, readSignedAward } from '../../../../request.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ params, request, locals: { app } }) =>
  answer(app.log, async () => {
    readBounty(params.bounty);
    const { intent } = await app.treasury.submitAward(await readSignedAward(request));
    return { signature: intent?.signature ?? '' };
  });
