import { expect, test } from 'vitest';
import type { Candidate } from './candidate-row.ts';
import type { Octokit } from '../github.ts';
import { candidatesAmong, readClosers, type PullNow } from './pulls.ts';

const person = (login: string, id: string) => ({ login, __typename: 'User', databaseId: id });
const commit = (...authors: ({ login: string; databaseId: string } | null)[]) => ({ commit: { authors: { nodes: authors.map((user) => ({ user })) } } });
const pull = (over: Partial<PullNow> = {}): PullNow => ({
  fullDatabaseId: '1', number: 7, title: 'T', url: 'u', state: 'MERGED', mergedAt: '2026-03-01T12:00:00Z', baseRefName: 'main', repository: { databaseId: '10', nameWithOwner: 'a/b', defaultBranchRef: { name: 'main' } },
  author: person('maggie', '7'), mergedBy: person('linus', '8'), commits: { nodes: [] }, ...over,
});
const shown = (one: PullNow, known: readonly Candidate[] = []) => candidatesAmong([one], known)[0];

test('27: for the default branch only, under way or merged', () => {
  expect(shown(pull())).toMatchObject({ state: 'merged', mergedAt: new Date('2026-03-01T12:00:00Z'), author: { id: '7', login: 'maggie' }, mergedBy: { id: '8' } });
  expect(shown(pull({ state: 'OPEN', mergedAt: null, mergedBy: null }))).toMatchObject({ state: 'open', mergedAt: undefined, mergedBy: undefined });
  expect(shown(pull({ state: 'CLOSED' }))).toBeUndefined();
  for (const state of ['OPEN', 'MERGED'] as const) expect(shown(pull({ state, baseRefName: 'next' }))).toBeUndefined();
  expect(shown(pull({ repository: { databaseId: '10', nameWithOwner: 'a/b', defaultBranchRef: null } }))).toBeUndefined();
});

test('29: what counted as merged stays so when the default branch has another name', () => {
  const merged = shown(pull());
  expect(shown(pull({ baseRefName: 'old' }), merged === undefined ? [] : [merged])).toMatchObject({ state: 'merged' });
});

test('29: co-authors are people other than the author, each once', () => {
  const [maggie, grace] = [{ login: 'maggie', databaseId: '7' }, { login: 'grace', databaseId: '9' }];
  expect(shown(pull({ commits: { nodes: [commit(maggie, grace), null, commit(grace, null)] } }))?.coAuthors).toEqual([{ id: '9', login: 'grace' }]);
});

test('29: nobody is proposed for a deleted account, a bot or an App', () => {
  expect(shown(pull({ author: null }))?.author).toBeUndefined();
  expect(shown(pull({ author: { login: 'dependabot', __typename: 'Bot', databaseId: null } }))?.author).toBeUndefined();
});

test('a merge at no time that there is is no answer, and nothing is taken from it', async () => {
  const answering = (mergedAt: string) => ({
    graphql: () => Promise.resolve({ repository: { issue: { fullDatabaseId: '22', closedByPullRequestsReferences: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [pull({ mergedAt })] } } } }),
  }) as unknown as Octokit;
  const issue = { repository: 'a/b', number: 3, issueId: '22' };
  await expect(readClosers(answering('2026-03-01T12:00:00Z'), issue)).resolves.toHaveLength(1);
  await expect(readClosers(answering('soon'), issue)).rejects.toThrow(/mergedAt/);
});
