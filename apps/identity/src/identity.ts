import { throughOutages } from '@doubloon/postgres';
import { callerIn, IdentityService, route, type HandlerContext, type identity, type Route } from '@doubloon/rpc';
import { authorize } from './authorize/authorize.ts';
import type { IdentityContext } from './context.ts';
import { buildLink } from './links/build-link.ts';
import { getIdentity } from './links/get-identity.ts';
import { submitLink } from './links/submit-link.ts';
import { getRules } from './rules/get-rules.ts';
import { endSession, sessionOf } from './sessions/session.ts';
import { beginSession, completeSignIn } from './sessions/sign-in.ts';

const answering = throughOutages('identity');

/** The service as others call it, and who may call what. */
export const identityRoute = (context: IdentityContext): Route =>
  route(IdentityService, {
    methods: {
      beginSession: answering((request: identity.BeginSessionRequest) => beginSession(context, request)),
      completeOAuth: answering((request: identity.CompleteOAuthRequest) => completeSignIn(context, request)),
      getSession: answering(async ({ session }: identity.GetSessionRequest) => {
        const { expiresAt, ...person } = await sessionOf(context, session);
        return { person, expiresAt: expiresAt.toISOString() };
      }),
      endSession: answering(async ({ session }: identity.EndSessionRequest) => {
        await endSession(context.pool, session);
        return {};
      }),
      getIdentity: answering((request: identity.GetIdentityRequest) => getIdentity(context, request)),
      buildLink: answering((request: identity.BuildLinkRequest) => buildLink(context, request)),
      submitLink: answering((request: identity.SubmitLinkRequest) => submitLink(context, request)),
      authorize: answering((request: identity.AuthorizeRequest, call: HandlerContext) => authorize(context.authorizing, request, { caller: callerIn(call), signal: call.signal })),
      getRules: answering((request: identity.GetRulesRequest, call: HandlerContext) => getRules(context.authorizing, request, call.signal)),
    },
    callers: {
      beginSession: ['web'],
      completeOAuth: ['web'],
      getSession: ['web'],
      endSession: ['web'],
      getIdentity: ['github-app', 'treasury', 'web'],
      buildLink: ['web'],
      submitLink: ['web'],
      authorize: ['github-app', 'treasury'],
      getRules: ['github-app', 'treasury', 'web'],
    },
  });
