import { expect, test } from 'vitest';
import { difference, installationClient, movableClock, openStandin, personClient } from '../testing/standin.ts';

const comments = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const comment = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
const one = { ...difference, issue_number: 1 };

test('a comment lives: made, read, changed, listed since, deleted', async () => {
  const clock = movableClock();
  const standin = await openStandin({ now: clock.now });
  const ada = personClient(standin, 'ada');
  const { data: made, headers } = await ada.request(comments, { ...one, body: 'first' });
  expect(made).toMatchObject({ created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z', performed_via_github_app: null, user: { login: 'ada', type: 'User' } });
  expect(headers.location).toBe(made.url);
  clock.advance(61_000);
  const { data: changed } = await ada.request(comment, { ...difference, comment_id: made.id, body: 'second' });
  expect(changed).toMatchObject({ id: made.id, body: 'second', created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:01:01Z' });
  const { data: later } = await ada.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...one, since: '2026-03-01T12:01:00Z' });
  expect(later.map((it) => it.id)).toEqual([made.id]);
  await ada.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: made.id });
  await expect(ada.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: made.id })).rejects.toMatchObject({ status: 404 });
  standin.assertConforms();
});

test('a comment that is blank, missing or too long is refused and nothing is made', async () => {
  const standin = await openStandin();
  const ada = personClient(standin, 'ada');
  await expect(ada.request(comments, { ...one, body: ' \n' })).rejects.toMatchObject({ status: 422 });
  await expect(ada.request(comments, { ...one, body: 'x'.repeat(65_537) })).rejects.toMatchObject({ status: 422, message: expect.stringContaining('Validation Failed') as string });
  await ada.request(comments, { ...one, body: 'x'.repeat(65_536) });
  expect((await ada.request('GET /repos/{owner}/{repo}/issues/{issue_number}', one)).data.comments).toBe(2);
  standin.assertConforms();
});

test('people change what is theirs, writers and the App change what is anybody\'s', async () => {
  const standin = await openStandin();
  const { id } = standin.comment('maggie', 'analytical-engines/difference', 1, 'mine');
  const by = (client: ReturnType<typeof personClient>) => client.request(comment, { ...difference, comment_id: id, body: `by ${Math.random()}` });
  await expect(by(personClient(standin, 'ada'))).rejects.toMatchObject({ status: 403 });
  for (const client of [personClient(standin, 'maggie'), personClient(standin, 'grace'), installationClient(standin)]) expect((await by(client)).data.user?.login).toBe('maggie');
  standin.assertConforms();
});

test('an issue that was deleted is gone, one that never was is not found', async () => {
  const standin = await openStandin();
  await fetch(`${standin.url}/analytical-engines/punched-cards/issues/1/delete`, { method: 'POST', headers: { cookie: 'standin_user=linus' }, redirect: 'manual' });
  const read = (number: number) => installationClient(standin).request('GET /repos/{owner}/{repo}/issues/{issue_number}', { owner: 'analytical-engines', repo: 'punched-cards', issue_number: number });
  await expect(read(1)).rejects.toMatchObject({ status: 410 });
  await expect(read(2)).rejects.toMatchObject({ status: 404 });
  const { data: next } = await personClient(standin, 'ada').request('POST /repos/{owner}/{repo}/issues', { owner: 'analytical-engines', repo: 'punched-cards', title: 'next' });
  expect(next.number).toBe(2);
  standin.assertConforms();
});

test('the issue of a pull request has another id than the pull request', async () => {
  const standin = await openStandin();
  const app = installationClient(standin);
  const { data: issue } = await app.request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...difference, issue_number: 4 });
  const { data: pull } = await app.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...difference, pull_number: 4 });
  expect(issue.pull_request?.url).toBe(pull.url);
  expect([issue.number, issue.title, issue.node_id]).toEqual([pull.number, pull.title, pull.node_id]);
  expect(issue.id).not.toBe(pull.id);
  standin.assertConforms();
});

