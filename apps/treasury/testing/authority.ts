import { onTestFinished } from 'vitest';
import { createRpcServer, IdentityService, newServiceToken, parseCallers, route, unimplemented, type identity } from '@doubloon/rpc';
import { createLogger } from '@doubloon/service';

/** Who answers `Authorize` in tests of the treasury: everything is allowed until it is told otherwise. */
export interface Authority {
  /** What makes a treasury ask it. */
  readonly env: Readonly<Record<string, string>>;
  /** What it was asked, in order. */
  readonly asked: identity.AuthorizeRequest[];
  /** The repositories whose rules it was asked for. */
  readonly rulesAsked: string[];
  /** Why it refuses, or that it does not answer. */
  refuse(reason: string, reasonCode: string): void;
  allow(): void;
  /** Allows what is asked for, but not for these deposits, and why not. */
  leaveOut(...deposits: readonly { deposit: string; reason: string }[]): void;
  /** What it says of every repository's smallest amounts, base units, from then on. */
  limit(limits: readonly { denom: string; minimum: string }[]): void;
  goAway(): Promise<void>;
}

export async function openAuthority(atEnd: (close: () => Promise<void>) => void = onTestFinished): Promise<Authority> {
  const { token, hash } = newServiceToken();
  const asked: identity.AuthorizeRequest[] = [];
  const rulesAsked: string[] = [];
  let limits: readonly { denom: string; minimum: string }[] = [];
  const getRules = ({ repositoryId }: identity.GetRulesRequest) => {
    rulesAsked.push(repositoryId);
    return { present: limits.length > 0, rules: { limits: [...limits] } };
  };
  let refusal: { reason: string; reasonCode: string } | undefined;
  let leftOut: readonly { deposit: string; reason: string }[] = [];
  const authorize = (request: identity.AuthorizeRequest) => {
    asked.push(request);
    return refusal === undefined ? { allowed: true, actor: { githubId: '583231', login: 'ada' }, decisionId: `decision-${String(asked.length)}`, leftOut: request.inPart ? [...leftOut] : [] } : { allowed: false, ...refusal };
  };
  const nobody = Object.fromEntries(IdentityService.methods.map(({ localName }) => [localName, []])) as unknown as Record<'beginSession' | 'completeOAuth' | 'getSession' | 'endSession' | 'getIdentity' | 'buildLink' | 'submitLink', []>;
  const server = createRpcServer({
    routes: [route(IdentityService, { methods: { ...unimplemented(IdentityService), authorize, getRules }, callers: { ...nobody, authorize: ['treasury'], getRules: ['treasury'] } })],
    tokens: parseCallers(JSON.stringify({ treasury: hash })), log: createLogger({ name: 'authority', level: 'silent' }),
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  let isOpen = true;
  const goAway = async () => {
    if (isOpen) await server.close();
    isOpen = false;
  };
  atEnd(goAway);
  return { env: { TREASURY_IDENTITY_URL: url, TREASURY_IDENTITY_TOKEN: token }, asked, rulesAsked, refuse(reason, reasonCode) { refusal = { reason, reasonCode }; }, allow() { refusal = undefined; }, leaveOut(...deposits) { leftOut = deposits; }, limit(next) { limits = next; }, goAway };
}
