import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Acts } from './acts.ts';
import { answers } from './answers.ts';
import { Call, type Answer } from './call.ts';
import type { ApiRequest, Conformance, Matched, Mismatch } from './conformance.ts';
import type { Credentials } from './credentials.ts';
import type { Deliveries } from './deliveries.ts';
import { toJson } from './json.ts';
import { pageOf } from './page-of-rows.ts';
import { Refusal } from './refusal.ts';
import { fullName, type World } from './world.ts';

/** Where GitHub Enterprise Server has its REST API too. */
export const apiRoot = '/api/v3';

export interface Api {
  readonly world: World;
  readonly acts: Acts;
  readonly credentials: Credentials;
  readonly deliveries: Deliveries;
  readonly conformance: Conformance;
  readonly mismatches: Mismatch[];
}

interface Sent {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const jsonTypes = /^\s*(\*\/\*|application\/(\*|json|vnd\.github(\.v3|\.raw)?(\+json)?|vnd\.github\.[a-z0-9-]+-preview(\+json)?))\s*(;.*)?$/i;

/** Refuses what GitHub refuses of every request, before it looks at the path. */
function checkHeaders(headers: FastifyRequest['headers']): void {
  if ((headers['user-agent'] ?? '') === '')
    throw new Refusal(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).');
  const version = headers['x-github-api-version'];
  if (version !== undefined && version !== '2022-11-28') throw new Refusal(400, `"${String(version)}" is not a supported version of the API.`);
  const accept = headers.accept;
  if (accept !== undefined && !accept.split(',').some((type) => jsonTypes.test(type))) throw new Refusal(415, `Unsupported 'Accept' header: '${accept}'. Must accept 'application/json'.`);
}

function parsedBody(raw: unknown): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw)) as unknown;
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

function queryOf(search: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries([...new Set(search.keys())].map((name) => [name, search.getAll(name)] as const).map(([name, all]) => [name, all.length === 1 ? (all[0] ?? '') : all]));
}

/** GitHub answers `/repositories/{id}/…` like `/repos/{owner}/{repo}/…`: its own `Link` headers point there. */
function byName(path: string, world: World): string {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  if (id === undefined) return path;
  const repository = world.repositories.find((it) => it.id === Number(id));
  if (repository === undefined) throw new Refusal(404, 'Not Found');
  return `/repos/${fullName(repository)}${rest}`;
}

const refused = (refusal: Refusal): Sent => ({
  status: refusal.status,
  body: { message: refusal.message, ...(refusal.errors === undefined ? {} : { errors: refusal.errors }), documentation_url: 'https://docs.github.com/rest', status: String(refusal.status) },
  headers: refusal.headers,
});

/** Names of the query and of the body that GitHub knows and this operation here does not honour. */
function notHereYet(matched: Matched, request: ApiRequest): string[] {
  const { takes = [] } = answers[matched.id];
  const body = typeof request.body === 'object' && request.body !== null && !Array.isArray(request.body) ? Object.keys(request.body) : [];
  return [...Object.keys(request.query), ...body].filter((name) => !takes.includes(name)).map((name) => `${matched.id} does not honour ${name} here yet`);
}

function mismatched(api: Api, mismatch: Mismatch): Refusal {
  api.mismatches.push(mismatch);
  const words = {
    request: "The request does not match GitHub's OpenAPI description",
    answer: "The stand-in's own answer does not match GitHub's OpenAPI description",
    missing: 'The stand-in has this not here yet',
  };
  return new Refusal({ request: 422, answer: 500, missing: 501 }[mismatch.kind], `${words[mismatch.kind]}: ${mismatch.problems.join('; ')}`);
}

function paged(answer: Answer, request: ApiRequest, matched: Matched, api: Api): Sent {
  const { rows, wrap, headers = {} } = answer;
  if (rows === undefined) return { status: answer.status, body: answer.body, headers };
  const repository = api.world.repositories.find((it) => fullName(it).toLowerCase() === `${matched.params['owner']}/${matched.params['repo']}`.toLowerCase());
  const path = repository === undefined ? request.path : request.path.replace(/^\/repos\/[^/]+\/[^/]+/, `/repositories/${repository.id}`);
  const { page, link } = pageOf(rows, request.query, `${api.world.addresses.api}${path}`);
  return { status: answer.status, body: wrap === undefined ? page : wrap(page, rows.length), headers: link === undefined ? headers : { ...headers, link } };
}

