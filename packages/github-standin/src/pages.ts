import type { FastifyInstance } from 'fastify';
import { longestBody, mayClose, mayDelete, mayMerge, mayWrite, type Acts } from './acts.ts';
import type { PullActs } from './acts-pulls.ts';
import { editCommentPage, editIssuePage, issuePage, pathOf } from './page-issue.ts';
import { repositoriesPage, repositoryPage } from './page-lists.ts';
import { liveScript, style } from './style.ts';
import { cookieName, Denied, gone, handlerOfPages, type Params } from './visit.ts';
import { closeReasons, findAccount, fullName, type Account, type World } from './world.ts';

const hue = (id: number): number => (id * 47) % 360;
const avatar = (account: Account): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" fill="hsl(${hue(account.id)} 45% 35%)"/><text x="12" y="17" font-family="sans-serif" font-size="13" text-anchor="middle" fill="#fff">${(account.login[0] ?? '?').toUpperCase()}</text></svg>`;

/** The pages of people: lists, issues, comments, and who am I. Everything works by plain forms. `onFailure` hears of what should never happen. */
export function servePages(server: FastifyInstance, { world, acts, pulls, onFailure }: { world: World; acts: Acts; pulls: PullActs; onFailure: (method: string, path: string, error: unknown) => void }): void {
  const page = handlerOfPages(world);

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
  server.get('/:owner', page((visit) => {
    const account = findAccount(world, visit.param('owner'));
    if (account === undefined) throw gone();
    return visit.show(repositoriesPage(visit.frame, account.login));
  }));

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
      const reason = closeReasons.find((it) => it === state);
      if (reason !== undefined) acts.close(visit.actor, issue, reason);
      return visit.go(pathOf(issue));
    }));
    server.post(`${path}/merge`, page((visit) => {
      const issue = visit.issue();
      if (!mayMerge(visit.actor, issue)) throw new Denied(403, 'Not allowed', `${visit.me.login} may not merge here.`);
      pulls.merge(visit.me, issue);
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

