import { ProbotOctokit } from 'probot';
import { expect, test } from 'vitest';
import { readAwardees } from './read-awardees.ts';

const person = { id: 7, login: 'grace', type: 'User', created_at: '2011-01-25T18:44:36Z' };
const answers: Readonly<Record<string, { readonly status?: number; readonly body: object }>> = {
  '/users/Grace': { body: person },
  '/users/mills': { body: { ...person, id: 8, login: 'mills', type: 'Organization' } },
  '/users/broken': { status: 502, body: {} },
  '/user/7': { body: { ...person, login: 'grace-now' } },
  '/user/9': { body: { ...person, id: 9, login: 'weaver[bot]', type: 'Bot' } },
  '/repos/a/b/pulls/1': { body: { user: { id: 7, login: 'grace' } } },
  '/repos/a/b/pulls/2': { body: { user: { id: 9, login: 'weaver[bot]' } } },
  '/repos/a/b/pulls/3': { body: { user: null } },
  '/repos/a/b/pulls/4': { body: { user: { id: 10, login: 'gone' } } },
};
const octokit = new ProbotOctokit({
  retry: { enabled: false }, throttle: { enabled: false },
  request: {
    fetch: (url: string) => {
      const { status = 200, body } = answers[new URL(url).pathname] ?? { status: 404, body: { message: 'Not Found' } };
      return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }));
    },
  },
});
const read = (award: Parameters<typeof readAwardees>[2]) => readAwardees(octokit, 'a/b', award);
const shares = (...logins: string[]) => ({ shares: logins.map((login) => ({ login, bps: 10_000 / logins.length })) });

test('people are known by their ids, with the login that GitHub shows and the age of their account', async () => {
  expect(await read(shares('Grace'))).toEqual([{ githubId: '7', login: 'grace', bps: 10_000, since: new Date('2011-01-25T18:44:36Z') }]);
});

test('the author of a pull request is whoever has that id now, whatever they were called then', async () => {
  expect(await read({ pullRequest: 1 })).toMatchObject([{ githubId: '7', login: 'grace-now', bps: 10_000 }]);
});

test.each([
  ['an organisation', shares('Grace', 'mills'), 'Only people can be paid, and `mills` is an organisation.'],
  ['nobody', shares('nobody'), 'GitHub has no account `nobody`.'],
  ['a bot', { pullRequest: 2 }, 'Only people can be paid, and `weaver[bot]` is a bot.'],
  ['an account that is gone', { pullRequest: 3 }, 'The account that opened `#3` is not there any more.'],
  ['an account that GitHub knows no more', { pullRequest: 4 }, 'The account that opened `#4` is not there any more.'],
  ['what is no pull request', { pullRequest: 5 }, 'There is no pull request `#5` in this repository.'],
])('%s is not paid, and nobody beside it', async (_, award, told) => { expect(await read(award)).toEqual({ told }); });

test('while GitHub does not say who somebody is nobody is settled', async () => {
  await expect(read(shares('Grace', 'broken'))).rejects.toMatchObject({ status: 502 });
});
