import { answer } from '../../../../answer.ts';
import { toStep } from '../../../../deciding/to-view.ts';
import { readDeposit, readSignedStep } from '../../../../request.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ params, request, locals: { app } }) =>
  answer(app.log, async () => {
    const { step, share, transaction } = await readSignedStep(request);
    const { submission } = await app.treasury.submitDepositStep({ deposit: readDeposit(params.deposit), step: toStep(step), share, transaction });
    return { signature: submission?.signature ?? '' };
  });
