import { expect, test } from 'vitest';
import { difference, installationClient, openStandin, personClient } from '../testing/standin.ts';

const repository = 'analytical-engines/difference';
const list = 'GET /repos/{owner}/{repo}/issues/{issue_number}/events';

test('an issue lists what became of it, by numeric ids that rise, with who closed it and as what', async () => {
  const standin = await openStandin();
  const app = installationClient(standin);
  standin.closeIssue('ada', repository, 1, 'not_planned');
  standin.reopenIssue('ada', repository, 1);
  standin.editIssue('grace', repository, 1, { title: 'Another title' });
  const linus = personClient(standin, 'linus');
  await linus.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...difference, issue_number: 1, labels: ['bounty'] });
  await linus.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...difference, issue_number: 1, name: 'bounty' });
  await linus.request('PUT /repos/{owner}/{repo}/issues/{issue_number}/lock', { ...difference, issue_number: 1, lock_reason: 'resolved' });
  await app.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...difference, issue_number: 1, state: 'closed', state_reason: 'duplicate' });
  const { data } = await app.request(list, { ...difference, issue_number: 1 });
  expect(data.map(({ event }) => event)).toEqual(['closed', 'reopened', 'renamed', 'labeled', 'unlabeled', 'locked', 'closed']);
  expect(data[0]).toMatchObject({ actor: { login: 'ada' }, state_reason: 'not_planned', performed_via_github_app: null, commit_id: null });
  expect(data[5]).toMatchObject({ lock_reason: 'resolved' });
  expect(data[6]).toMatchObject({ actor: { type: 'Bot' }, state_reason: 'duplicate', performed_via_github_app: { id: standin.app.id } });
  const ids = data.map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  const { data: second } = await app.request(list, { ...difference, issue_number: 1, per_page: 3, page: 3 });
  expect(second.map(({ id }) => id)).toEqual(ids.slice(6));
  const { data: one } = await app.request('GET /repos/{owner}/{repo}/issues/events/{event_id}', { ...difference, event_id: ids[0] ?? 0 });
  expect(one).toMatchObject({ id: ids[0], event: 'closed', state_reason: 'not_planned', issue: { id: standin.issue(repository, 1).id } });
  await expect(app.request('GET /repos/{owner}/{repo}/issues/events/{event_id}', { ...difference, event_id: 1 })).rejects.toMatchObject({ status: 404 });
  standin.assertConforms();
});

test('GraphQL has the newest of them, and names the pull request whose merge closed an issue', async () => {
  const standin = await openStandin();
  const app = installationClient(standin);
  standin.closeIssue('linus', repository, 2);
  standin.reopenIssue('linus', repository, 2);
  const { number, pullId: id } = standin.openPull('maggie', repository, { title: 'Columns', body: 'Closes #2', head: 'columns' });
  standin.merge('linus', repository, number);
  const { repository: { issue } } = await app.graphql<{ repository: { issue: { all: { totalCount: number }; newest: { nodes: readonly { id: string }[] } } } }>(
    `query ($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { issue(number: 2) { stateReason(enableDuplicate: true)
      all: timelineItems(first: 10, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) { totalCount }
      newest: timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { id stateReason actor { login } closer { __typename ... on PullRequest { fullDatabaseId mergeCommit { associatedPullRequests(first: 5) { nodes { fullDatabaseId } } } } } } } }
    } } }`, { ...difference });
  expect(issue).toMatchObject({
    stateReason: 'COMPLETED', all: { totalCount: 3 },
    newest: { nodes: [{ stateReason: 'COMPLETED', actor: { login: 'linus' }, closer: { __typename: 'PullRequest', fullDatabaseId: String(id), mergeCommit: { associatedPullRequests: { nodes: [{ fullDatabaseId: String(id) }] } } } }] },
  });
  const { data } = await app.request(list, { ...difference, issue_number: 2 });
  expect(data.at(-1)).toMatchObject({ node_id: issue.newest.nodes[0]?.id, state_reason: null });
  const { data: ofPull } = await app.request(list, { ...difference, issue_number: number });
  expect(ofPull.map(({ event }) => event)).toEqual(['merged', 'closed']);
  standin.assertConforms();
});

test('events go with an issue that is transferred, under other ids, and what somebody did whose account is deleted was done by the ghost', async () => {
  const standin = await openStandin();
  const read = async (issue_number: number, repo: string) => (await installationClient(standin).request(list, { owner: 'analytical-engines', repo, issue_number })).data;
  standin.closeIssue('ada', repository, 1, 'not_planned');
  const [before] = await read(1, 'difference');
  standin.setMembership('analytical-engines', 'linus', 'owner');
  const { number } = standin.transferIssue('linus', repository, 1, 'analytical-engines/punched-cards');
  standin.deleteAccount('ada');
  const after = await read(number, 'punched-cards');
  expect(after.map(({ event, actor }) => [event, actor.login])).toEqual([['closed', 'ghost'], ['transferred', 'linus']]);
  expect(after[0]?.id).not.toBe(before?.id);
  standin.assertConforms();
});
