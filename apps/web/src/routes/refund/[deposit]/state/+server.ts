import { answer } from '../../../../answer.ts';
import { getStanding } from '../../../../deciding/get-bounty.ts';
import { readDeposit } from '../../../../request.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, locals: { app } }) => answer(app.log, () => getStanding(app.treasury, readDeposit(params.deposit)));
