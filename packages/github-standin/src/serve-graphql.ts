import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkHeaders, logged, parsedBody, refused, scripted, send, type Api, type Sent } from './api.ts';
import { Call } from './call.ts';
import { withFault } from './fault-serving.ts';
import type { ApiFault } from './faults.ts';
import { answerGraphQL } from './graphql.ts';
import { Refusal } from './refusal.ts';

const path = '/graphql';

function handle(api: Api, incoming: FastifyRequest, fault?: ApiFault): Sent {
  try {
    checkHeaders(incoming.headers);
    const caller = api.credentials.caller(incoming.headers.authorization);
    if (caller.kind === 'anonymous') throw new Refusal(401, 'This endpoint requires you to be authenticated.');
    if (caller.kind === 'app' || caller.kind === 'client') throw new Refusal(403, 'Resource not accessible by integration');
    const budget = api.budgets.of(caller, 'graphql');
    try {
      budget?.spend(false);
      const refusal = scripted(fault, api, budget, incoming.headers.authorization);
      if (refusal !== undefined) throw refusal;
    } catch (error) {
      // An hour that is used up is an answer of GraphQL; all else is refused before it.
      if (!(error instanceof Refusal) || error.headers['x-ratelimit-remaining'] !== '0') throw error;
      return { status: 200, body: { errors: [{ type: 'RATE_LIMITED', message: error.message }] }, headers: error.headers };
    }
    const said = parsedBody(incoming.body);
    const { query, variables, operationName } = (said ?? {}) as { query?: unknown; variables?: unknown; operationName?: unknown };
    if (typeof query !== 'string') throw new Refusal(400, 'A query attribute must be specified and must be a string.');
    const call = new Call({ ...api, caller, method: 'POST', path, accept: incoming.headers.accept ?? '', params: {}, query: {}, body: {} });
    const asked = { query, ...(typeof variables === 'object' && variables !== null ? { variables: variables as Record<string, unknown> } : {}), ...(typeof operationName === 'string' ? { operationName } : {}) };
    const answer = answerGraphQL(call, budget, asked);
    const wrong = answer.isInvalid ? (answer.body.errors ?? []).map((it) => it.message) : [];
    if (wrong.length > 0) api.mismatches.push({ kind: 'request', method: 'POST', path, operation: undefined, status: undefined, problems: wrong });
    return { status: 200, body: answer.body, headers: budget?.headers() ?? {} };
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    api.mismatches.push({ kind: 'answer', method: 'POST', path, operation: undefined, status: 500, problems: [`the stand-in failed: ${String(error)}`] });
    return refused(new Refusal(500, `The stand-in failed: ${String(error)}`));
  }
}

/** GraphQL, where an Enterprise Server has it too. Faults of the script meet it as `/graphql`. */
export function serveGraphQL(server: FastifyInstance, api: Api): void {
  server.post('/api/graphql', async (incoming, reply) => {
    logged(api, incoming, reply, path);
    const { now } = api.world;
    const fault = api.script.ofRequest('POST', path, api.credentials.isPerson(incoming.headers.authorization));
    return withFault({ incoming, reply, now, fault, handle: (met) => handle(api, incoming, met), send: async (sent) => send(reply, incoming, sent, now()) });
  });
}