test('an issue is closed with its reason and opened again', async () => {
  const standin = await openStandin();
  const linus = personClient(standin, 'linus');
  const patch = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}';
  const { data: closed } = await linus.request(patch, { ...one, state: 'closed', state_reason: 'not_planned' });
  expect(closed).toMatchObject({ state: 'closed', state_reason: 'not_planned', closed_by: { login: 'linus' } });
  const { data: open } = await linus.request(patch, { ...one, state: 'open' });
  expect(open).toMatchObject({ state: 'open', state_reason: 'reopened', closed_at: null, closed_by: null });
  await expect(personClient(standin, 'maggie').request(patch, { ...one, state: 'closed' })).rejects.toMatchObject({ status: 403 });
  standin.assertConforms();
});

test('a second reaction of the same kind is the first one', async () => {
  const standin = await openStandin();
  const app = installationClient(standin);
  const { id } = standin.comment('ada', 'analytical-engines/difference', 1, 'react to me');
  const react = (content: '+1' | 'eyes') => app.request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', { ...difference, comment_id: id, content });
  const first = await react('eyes');
  const second = await react('eyes');
  expect([first.status, second.status, second.data.id]).toEqual([201, 200, first.data.id]);
  await react('+1');
  const { data: rolled } = await app.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: id });
  expect(rolled.reactions).toMatchObject({ total_count: 2, eyes: 1, '+1': 1 });
  await app.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}', { ...difference, comment_id: id, reaction_id: first.data.id });
  const { data: left } = await app.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', { ...difference, comment_id: id });
  expect(left.map((it) => it.content)).toEqual(['+1']);
  standin.assertConforms();
});

test('an issue is reacted to as a comment is', async () => {
  const standin = await openStandin();
  const app = installationClient(standin);
  const { data: made } = await app.request('POST /repos/{owner}/{repo}/issues/{issue_number}/reactions', { ...one, content: 'eyes' });
  expect((await app.request('GET /repos/{owner}/{repo}/issues/{issue_number}', one)).data.reactions).toMatchObject({ total_count: 1, eyes: 1 });
  await expect(personClient(standin, 'ada').request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}', { ...one, reaction_id: Number(made.id) })).rejects.toMatchObject({ status: 403 });
  await app.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}', { ...one, reaction_id: Number(made.id) });
  expect((await app.request('GET /repos/{owner}/{repo}/issues/{issue_number}/reactions', one)).data).toEqual([]);
  standin.assertConforms();
});

test('labels are made, put on and taken off', async () => {
  const standin = await openStandin();
  const app = installationClient(standin);
  await app.request('POST /repos/{owner}/{repo}/labels', { ...difference, name: 'bounty', color: 'f9d0c4' });
  await expect(app.request('POST /repos/{owner}/{repo}/labels', { ...difference, name: 'Bounty' })).rejects.toMatchObject({ status: 422 });
  const { data: on } = await app.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...one, labels: ['bounty'] });
  expect(on.map((it) => it.name)).toEqual(['bug', 'bounty']);
  const { data: found } = await app.request('GET /repos/{owner}/{repo}/issues', { ...difference, labels: 'bounty' });
  expect(found.map((it) => it.number)).toEqual([1]);
  const { data: off } = await app.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...one, name: 'bounty' });
  expect(off.map((it) => it.name)).toEqual(['bug']);
  await expect(app.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...one, name: 'bounty' })).rejects.toMatchObject({ status: 404 });
  await expect(personClient(standin, 'maggie').request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...one, labels: ['x'] })).rejects.toMatchObject({ status: 403 });
  standin.assertConforms();
});

test('issues are listed by state, order and time', async () => {
  const standin = await openStandin();
  const app = installationClient(standin);
  await personClient(standin, 'linus').request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...difference, issue_number: 2, state: 'closed' });
  const list = async (query: object) => (await app.request('GET /repos/{owner}/{repo}/issues', { ...difference, ...query })).data.map((it) => it.number);
  expect(await list({})).toEqual([4, 3, 1]);
  expect(await list({ state: 'closed' })).toEqual([2]);
  expect(await list({ state: 'all', sort: 'updated', direction: 'desc', per_page: 1 })).toEqual([2]);
  expect(await list({ state: 'all', direction: 'asc', page: 2, per_page: 3 })).toEqual([4]);
  standin.assertConforms();
});
