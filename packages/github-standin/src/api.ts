import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Acts } from './acts.ts';
import type { InstallationActs } from './acts-installations.ts';
import type { OperationId } from '../openapi/operations.ts';
import { answers } from './answers.ts';
import { Call, type Answer } from './call.ts';
import type { ApiRequest, Conformance, Matched, Mismatch } from './conformance.ts';
import type { Credentials } from './credentials.ts';
import type { Deliveries } from './deliveries.ts';
import { withFault } from './fault-serving.ts';
import type { ApiFault, Script } from './faults.ts';
import { toJson } from './json.ts';
import { pageOf } from './page-of-rows.ts';
import { primaryLimit, secondaryLimit, type Budget, type Budgets } from './rate-limits.ts';
import type { Registrations } from './registrations.ts';
import { notFound, Refusal } from './refusal.ts';
import { fullName, type App, type World } from './world.ts';

/** Where GitHub Enterprise Server has its REST API too. */
export const apiRoot = '/api/v3';

export interface Api {
  readonly world: World;
  readonly acts: Acts;
  readonly credentials: Credentials;
  readonly deliveriesOf: (app: App) => Deliveries;
  readonly registrations: Registrations;
  readonly installing: InstallationActs;
  readonly conformance: Conformance;
  readonly mismatches: Mismatch[];
  readonly budgets: Budgets;
  readonly script: Script;
  readonly asked: Asked[];
}

/** One request to the API. Times are of `performance.now()`. */
export interface Asked {
  readonly method: string;
  /** Below the API's root, by the repository's name; `/login/oauth/access_token` for the exchange of a code. */
  readonly path: string;
  /** With its question mark, when there is one. */
  readonly search: string;
  /** Of the installation whose token was sent. */
  readonly installationId: number | undefined;
  readonly startedAt: number;
  /** `undefined` while it is under way, and for ever when it hangs. */
  endedAt: number | undefined;
  /** Of the answer; `undefined` when there was none. */
  status: number | undefined;
}

/** As many requests are remembered. */
const mostAsked = 10_000;

/** What counts against the limit of what may be created in a time. */
const creating: ReadonlySet<OperationId> = new Set(['issues/create', 'issues/create-comment', 'issues/create-label', 'reactions/create-for-issue', 'reactions/create-for-issue-comment', 'reactions/create-for-pull-request-review-comment']);

export interface Sent {
  readonly status: number;
  readonly body: unknown;
  /** The body as JSON, where it was written already. */
  readonly text?: string | undefined;
  readonly raw?: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly budget?: Budget | undefined;
}

const jsonTypes = /^\s*(\*\/\*|application\/(\*|json|vnd\.github(\.v3|\.raw)?(\+json)?|vnd\.github\.[a-z0-9-]+-preview(\+json)?))\s*(;.*)?$/i;

/** Refuses what GitHub refuses of every request, before it looks at the path. */
export function checkHeaders(headers: FastifyRequest['headers']): void {
  if ((headers['user-agent'] ?? '') === '')
    throw new Refusal(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).');
  const version = headers['x-github-api-version'];
  if (version !== undefined && version !== '2022-11-28') throw new Refusal(400, `"${String(version)}" is not a supported version of the API.`);
  const accept = headers.accept;
  if (accept !== undefined && !accept.split(',').some((type) => jsonTypes.test(type))) throw new Refusal(415, `Unsupported 'Accept' header: '${accept}'. Must accept 'application/json'.`);
}

