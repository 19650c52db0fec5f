import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { logged, type Api } from './api.ts';
import type { ApiFault } from './faults.ts';
import { withFault } from './fault-serving.ts';
import type { Exchanged, OAuth, Wish } from './oauth.ts';
import { authorizePage } from './page-oauth.ts';
import { Denied, gone, handlerOfPages, type Visit } from './visit.ts';

const exchangePath = '/login/oauth/access_token';

/** What an exchange says, by form, JSON or query: GitHub takes each. */
function said(incoming: FastifyRequest): Record<string, string | undefined> {
  const text = Buffer.isBuffer(incoming.body) ? incoming.body.toString('utf8') : '';
  const query = new URL(incoming.raw.url ?? '/', 'http://standin').searchParams;
  if (!/^application\/json\b/i.test(incoming.headers['content-type'] ?? '')) return Object.fromEntries([...query, ...new URLSearchParams(text)]);
  try {
    const body: unknown = JSON.parse(text);
    return { ...Object.fromEntries(query), ...Object.fromEntries(Object.entries(body ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))) };
  } catch {
    return {};
  }
}

/** The status with which GitHub's website answers a fault, when that fault only changes the answer. */
function scripted(fault: ApiFault | undefined): number | undefined {
  if (fault?.kind === 'primary-limit' || fault?.kind === 'secondary-limit') return 429;
  return fault?.kind === 'not-found' ? 404 : undefined;
}

async function send(reply: FastifyReply, incoming: FastifyRequest, answer: Exchanged | number, now: Date): Promise<FastifyReply> {
  reply.headers({ 'cache-control': 'no-store', 'date': now.toUTCString() });
  if (typeof answer === 'number') return reply.code(answer).type('text/html; charset=utf-8').send('<html><body><h1>Whoa there!</h1></body></html>');
  if (/\bjson\b/.test(incoming.headers.accept ?? '')) return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
  return reply.type('application/x-www-form-urlencoded; charset=utf-8').send(new URLSearchParams(Object.entries(answer).map(([name, value]) => [name, String(value)])).toString());
}

/** The web application flow: the page that asks the person, and the exchange of the code, which faults of the script meet too. */
export function serveOAuth(server: FastifyInstance, api: Api, oauth: OAuth): void {
  const page = handlerOfPages(api.world);
  const wished = async (visit: Visit, search: URLSearchParams, then: (wish: Wish) => Promise<FastifyReply>): Promise<FastifyReply> => {
    const wish = oauth.read(search);
    if (wish === undefined) throw gone();
    if (visit.me.isSuspended) throw new Denied(403, 'Account suspended', 'Access to your account has been suspended.');
    return 'refusal' in wish ? visit.go(wish.refusal) : then(wish);
  };
  server.get('/login/oauth/authorize', page((visit) => wished(visit, visit.query, (wish) => visit.show(authorizePage(wish, visit.query, visit.frame), 200, new URL(wish.callbackUrl).origin))));
  server.post('/login/oauth/authorize', page((visit) => wished(visit, visit.form, (wish) => {
    if (visit.isFromElsewhere) throw new Denied(403, 'Not allowed', 'This form came from another site.');
    if (visit.form.get('decision') !== 'authorize') return visit.go(oauth.deny(wish));
    // Whoever switched in another tab did not agree as this one.
    if (visit.form.get('as') !== visit.me.login) throw new Denied(409, 'You are somebody else now', 'Go back and load the page again.');
    return visit.go(oauth.authorize(wish, visit.me));
  })));
  server.post(exchangePath, async (incoming, reply) => {
    logged(api, incoming, reply, exchangePath);
    const { now } = api.world;
    const fault = api.script.ofRequest('POST', exchangePath, false);
    return withFault({ incoming, reply, now, fault, handle: (met) => scripted(met) ?? oauth.exchange(said(incoming)), send: async (answer) => send(reply, incoming, answer, now()) });
  });
}
