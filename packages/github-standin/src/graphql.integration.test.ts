import { Octokit } from '@octokit/core';
import { expect, onTestFinished, test } from 'vitest';
import { difference, installationClient, movableClock, openStandin, personClient } from '../testing/standin.ts';
import type { GitHubStandin, GitHubStandinOptions } from './index.ts';

const repository = 'analytical-engines/difference';

async function conforming(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await openStandin(o);
  onTestFinished(() => { standin.assertConforms(); });
  return standin;
}
interface Failed { readonly errors: readonly { type?: string; message: string; path?: unknown; extensions?: unknown }[]; readonly data: unknown }
const failed = (asking: Promise<unknown>): Promise<Failed> => asking.then(() => { throw new Error('it did not fail'); }, (error: unknown) => error as Failed);

const commentQuery = `query ($id: ID!) {
  node(id: $id) {
    ... on IssueComment { databaseId fullDatabaseId body lastEditedAt includesCreatedEdit editor { __typename login ... on User { databaseId } ... on Bot { databaseId } } author { login } userContentEdits(first: 5) { totalCount nodes { editor { login } } } }
  }
}`;

test('who changed a comment last, and when, is known by its node id', async () => {
  const clock = movableClock();
  const standin = await conforming({ now: clock.now });
  const { id } = standin.comment('maggie', repository, 1, '$sol:1$');
  const client = personClient(standin, 'ada');
  const { data } = await client.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: id });
  const ask = () => client.graphql(commentQuery, { id: data.node_id });
  // Larger than GraphQL's Int: GitHub says null there, and the id in full as text.
  expect(await ask()).toEqual({ node: { databaseId: null, fullDatabaseId: String(id), body: '$sol:1$', lastEditedAt: null, includesCreatedEdit: false, editor: null, author: { login: 'maggie' }, userContentEdits: { totalCount: 0, nodes: [] } } });
  clock.advance(5_000);
  standin.editComment('grace', repository, id, '$sol:2$');
  expect(await ask()).toMatchObject({ node: { body: '$sol:2$', lastEditedAt: '2026-03-01T12:00:05Z', includesCreatedEdit: true, editor: { __typename: 'User', login: 'grace', databaseId: standin.account('grace').id }, userContentEdits: { totalCount: 2, nodes: [{ editor: { login: 'grace' } }, { editor: { login: 'maggie' } }] } } });
  standin.deleteAccount('grace');
  expect(await ask()).toMatchObject({ node: { lastEditedAt: '2026-03-01T12:00:05Z', editor: null } });
});

