import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { difference, installationClient, movableClock, openStandin, personClient, secret } from '../testing/standin.ts';
import { webhookProblems } from '../testing/webhook-schemas.ts';
import type { GitHubStandinOptions } from './index.ts';

const repository = 'analytical-engines/difference';

/** A stand-in that tells its App of reviews; all it tells and answers has to match GitHub's descriptions. */
async function reviewed(o: Partial<GitHubStandinOptions> = {}) {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret }, ...o });
  onTestFinished(() => { standin.assertConforms(); });
  const told = async () => {
    await standin.delivered();
    return receiver.received.map(({ headers, payload }) => {
      const event = headers['x-github-event'] ?? '';
      expect(webhookProblems(event, payload['action'] as string, payload)).toEqual([]);
      return { name: `${event}.${payload['action'] as string}`, payload };
    });
  };
  return { standin, told, app: installationClient(standin) };
}

test('a review and its comments are told one after the other, and read by their ids', async () => {
  const { standin, told, app } = await reviewed();
  const { id, commentIds: [commentId = 0] } = standin.review('grace', repository, 4, { state: 'APPROVED', body: 'Well turned.', comments: [{ path: 'carry.ts', body: 'A word here.' }] });
  const heard = await told();
  expect(heard.map(({ name }) => name)).toEqual(['pull_request_review.submitted', 'pull_request_review_comment.created']);
  expect(heard[0]?.payload).toMatchObject({ review: { id, state: 'approved', body: 'Well turned.', user: { login: 'grace' } }, pull_request: { number: 4 } });
  expect(heard[1]?.payload).toMatchObject({ comment: { id: commentId, pull_request_review_id: id, path: 'carry.ts', body: 'A word here.' }, pull_request: { number: 4 } });
  const read = await app.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', { ...difference, pull_number: 4, review_id: id });
  expect(read.data).toMatchObject({ id, state: 'APPROVED', body: 'Well turned.', pull_request_url: `${standin.apiUrl}/repos/${repository}/pulls/4` });
  const comment = await app.request('GET /repos/{owner}/{repo}/pulls/comments/{comment_id}', { ...difference, comment_id: commentId });
  expect(comment.data).toMatchObject({ id: commentId, pull_request_review_id: id, body: 'A word here.', pull_request_url: `${standin.apiUrl}/repos/${repository}/pulls/4` });
});

test('a review is found under its own pull request only, and under no number of a comment', async () => {
  const { standin, app } = await reviewed();
  const { id, commentIds: [commentId = 0] } = standin.review('grace', repository, 4, { comments: [{ path: 'carry.ts', body: 'Hm.' }] });
  const { number } = standin.openPull('maggie', repository, { title: 'Another', head: 'another' });
  for (const [pull_number, review_id] of [[number, id], [1, id], [4, commentId]] as const)
    await expect(app.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', { ...difference, pull_number, review_id })).rejects.toMatchObject({ status: 404 });
  await expect(app.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: commentId })).rejects.toMatchObject({ status: 404 });
  await expect(app.request('GET /repos/{owner}/{repo}/pulls/comments/{comment_id}', { ...difference, comment_id: id })).rejects.toMatchObject({ status: 404 });
});

const editsQuery = 'query ($id: ID!) { node(id: $id) { __typename ... on Comment { body lastEditedAt editor { login } author { login } } } }';

test('who changed them last, and when, is known by their node ids', async () => {
  const clock = movableClock();
  const { standin, told } = await reviewed({ now: clock.now });
  const { id, commentIds: [commentId = 0] } = standin.review('ada', repository, 4, { body: 'One.', comments: [{ path: 'carry.ts', body: 'Two.' }] });
  const heard = await told();
  const node = (at: number, what: 'review' | 'comment') => (heard[at]?.payload[what] as { node_id: string }).node_id;
  const client = personClient(standin, 'ada');
  const ask = () => Promise.all([client.graphql(editsQuery, { id: node(0, 'review') }), client.graphql(editsQuery, { id: node(1, 'comment') })]);
  expect(await ask()).toEqual([
    { node: { __typename: 'PullRequestReview', body: 'One.', lastEditedAt: null, editor: null, author: { login: 'ada' } } },
    { node: { __typename: 'PullRequestReviewComment', body: 'Two.', lastEditedAt: null, editor: null, author: { login: 'ada' } } },
  ]);
  clock.advance(5_000);
  standin.editReview('grace', repository, id, 'Uno.');
  standin.editReviewComment('ada', repository, commentId, 'Due.');
  expect(await ask()).toMatchObject([
    { node: { body: 'Uno.', lastEditedAt: '2026-03-01T12:00:05Z', editor: { login: 'grace' } } },
    { node: { body: 'Due.', lastEditedAt: '2026-03-01T12:00:05Z', editor: { login: 'ada' } } },
  ]);
  standin.deleteReviewComment('grace', repository, commentId);
  const after = (await told()).slice(2);
  expect(after.map(({ name }) => name)).toEqual(['pull_request_review.edited', 'pull_request_review_comment.edited', 'pull_request_review_comment.deleted']);
  expect(after.map(({ payload }) => payload['changes'])).toEqual([{ body: { from: 'One.' } }, { body: { from: 'Two.' } }, undefined]);
  await expect(ask()).rejects.toMatchObject({ errors: [{ type: 'NOT_FOUND' }] });
});

test('what a review says of a file takes reactions', async () => {
  const { standin, app } = await reviewed();
  const { commentIds: [comment_id = 0] } = standin.review('ada', repository, 4, { comments: [{ path: 'carry.ts', body: 'Two.' }] });
  const made = await app.request('POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions', { ...difference, comment_id, content: 'eyes' });
  const list = () => app.request('GET /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions', { ...difference, comment_id });
  expect((await list()).data).toMatchObject([{ id: made.data.id, content: 'eyes' }]);
  await app.request('DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions/{reaction_id}', { ...difference, comment_id, reaction_id: made.data.id });
  expect((await list()).data).toEqual([]);
});

test('what GitHub does not take is not taken here', async () => {
  const { standin } = await reviewed();
  expect(() => standin.review('grace', repository, 1, { body: 'No pull request.' })).toThrow('is no pull request');
  expect(() => standin.review('maggie', repository, 4, { state: 'APPROVED' })).toThrow('nobody approves');
  expect(() => standin.review('grace', repository, 4, { body: ' ' })).toThrow('must not be blank');
  expect(() => standin.review('grace', repository, 4, { state: 'CHANGES_REQUESTED' })).toThrow('must not be blank');
  const { id } = standin.review('grace', repository, 4, { body: 'Mine.' });
  expect(() => { standin.editReview('maggie', repository, id, 'Not hers.'); }).toThrow('may not change');
  standin.deleteAccount('grace');
  const { data } = await personClient(standin, 'ada').request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', { ...difference, pull_number: 4, review_id: id });
  expect(data.user).toMatchObject({ login: 'ghost' });
});
