import { answer } from '../../../../answer.ts';
import { buildAward } from '../../../../deciding/build-award.ts';
import { readAwardToSign, readBounty } from '../../../../request.ts';
import { personOf } from '../../../../sessions/person-of.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ params, request, cookies, locals: { app } }) =>
  answer(app.log, async () => {
    const [ids, award] = [readBounty(params.bounty), await readAwardToSign(request)];
    const person = await personOf(app.identity, cookies).catch((err: unknown) => { app.log.warn({ err }, 'a session could not be read'); return undefined; });
    return buildAward(app.treasury, ids, { ...award, actorId: person?.githubId });
  });
