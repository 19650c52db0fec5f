import type { identity, MessageInitShape } from '@doubloon/rpc';
import type { RulesContext } from '../rules/get-rules.ts';
import { decide } from './decide.ts';
import { divide } from './divide.ts';
import { keepDecision } from './decision-row.ts';
import { actorOf, type Action } from './facts.ts';
import { gather, type Gathering } from './gather.ts';
import { readAsking, type Asking } from './request.ts';

export const decisionOutcomes = ['allowed', 'denied', 'failed'] as const;
export type DecisionOutcome = (typeof decisionOutcomes)[number];

export interface AuthorizeContext extends Gathering, Pick<RulesContext, 'reading' | 'now'> {
  /** A new UUID. */
  readonly newId: () => string;
  /** Hears of each request that could be decided about, when it is answered. */
  readonly decided?: (action: Action, outcome: DecisionOutcome) => void;
}

/**
 * Whether somebody may do what a command says, by answers of GitHub each of which was asked for after this call began.
 * The decision is written down with them before it is told. REQUEST_INVALID, GITHUB_UNAVAILABLE, PARSER_BUSY.
 */
export async function authorize(context: AuthorizeContext, request: identity.AuthorizeRequest, by: { caller?: string | undefined; signal?: AbortSignal } = {}): Promise<MessageInitShape<typeof identity.AuthorizeResponseSchema>> {
  const asking = readAsking(request);
  let outcome: DecisionOutcome = 'failed';
  try {
    const answer = await decideNow(context, asking, by);
    outcome = answer.allowed ? 'allowed' : 'denied';
    return answer;
  } finally {
    context.decided?.(asking.action, outcome);
  }
}

async function decideNow(context: AuthorizeContext, asking: Asking, { caller, signal }: { caller?: string | undefined; signal?: AbortSignal }) {
  const askedAt = context.now();
  const reader = context.reading(signal);
  const all = await gather(context, reader, asking, askedAt);
  const { facts, leftOut } = asking.inPart ? divide(all.facts) : { facts: all.facts, leftOut: [] };
  const gathered = { ...all, facts };
  const decision = decide(facts);
  const id = context.newId();
  const decidedAt = context.now();
  await keepDecision(context.pool, { id, asking, gathered, leftOut, evidence: reader.evidence, decision, caller, askedAt, decidedAt });
  const actor = actorOf(gathered.facts);
  return {
    allowed: decision.allowed, reason: decision.allowed ? '' : decision.reason, reasonCode: decision.allowed ? '' : decision.code, decisionId: id, decidedAt: decidedAt.toISOString(), leftOut: decision.allowed ? [...leftOut] : [],
    ...(actor === undefined ? {} : { actor: { githubId: actor.id, login: actor.login } }),
  };
}
