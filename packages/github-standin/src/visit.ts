import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { longestBody, mayEdit } from './acts.ts';
import type { Frame } from './layout.ts';
import { problemPage } from './page-lists.ts';
import { findAccount, findComment, findIssue, findRepository, peopleOf, roleOf, type Account, type Comment, type Issue, type Repository, type World } from './world.ts';

export const cookieName = 'standin_user';

/** Nothing runs and nothing is sent but what this server serves: the pages show text that anybody wrote. */
const policy = (formsTo = ''): string => `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'${formsTo}; base-uri 'none'; frame-ancestors 'none'`;

/** A page that says no, with its status. */
export class Denied extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, message: string) {
    super(message);
    this.status = status;
    this.title = title;
  }
}

export const gone = (): Denied => new Denied(404, 'Not found', 'There is nothing at this address.');

export type Params = Readonly<Record<string, string | undefined>>;

/** One request to a page, by somebody. */
export class Visit {
  readonly frame: Frame;
  readonly me: Account;
  readonly form: URLSearchParams;
  readonly #world: World;
  readonly #params: Params;
  readonly #reply: FastifyReply;
  readonly #request: FastifyRequest;

  constructor(world: World, request: FastifyRequest, reply: FastifyReply) {
    this.#world = world;
    this.#params = request.params as Params;
    this.#reply = reply;
    this.#request = request;
    this.form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const login = new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1];
    const known = login === undefined ? undefined : findAccount(world, login);
    const people = peopleOf(world);
    const me = people.find((it) => it === known) ?? people[0];
    if (me === undefined) throw gone();
    this.me = me;
    this.frame = { world, me, here: request.method === 'GET' ? request.url : '/' };
  }

  /** A step of the address. */
  param(name: string): string {
    return this.#params[name] ?? '';
  }

  /** Of the address. */
  get query(): URLSearchParams {
    return new URL(this.#request.url, 'http://standin').searchParams;
  }

  /** Whether a page of another origin sent the form, though it be of the same site: as a website on another port is. */
  get isFromElsewhere(): boolean {
    return !['same-origin', 'none', undefined].includes(this.#request.headers['sec-fetch-site'] as string | undefined);
  }

  get actor() {
    return { account: this.me, app: undefined };
  }

  repository(): Repository {
    const repository = findRepository(this.#world, this.param('owner'), this.param('repo'));
    if (repository === undefined || roleOf(repository, this.me) === undefined) throw gone();
    return repository;
  }

  issue(): Issue {
    const issue = findIssue(this.repository(), Number(this.param('number')));
    if (issue === undefined) throw gone();
    return issue;
  }

  comment(): Comment {
    const comment = findComment(this.repository(), Number(this.param('id')));
    if (comment === undefined) throw gone();
    return comment;
  }

  needToEdit(thing: Comment | Issue): void {
    if (!mayEdit(this.actor, thing)) throw new Denied(403, 'Not allowed', `${this.me.login} may not change what ${thing.author.login} wrote here.`);
  }

  /** The text of the form, or why it can't be taken. */
  body(): { text: string; problem?: string } {
    const text = this.form.get('body') ?? '';
    if (text.trim() === '') return { text, problem: 'A comment must not be blank.' };
    if ([...text].length > longestBody) return { text, problem: `A comment may have ${longestBody} characters at most; this one has ${[...text].length}.` };
    return { text };
  }

  /** `formsTo` is another origin to which a form of the page may lead: browsers count where its answer redirects to. */
  async show(page: string, status = 200, formsTo?: string): Promise<FastifyReply> {
    const etag = `"${createHash('sha256').update(page).digest('base64url')}"`;
    this.#reply.headers({ 'content-security-policy': policy(formsTo === undefined ? '' : ` ${formsTo}`), 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache', etag, vary: 'Cookie' });
    if (status === 200 && this.#request.headers['if-none-match'] === etag) return this.#reply.code(304).send();
    return this.#reply.code(status).type('text/html; charset=utf-8').send(page);
  }

  async go(path: string): Promise<FastifyReply> {
    return this.#reply.redirect(path, 303);
  }
}

export type PageHandler = (handler: (visit: Visit) => Promise<FastifyReply>) => (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Makes handlers of Fastify from what a visit is shown. What is denied is a page too. `fromAnywhere` is for forms that do nothing by themselves. */
export const handlerOfPages = (world: World, { fromAnywhere = false } = {}): PageHandler => (handler) => async (request, reply) => {
  const visit = new Visit(world, request, reply);
  try {
    // The cookie alone must not let another site act in the visitor's name.
    if (request.method === 'POST' && !fromAnywhere && request.headers['sec-fetch-site'] === 'cross-site') throw new Denied(403, 'Not allowed', 'This form came from another site.');
    return await handler(visit);
  } catch (error) {
    if (!(error instanceof Denied)) throw error;
    return visit.show(problemPage(visit.frame, error.title, error.message), error.status);
  }
};