function handle(api: Api, incoming: FastifyRequest): Sent {
  const url = new URL(incoming.raw.url ?? '/', 'http://standin');
  const method = incoming.method;
  const headers = Object.fromEntries(Object.entries(incoming.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  let path = url.pathname.slice(apiRoot.length);
  let matched: Matched | undefined;
  const tell = (kind: Mismatch['kind'], problems: readonly string[], status?: number): Refusal =>
    mismatched(api, { kind, method, path, operation: matched?.id, status, problems });

  let sent: Sent;
  try {
    checkHeaders(incoming.headers);
    const caller = api.credentials.caller(incoming.headers.authorization);
    path = byName(path, api.world);
    const request: ApiRequest = { method, path, query: queryOf(url.searchParams), headers, body: parsedBody(incoming.body) };
    matched = api.conformance.match(request);
    if (matched === undefined) throw tell('missing', [`${method} ${path}`]);
    const problems = api.conformance.checkRequest(request, matched.id);
    if (problems.length > 0) throw tell('request', problems);
    const missing = notHereYet(matched, request);
    if (missing.length > 0) throw tell('missing', missing);

    const query = Object.fromEntries(Object.entries(request.query).filter((it): it is [string, string] => typeof it[1] === 'string'));
    // GitHub takes a bare list where the body has one list only, as `labels` does.
    const body = Array.isArray(request.body) ? { labels: request.body as unknown[] } : ((request.body ?? {}) as Record<string, unknown>);
    const call = new Call({ ...api, caller, params: matched.params, query, body });
    sent = paged(answers[matched.id].answer(call), request, matched, api);
  } catch (error) {
    sent = refused(error instanceof Refusal ? error : tell('answer', [`the stand-in failed: ${String(error)}`], 500));
  }
  if (matched === undefined) return sent;
  // As the other side reads it: there an id above 2^53 is a rounded integer, and a bigint is nothing a schema knows.
  const read: unknown = sent.body === undefined ? undefined : JSON.parse(toJson(sent.body));
  const problems = api.conformance.checkAnswer(read, matched.id, sent.status);
  return problems.length === 0 ? sent : refused(tell('answer', problems, sent.status));
}

const etagOf = (text: string): string => `W/"${createHash('sha256').update(text).digest('hex')}"`;

const sameEtag = (asked: string | undefined, etag: string): boolean =>
  asked !== undefined && asked.split(',').some((it) => it.trim() === '*' || it.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));

async function send(reply: FastifyReply, incoming: FastifyRequest, { status, body, headers }: Sent): Promise<FastifyReply> {
  reply.headers({ ...headers, 'x-github-request-id': randomUUID(), 'x-github-media-type': 'github.v3; format=json', 'access-control-allow-origin': '*' });
  if (body === undefined) return reply.code(status).send();
  const text = toJson(body);
  if (incoming.method === 'GET' && status === 200) {
    const etag = etagOf(text);
    reply.headers({ etag, 'cache-control': 'private, max-age=60, s-maxage=60', vary: 'Accept, Authorization, Cookie, X-GitHub-OTP' });
    if (sameEtag(incoming.headers['if-none-match'], etag)) return reply.code(304).send();
  }
  return reply.code(status).type('application/json; charset=utf-8').send(text);
}

/** The REST API under `/api/v3`, and what it says of GraphQL, which is not here yet. */
export function serveApi(server: FastifyInstance, api: Api): void {
  server.all(`${apiRoot}/*`, async (incoming, reply) => send(reply, incoming, handle(api, incoming)));
  server.all('/api/graphql', async (incoming, reply) => {
    const refusal = mismatched(api, { kind: 'missing', method: incoming.method, path: '/graphql', operation: undefined, status: undefined, problems: ['GraphQL'] });
    return send(reply, incoming, refused(refusal));
  });
}