export function parsedBody(raw: unknown): unknown {
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
function namedPath(path: string, world: World): string {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = id === undefined ? undefined : world.repositories.find((it) => it.id === Number(id));
  return repository === undefined ? path : `/repos/${fullName(repository)}${rest}`;
}

/** The path of a file may be given with its slashes, and that of the whole repository's contents not at all: one step for the description. */
const inOneStep = (path: string): string =>
  path.replace(/^(\/repos\/[^/]+\/[^/]+\/contents)(?:\/(.*))?$/, (_, before: string, rest = '') => `${before}/${String(rest).replaceAll('/', '%2F') || '%2F'}`);

export const refused = (refusal: Refusal): Sent => ({
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
  if (rows === undefined) return { status: answer.status, body: answer.body, headers, ...(answer.raw === undefined ? {} : { raw: answer.raw }) };
  const repository = api.world.repositories.find((it) => fullName(it).toLowerCase() === `${matched.params['owner']}/${matched.params['repo']}`.toLowerCase());
  const path = repository === undefined ? request.path : request.path.replace(/^\/repos\/[^/]+\/[^/]+/, `/repositories/${repository.id}`);
  const { page, link } = pageOf(rows, request.query, `${api.world.addresses.api}${path}`);
  return { status: answer.status, body: wrap === undefined ? page : wrap(page, rows.length), headers: link === undefined ? headers : { ...headers, link } };
}

/** What a fault of the script has GitHub say in place of an answer; `undefined` when it says something else, or nothing. */
export function scripted(fault: ApiFault | undefined, { world, credentials }: Api, budget: Budget | undefined, authorization: string | undefined): Refusal | undefined {
  switch (fault?.kind) {
    case 'primary-limit': return primaryLimit(budget?.whose ?? 'user', budget?.headers({ remaining: 0, reset: Math.floor(world.now().getTime() / 1000) + fault.resetSeconds }) ?? {}, fault.status);
    case 'secondary-limit': return secondaryLimit(fault.retryAfter, fault.status);
    case 'not-found': return notFound();
    case 'token-expired':
      credentials.revoke(authorization);
      return new Refusal(401, 'Bad credentials');
    default: return undefined;
  }
}

/** Sends on to where it was asked, which may be a proxy: for another host a client leaves out its token. */
function atHost(sent: Sent, host: string | undefined): Sent {
  const { location } = sent.headers;
  return location === undefined || host === undefined ? sent : { ...sent, headers: { ...sent.headers, location: `http://${host}${new URL(location).pathname}` } };
}

function handle(api: Api, incoming: FastifyRequest, fault?: ApiFault): Sent {
  const url = new URL(incoming.raw.url ?? '/', 'http://standin');
  const method = incoming.method;
  const headers = Object.fromEntries(Object.entries(incoming.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  let path = url.pathname.slice(apiRoot.length);
  let matched: Matched | undefined;
  let budget: Budget | undefined;
  const tell = (kind: Mismatch['kind'], problems: readonly string[], status?: number): Refusal =>
    mismatched(api, { kind, method, path, operation: matched?.id, status, problems });

  let sent: Sent;
  try {
    checkHeaders(incoming.headers);
    const caller = api.credentials.caller(incoming.headers.authorization);
    budget = api.budgets.of(caller);
    path = namedPath(path, api.world);
    if (path.startsWith('/repositories/')) throw notFound();
    const request: ApiRequest = { method, path: inOneStep(path), query: queryOf(url.searchParams), headers, body: parsedBody(incoming.body) };
    matched = api.conformance.match(request);
    if (matched === undefined) throw tell('missing', [`${method} ${path}`]);
    budget?.spend(creating.has(matched.id));
    const refusal = scripted(fault, api, budget, incoming.headers.authorization);
    if (refusal !== undefined) throw refusal;
    const problems = api.conformance.checkRequest(request, matched.id);
    if (problems.length > 0) throw tell('request', problems);
    const missing = notHereYet(matched, request);
    if (missing.length > 0) throw tell('missing', missing);

    const query = Object.fromEntries(Object.entries(request.query).filter((it): it is [string, string] => typeof it[1] === 'string'));
    // GitHub takes a bare list where the body has one list only, as `labels` does.
    const body = Array.isArray(request.body) ? { labels: request.body as unknown[] } : ((request.body ?? {}) as Record<string, unknown>);
    const call = new Call({ ...api, caller, method, path, accept: incoming.headers.accept ?? '', params: matched.params, query, body });
    sent = paged(answers[matched.id].answer(call), request, matched, api);
  } catch (error) {
    sent = atHost(refused(error instanceof Refusal ? error : tell('answer', [`the stand-in failed: ${String(error)}`], 500)), incoming.headers.host);
  }
  if (budget !== undefined) sent = { ...sent, budget, headers: { ...budget.headers(), ...sent.headers } };
  if (matched === undefined || sent.raw !== undefined) return sent;
  // As the other side reads it: there an id above 2^53 is a rounded integer, and a bigint is nothing a schema knows.
  const text = sent.body === undefined ? undefined : toJson(sent.body);
  const problems = api.conformance.checkAnswer(text === undefined ? undefined : JSON.parse(text), matched.id, sent.status);
  return problems.length === 0 ? { ...sent, text } : refused(tell('answer', problems, sent.status));
}

const etagOf = (text: string | Buffer): string => `W/"${createHash('sha256').update(text).digest('hex')}"`;

const sameEtag = (asked: string | undefined, etag: string): boolean =>
  asked !== undefined && asked.split(',').some((it) => it.trim() === '*' || it.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));

/** Sends an answer, with what GitHub says of each. */
export async function send(reply: FastifyReply, incoming: FastifyRequest, { status, body, text: written, raw, headers, budget }: Sent, now: Date): Promise<FastifyReply> {
  reply.headers({ date: now.toUTCString(), ...headers, 'x-github-request-id': randomUUID(), 'x-github-media-type': 'github.v3; format=json', 'access-control-allow-origin': '*' });
  if (body === undefined && raw === undefined) return reply.code(status).send();
  const text = raw ?? written ?? toJson(body);
  if (incoming.method === 'GET' && status === 200) {
    const etag = etagOf(text);
    reply.headers({ etag, 'cache-control': 'private, max-age=60, s-maxage=60', vary: 'Accept, Authorization, Cookie, X-GitHub-OTP' });
    if (sameEtag(incoming.headers['if-none-match'], etag)) {
      budget?.refund();
      return reply.headers(budget?.headers() ?? {}).code(304).send();
    }
  }
  return reply.code(status).type(raw === undefined ? 'application/json; charset=utf-8' : 'application/vnd.github.raw+json; charset=utf-8').send(text);
}

/** Keeps a request in mind, until and after it is answered. */
export function logged(api: Api, incoming: FastifyRequest, reply: FastifyReply, path: string): void {
  const { search } = new URL(incoming.raw.url ?? '/', 'http://standin');
  const asked: Asked = { method: incoming.method, path, search, installationId: api.credentials.installationOf(incoming.headers.authorization)?.id, startedAt: performance.now(), endedAt: undefined, status: undefined };
  if (api.asked.push(asked) > mostAsked) api.asked.shift();
  reply.raw.once('finish', () => { Object.assign(asked, { endedAt: performance.now(), status: reply.raw.statusCode }); });
}

/** The REST API under `/api/v3`. */
export function serveApi(server: FastifyInstance, api: Api): void {
  server.all(`${apiRoot}/*`, async (incoming, reply) => {
    const { pathname } = new URL(incoming.raw.url ?? '/', 'http://standin');
    const path = namedPath(pathname.slice(apiRoot.length), api.world);
    logged(api, incoming, reply, path);
    const { now } = api.world;
    const fault = api.script.ofRequest(incoming.method, path, api.credentials.isPerson(incoming.headers.authorization));
    return withFault({ incoming, reply, now, fault, handle: (met) => handle(api, incoming, met), send: async (sent) => send(reply, incoming, sent, now()) });
  });
}
