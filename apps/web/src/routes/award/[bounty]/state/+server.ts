import { answer } from '../../../../answer.ts';
import { getBounty } from '../../../../deciding/get-bounty.ts';
import { readBounty } from '../../../../request.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, locals: { app } }) => answer(app.log, () => getBounty(app.treasury, readBounty(params.bounty)));
