import { answer } from '../../../answer.ts';
import type { BuiltLink } from '../../../linking/identity-view.ts';
import { toLinkTermsView, toStep } from '../../../linking/to-view.ts';
import { readLink } from '../../../request.ts';
import { readSession } from '../../../sessions/cookie.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = ({ request, cookies, getClientAddress, locals: { app } }) =>
  answer(app.log, async () => {
    const { step, user, wallet } = await readLink(request);
    const { transaction, terms } = await app.identity.buildLink({ step: toStep(step), session: readSession(cookies), githubId: user, wallet, address: getClientAddress() });
    if (terms === undefined) throw new Error('the identity service built a step without its terms');
    return { transaction: Buffer.from(transaction).toString('base64'), terms: toLinkTermsView(terms) } satisfies BuiltLink;
  });
