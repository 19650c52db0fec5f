import type { identity, MessageInitShape } from '@doubloon/rpc';
import type { RulesContext } from '../rules/get-rules.ts';
import { decide } from './decide.ts';
import { keepDecision } from './decision-row.ts';
import { actorOf } from './facts.ts';
import { gather, type Gathering } from './gather.ts';
import { readAsking } from './request.ts';

export interface AuthorizeContext extends Gathering, Pick<RulesContext, 'reading' | 'now'> {
  /** A new UUID. */
  readonly newId: () => string;
}

/**
 * Whether somebody may do what a command says, by answers of GitHub each of which was asked for after this call began.
 * The decision is written down with them before it is told. REQUEST_INVALID, GITHUB_UNAVAILABLE, PARSER_BUSY.
 */
export async function authorize(context: AuthorizeContext, request: identity.AuthorizeRequest, { caller, signal }: { caller?: string | undefined; signal?: AbortSignal } = {}): Promise<MessageInitShape<typeof identity.AuthorizeResponseSchema>> {
  const asking = readAsking(request);
  const askedAt = context.now();
  const reader = context.reading(signal);
  const gathered = await gather(context, reader, asking, askedAt);
  const decision = decide(gathered.facts);
  const id = context.newId();
  const decidedAt = context.now();
  await keepDecision(context.pool, { id, asking, gathered, evidence: reader.evidence, decision, caller, askedAt, decidedAt });
  const actor = actorOf(gathered.facts);
  return {
    allowed: decision.allowed, reason: decision.allowed ? '' : decision.reason, reasonCode: decision.allowed ? '' : decision.code, decisionId: id, decidedAt: decidedAt.toISOString(),
    ...(actor === undefined ? {} : { actor: { githubId: actor.id, login: actor.login } }),
  };
}