const pullQuery = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    defaultBranchRef { name }
    pullRequest(number: $number) {
      state merged mergedAt baseRefName mergeCommit { oid } mergedBy { login } author { login } headRepository { nameWithOwner }
      closingIssuesReferences(first: 10) { totalCount nodes { number repository { nameWithOwner } } }
      commits(first: 10) { nodes { commit { oid authors(first: 10) { nodes { user { login databaseId } } } } } }
    }
  }
}`;
interface Pull { repository: { pullRequest: { merged: boolean; mergeCommit: { oid: string } | null; closingIssuesReferences: { nodes: { number: number }[] } } } }

test('a pull request says what it closes, who wrote it, and what became of it', async () => {
  const standin = await conforming();
  const client = installationClient(standin);
  const { number } = standin.openPull('maggie', repository, { title: 'Mend the carry', body: 'Fixes #1, resolves: analytical-engines/punched-cards#1, see #2', head: 'mend', authors: ['maggie', 'ada'] });
  const ask = () => client.graphql<Pull>(pullQuery, { ...difference, number });
  expect(await ask()).toMatchObject({ repository: { defaultBranchRef: { name: 'main' }, pullRequest: {
    state: 'OPEN', merged: false, mergeCommit: null, closingIssuesReferences: { totalCount: 2, nodes: [{ number: 1 }, { number: 1, repository: { nameWithOwner: 'analytical-engines/punched-cards' } }] },
    commits: { nodes: [{ commit: { authors: { nodes: [{ user: { login: 'maggie' } }, { user: { login: 'ada', databaseId: standin.account('ada').id } }] } } }] },
  } } });
  standin.link(repository, number, 2);
  expect((await ask()).repository.pullRequest.closingIssuesReferences.nodes.map((it) => it.number)).toEqual([1, 1, 2]);
  const { sha } = standin.merge('linus', repository, number);
  expect(await ask()).toMatchObject({ repository: { pullRequest: { state: 'MERGED', merged: true, mergeCommit: { oid: sha }, mergedBy: { login: 'linus' } } } });
  const issue = await client.graphql('query { repository(owner: "analytical-engines", name: "difference") { issue(number: 1) { state stateReason closedByPullRequestsReferences(first: 5) { nodes { number merged } } } } }');
  // Pull request 4 of the seed says that it closes it too.
  expect(issue).toEqual({ repository: { issue: { state: 'CLOSED', stateReason: 'COMPLETED', closedByPullRequestsReferences: { nodes: [{ number: 4, merged: false }, { number, merged: true }] } } } });
});

test('what goes into another branch closes nothing by its words', async () => {
  const standin = await conforming();
  standin.push({ repository, files: { x: 'y' }, branch: 'next' });
  const { number } = standin.openPull('maggie', repository, { title: 'For later', body: 'Closes #1', head: 'later', base: 'next' });
  standin.merge('grace', repository, number);
  const answer = await installationClient(standin).graphql<Pull>(pullQuery, { ...difference, number });
  expect(answer.repository.pullRequest).toMatchObject({ merged: true, baseRefName: 'next', closingIssuesReferences: { totalCount: 0 } });
  expect((await personClient(standin, 'ada').request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...difference, issue_number: 1 })).data.state).toBe('open');
});

test('a list has to be bounded, and goes on at its cursor', async () => {
  const standin = await conforming();
  for (const body of ['one', 'two', 'three']) standin.comment('ada', repository, 3, body);
  const client = installationClient(standin);
  const list = (args: string) => `query { repository(owner: "analytical-engines", name: "difference") { issue(number: 3) { comments${args} { nodes { body } pageInfo { hasNextPage endCursor } } } } }`;
  interface Listed { repository: { issue: { comments: { nodes: { body: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } } }
  const { comments } = (await client.graphql<Listed>(list('(first: 2)'))).repository.issue;
  expect([comments.nodes.map((it) => it.body), comments.pageInfo.hasNextPage]).toEqual([['one', 'two'], true]);
  expect((await client.graphql<Listed>(list(`(first: 2, after: "${comments.pageInfo.endCursor}")`))).repository.issue.comments).toMatchObject({ nodes: [{ body: 'three' }], pageInfo: { hasNextPage: false } });
  expect((await failed(client.graphql(list('')))).errors).toMatchObject([{ type: 'MISSING_PAGINATION_BOUNDARIES' }]);
  expect((await failed(client.graphql(list('(first: 101)')))).errors).toMatchObject([{ type: 'EXCESSIVE_PAGINATION' }]);
});

test('what is not there is null with NOT_FOUND, and what is private is not there', async () => {
  const standin = await conforming({ repositories: [{ owner: 'ada', name: 'secrets', private: true, issues: [{ title: 'hidden', author: 'ada' }] }] });
  const ask = (client: Octokit) => client.graphql('query { repository(owner: "ada", name: "secrets") { issue(number: 1) { title } } }');
  expect(await ask(installationClient(standin))).toEqual({ repository: { issue: { title: 'hidden' } } });
  const { errors, data } = await failed(ask(personClient(standin, 'grace')));
  expect([errors, data]).toMatchObject([[{ type: 'NOT_FOUND', path: ['repository'], message: "Could not resolve to a Repository with the name 'ada/secrets'." }], { repository: null }]);
  expect((await failed(personClient(standin, 'grace').graphql(commentQuery, { id: 'IC_nobody' }))).errors).toMatchObject([{ type: 'NOT_FOUND', path: ['node'] }]);
  expect((await failed(ask(new Octokit({ baseUrl: standin.apiUrl })) )) as unknown).toMatchObject({ status: 401 });
});

test('a field that GitHub does not have is an error in its words, and a mismatch', async () => {
  const standin = await openStandin();
  const { errors } = await failed(installationClient(standin).graphql('query { node(id: "x") { ... on IssueComment { editor { login databaseId } } } }'));
  expect(errors).toMatchObject([{ message: "Field 'databaseId' doesn't exist on type 'Actor'", extensions: { code: 'undefinedField', typeName: 'Actor', fieldName: 'databaseId' } }]);
  expect((await failed(installationClient(standin).graphql('query {'))).errors[0]?.message).toMatch(/^Parse error/);
  expect(() => { standin.assertConforms(); }).toThrow("doesn't exist on type 'Actor'");
});

test('GraphQL has an hour of its own, and meets faults', async () => {
  const standin = await conforming({ limits: { perHour: 2 } });
  const client = installationClient(standin);
  const ask = () => client.graphql('query { rateLimit { remaining } }');
  expect(await ask()).toEqual({ rateLimit: { remaining: 1 } });
  standin.faults.api({ path: /^\/graphql$/ }, { kind: 'unavailable' });
  await expect(ask()).rejects.toMatchObject({ status: 502 });
  expect(await ask()).toEqual({ rateLimit: { remaining: 0 } });
  expect((await failed(ask())).errors).toMatchObject([{ type: 'RATE_LIMITED' }]);
  expect((await client.request('GET /installation/repositories')).headers['x-ratelimit-remaining']).toBe('1');
});
