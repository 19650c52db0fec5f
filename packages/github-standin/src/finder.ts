import { DoubloonError } from '@doubloon/errors';
import { findAccount, findComment, findIssue, findRepository, peopleOf, type Account, type Actor, type App, type Comment, type Installation, type Issue, type Repository, type World } from './world.ts';

export const refuse = (problem: string): DoubloonError => new DoubloonError('REQUEST_INVALID', { problem });

export const need = (isSo: boolean, problem: string): void => {
  if (!isSo) throw refuse(problem);
};

/** What names stand for: `owner/name`, logins, slugs. Each throws `REQUEST_INVALID` when there is no such thing. */
export interface Finder {
  readonly world: World;
  accountOf(login: string): Account;
  personOf(login: string): Account;
  /** Somebody who may do something, which nobody suspended may. */
  actorOf(login: string): Actor;
  repositoryOf(called: string): Repository;
  issueOf(repository: string, number: number): Issue;
  commentOf(repository: string, id: number): Comment;
  appOf(slug: string): App;
  installationOf(slug: string, login: string): Installation;
}

export function finderOf(world: World): Finder {
  const accountOf = (login: string): Account => {
    const found = findAccount(world, login);
    if (found === undefined) throw refuse(`${login} is not here`);
    return found;
  };
  const personOf = (login: string): Account => {
    const found = findAccount(world, login);
    if (found === undefined || !peopleOf(world).includes(found)) throw refuse(`${login} is not one of the users`);
    return found;
  };
  const actorOf = (login: string) => {
    const account = personOf(login);
    if (account.isSuspended) throw refuse(`${login} is suspended`);
    return { account, app: undefined };
  };
  const repositoryOf = (called: string): Repository => {
    const [owner = '', name = ''] = called.split('/');
    const found = findRepository(world, owner, name);
    if (found === undefined) throw refuse(`${called} is not here`);
    return found;
  };
  const issueOf = (repository: string, number: number): Issue => {
    const issue = findIssue(repositoryOf(repository), number);
    if (issue === undefined) throw refuse(`${repository}#${String(number)} is not here`);
    return issue;
  };
  const commentOf = (repository: string, id: number): Comment => {
    const comment = findComment(repositoryOf(repository), id);
    if (comment === undefined) throw refuse(`${repository} has no comment ${String(id)}`);
    return comment;
  };
  const appOf = (slug: string): App => {
    const app = world.apps.find((it) => it.slug === slug);
    if (app === undefined) throw refuse(`there is no App ${slug}`);
    return app;
  };
  const installationOf = (slug: string, login: string): Installation => {
    const found = world.installations.find((it) => it.app === appOf(slug) && it.account === accountOf(login));
    if (found === undefined) throw refuse(`${login} has not installed ${slug}`);
    return found;
  };
  return { world, accountOf, personOf, actorOf, repositoryOf, issueOf, commentOf, appOf, installationOf };
}
