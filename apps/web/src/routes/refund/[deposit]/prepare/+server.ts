import { answer } from '../../../../answer.ts';
import type { BuiltStep } from '../../../../deciding/step-view.ts';
import { toStep, toStepTermsView } from '../../../../deciding/to-view.ts';
import { readDeposit, readStep } from '../../../../request.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ params, request, locals: { app } }) =>
  answer(app.log, async () => {
    const { step, share, wallet } = await readStep(request);
    const { transaction, terms } = await app.treasury.buildDepositStep({ deposit: readDeposit(params.deposit), step: toStep(step), share, wallet });
    if (terms === undefined) throw new Error('the treasury built a step without its terms');
    return { transaction: Buffer.from(transaction).toString('base64'), terms: toStepTermsView(terms) } satisfies BuiltStep;
  });
