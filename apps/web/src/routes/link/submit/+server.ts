import { answer } from '../../../answer.ts';
import { toStep } from '../../../linking/to-view.ts';
import { readSignedLink } from '../../../request.ts';
import { readSession } from '../../../sessions/cookie.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ request, cookies, getClientAddress, locals: { app } }) =>
  answer(app.log, async () => {
    const { step, user, transaction } = await readSignedLink(request);
    const { submission } = await app.identity.submitLink({ step: toStep(step), session: readSession(cookies), githubId: user, transaction, address: getClientAddress() });
    return { signature: submission?.signature ?? '' };
  });
