import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { longestBody, mayClose, mayDelete, mayEdit, mayWrite, type Acts } from './acts.ts';
import type { Frame } from './layout.ts';
import { editCommentPage, editIssuePage, issuePage, pathOf } from './page-issue.ts';
import { appPage, problemPage, repositoriesPage, repositoryPage } from './page-lists.ts';
import { liveScript, style } from './style.ts';
import { findAccount, findComment, findIssue, findRepository, fullName, roleOf, type Account, type Comment, type Issue, type Repository, type World } from './world.ts';

const cookieName = 'standin_user';

/** Nothing runs and nothing is sent but what this server serves: the pages show text that anybody wrote. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** A page that says no, with its status. */
class Denied extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, message: string) {
    super(message);
    this.status = status;
    this.title = title;
  }
}

const gone = (): Denied => new Denied(404, 'Not found', 'There is nothing at this address.');

type Params = Readonly<Record<string, string | undefined>>;

class Visit {
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
    const first = world.accounts.find((it) => it.type === 'User');
    const me = known?.type === 'User' ? known : first;
    if (me === undefined) throw gone();
    this.me = me;
    this.frame = { world, me, here: request.method === 'GET' ? request.url : '/' };
  }

  get actor() {
    return { account: this.me, app: undefined };
  }

  repository(): Repository {
    const repository = findRepository(this.#world, this.#params['owner'] ?? '', this.#params['repo'] ?? '');
    if (repository === undefined || roleOf(repository, this.me) === undefined) throw gone();
    return repository;
  }

  issue(): Issue {
    const issue = findIssue(this.repository(), Number(this.#params['number']));
    if (issue === undefined) throw gone();
    return issue;
  }

  comment(): Comment {
    const comment = findComment(this.repository(), Number(this.#params['id']));
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

  async show(page: string, status = 200): Promise<FastifyReply> {
    const etag = `"${createHash('sha256').update(page).digest('base64url')}"`;
    this.#reply.headers({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache', etag, vary: 'Cookie' });
    if (status === 200 && this.#request.headers['if-none-match'] === etag) return this.#reply.code(304).send();
    return this.#reply.code(status).type('text/html; charset=utf-8').send(page);
  }

  async go(path: string): Promise<FastifyReply> {
    return this.#reply.redirect(path, 303);
  }
}

const hue = (id: number): number => (id * 47) % 360;
const avatar = (account: Account): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" fill="hsl(${hue(account.id)} 45% 35%)"/><text x="12" y="17" font-family="sans-serif" font-size="13" text-anchor="middle" fill="#fff">${(account.login[0] ?? '?').toUpperCase()}</text></svg>`;

/** The pages of people: lists, issues, comments, and who am I. Everything works by plain forms. `onFailure` hears of what should never happen. */
export function servePages(server: FastifyInstance, { world, acts, onFailure }: { world: World; acts: Acts; onFailure: (method: string, path: string, error: unknown) => void }): void {
  const page = (handler: (visit: Visit) => Promise<FastifyReply>) => async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const visit = new Visit(world, request, reply);
    try {
      // The cookie alone must not let another site act in the visitor's name.
      if (request.method === 'POST' && request.headers['sec-fetch-site'] === 'cross-site') throw new Denied(403, 'Not allowed', 'This form came from another site.');
      return await handler(visit);
    } catch (error) {
      if (!(error instanceof Denied)) throw error;
      return visit.show(problemPage(visit.frame, error.title, error.message), error.status);
    }
  };

  server.get('/-/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=60').send(style));
  server.get('/-/live.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').header('cache-control', 'max-age=60').send(liveScript));
  server.get('/-/avatar/:id', async (request, reply) => {
    const account = world.accounts.find((it) => String(it.id) === (request.params as Params)['id']);
    return account === undefined ? reply.code(404).send() : reply.type('image/svg+xml').header('content-security-policy', "default-src 'none'").send(avatar(account));
  });
  server.post('/-/user', async (request, reply) => {
    const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const account = findAccount(world, form.get('user') ?? '');
    const here = form.get('here') ?? '/';
    if (account?.type === 'User') reply.header('set-cookie', `${cookieName}=${account.login}; Path=/; HttpOnly; SameSite=Lax`);
    return reply.redirect(/^\/(?![/\\])/.test(here) ? here : '/', 303);
  });

  server.get('/', page((visit) => visit.show(repositoriesPage(visit.frame))));
  server.get('/apps/:slug', page((visit) => visit.show(appPage(visit.frame))));
  server.get('/:owner', async (request, reply) => page((visit) => {
    const account = findAccount(world, (request.params as Params)['owner'] ?? '');
    if (account === undefined) throw gone();
    return visit.show(repositoriesPage(visit.frame, account.login));
  })(request, reply));

  for (const path of ['/:owner/:repo', '/:owner/:repo/issues']) server.get(path, page((visit) => visit.show(repositoryPage(visit.repository(), visit.frame))));
  server.post('/:owner/:repo/issues', page((visit) => {
    const repository = visit.repository();
    const title = (visit.form.get('title') ?? '').trim();
    if (title === '' || title.length > 256) return visit.show(repositoryPage(repository, visit.frame, 'An issue needs a title of at most 256 characters.'), 422);
    const body = visit.form.get('body') ?? '';
    return visit.go(pathOf(acts.openIssue(visit.actor, repository, title, body.trim() === '' ? null : body)));
  }));

  for (const kind of ['issues', 'pull']) {
    const path = `/:owner/:repo/${kind}/:number`;
    server.get(path, page((visit) => {
      const issue = visit.issue();
      // One page has one address, as on GitHub.
      return pathOf(issue).includes(`/${kind}/`) ? visit.show(issuePage(issue, visit.frame)) : visit.go(pathOf(issue));
    }));
    server.post(`${path}/comments`, page((visit) => {
      const issue = visit.issue();
      if (!mayWrite(visit.actor, issue)) throw new Denied(403, 'Not allowed', 'This conversation is locked: only people with write access may comment.');
      const { text, problem } = visit.body();
      if (problem !== undefined) return visit.show(issuePage(issue, visit.frame, { text, problem }), 422);
      return visit.go(`${pathOf(issue)}#issuecomment-${acts.comment(visit.actor, issue, text).id}`);
    }));
    server.post(`${path}/state`, page((visit) => {
      const issue = visit.issue();
      if (!mayClose(visit.actor, issue)) throw new Denied(403, 'Not allowed', `${visit.me.login} may not close or reopen this.`);
      const state = visit.form.get('state');
      if (state === 'open') acts.reopen(visit.actor, issue);
      else if (state === 'completed' || state === 'not_planned') acts.close(visit.actor, issue, state);
      return visit.go(pathOf(issue));
    }));
    server.post(`${path}/delete`, page((visit) => {
      const issue = visit.issue();
      if (!mayDelete(visit.actor, issue)) throw new Denied(403, 'Not allowed', `Only an administrator may delete this, and ${visit.me.login} is none.`);
      acts.deleteIssue(visit.actor, issue);
      return visit.go(`/${fullName(issue.repository)}`);
    }));
    server.get(`${path}/edit`, page((visit) => {
      const issue = visit.issue();
      visit.needToEdit(issue);
      return visit.show(editIssuePage(issue, visit.frame));
    }));
    server.post(`${path}/edit`, page((visit) => {
      const issue = visit.issue();
      visit.needToEdit(issue);
      const title = (visit.form.get('title') ?? '').trim();
      const body = visit.form.get('body') ?? '';
      if (title === '' || title.length > 256 || [...body].length > longestBody) throw new Denied(422, 'Not saved', 'An issue needs a title of at most 256 characters, and a description that is not too long.');
      acts.editIssue(visit.actor, issue, { title, body: body === '' ? null : body });
      return visit.go(pathOf(issue));
    }));
  }

  const comments = '/:owner/:repo/comments/:id';
  server.get(`${comments}/edit`, page((visit) => {
    const comment = visit.comment();
    visit.needToEdit(comment);
    return visit.show(editCommentPage(comment, visit.frame));
  }));
  server.post(`${comments}/edit`, page((visit) => {
    const comment = visit.comment();
    visit.needToEdit(comment);
    const { text, problem } = visit.body();
    if (problem !== undefined) return visit.show(editCommentPage(comment, visit.frame, { text, problem }), 422);
    acts.editComment(visit.actor, comment, text);
    return visit.go(`${pathOf(comment.issue)}#issuecomment-${comment.id}`);
  }));
  server.post(`${comments}/delete`, page((visit) => {
    const comment = visit.comment();
    visit.needToEdit(comment);
    acts.deleteComment(visit.actor, comment);
    return visit.go(pathOf(comment.issue));
  }));

  server.setNotFoundHandler(page(() => { throw gone(); }));
  server.setErrorHandler(async (error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    const message = status < 500 ? error.message : 'Server Error';
    if (status >= 500) onFailure(request.method, request.url, error);
    return reply.code(status).send({ message, documentation_url: 'https://docs.github.com/rest', status: String(status) });
  });
}

