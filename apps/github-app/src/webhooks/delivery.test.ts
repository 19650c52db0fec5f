import { emitterEventNames } from '@octokit/webhooks';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { expect, test } from 'vitest';
import { handledEvents, mayCommand, readDelivery, subjectOf, type Sighting } from './delivery.ts';

interface Example { readonly name: string; readonly examples: readonly Record<string, unknown>[] }
const all = (examples as unknown as readonly Example[]).flatMap(({ name, examples: payloads }) => payloads.map((payload) => ({ name, payload })));

const person = { id: 1, login: 'ada', type: 'User' };
const repository = { id: 10, full_name: 'analytical-engines/difference' };
const issue = { id: 100, number: 7, title: 'A title', html_url: 'https://github.test/analytical-engines/difference/issues/7', body: 'text of the issue', user: person, updated_at: '2026-01-02T03:04:05Z' };
const comment = { id: 1000, html_url: 'https://github.test/c', body: 'text', user: person, updated_at: '2026-01-02T03:04:06Z' };
const pull = { id: 999, number: 8, title: 'A pull', html_url: 'https://github.test/p', body: 'text of the pull', user: person, updated_at: '2026-01-02T03:04:07Z' };
const outer = { sender: person, repository, installation: { id: 5 } };

function sighted(event: string, payload: object): Sighting {
  const reading = readDelivery(event, payload);
  if ('ignored' in reading) throw new Error(reading.ignored);
  return reading.sighting;
}

test('all public examples of webhooks are read without a throw, and comments are seen', () => {
  expect(all.length).toBeGreaterThanOrEqual(329);
  const seen = all.filter(({ name, payload }) => 'sighting' in readDelivery(name, payload)).map(({ name, payload }) => `${name}.${String(payload['action'])}`);
  expect([...new Set(seen)].sort()).toEqual([
    'issue_comment.created', 'issue_comment.deleted', 'issue_comment.edited', 'issues.deleted', 'issues.edited', 'issues.opened', 'pull_request.opened',
    'pull_request_review.submitted', 'pull_request_review_comment.created', 'pull_request_review_comment.deleted', 'pull_request_review_comment.edited',
  ]);
});

test('a comment is a sighting with ids as text', () => {
  expect(sighted('issue_comment', { ...outer, action: 'created', issue, comment })).toEqual({
    change: 'created', source: { kind: 'issue-comment', id: '1000', url: 'https://github.test/c' }, text: 'text', before: undefined,
    updatedAt: new Date('2026-01-02T03:04:06Z'), author: { id: '1', login: 'ada', type: 'User' }, sender: { id: '1', login: 'ada', type: 'User' }, viaApp: undefined,
    repository: { id: '10', fullName: 'analytical-engines/difference' }, installationId: '5',
    issue: { id: '100', number: 7, title: 'A title', url: issue.html_url, isPullRequest: false },
  });
});

test('a comment on a pull request has the id of its issue', () => {
  const onPull = { ...issue, pull_request: { url: 'x' } };
  expect(sighted('issue_comment', { ...outer, action: 'created', issue: onPull, comment }).issue).toMatchObject({ id: '100', isPullRequest: true });
});

test('pull_request.id is never taken for the id of the issue', () => {
  const opened = sighted('pull_request', { ...outer, action: 'opened', pull_request: pull });
  expect(opened).toMatchObject({ source: { kind: 'issue', id: undefined }, issue: { id: undefined, number: 8 } });
  expect(JSON.stringify(opened)).not.toContain('999');
});

test('an edit keeps what stood there before', () => {
  expect(sighted('issue_comment', { ...outer, action: 'edited', issue, comment, changes: { body: { from: 'older' } } }).before).toBe('older');
});

test.each([
  ['issue_comment', { action: 'pinned' }], ['issues', { action: 'labeled' }], ['issues', { action: 'unlabeled' }], ['push', {}], ['something_new', { action: 'created' }], ['__proto__', { action: 'created' }], ['issue_comment', { action: 'constructor' }],
])('%s %j is not watched', (event, action) => { expect(readDelivery(event, { ...outer, issue, comment, ...action })).toEqual({ ignored: 'not watched' }); });

test.each<[string, object]>([
  ['an id above what a number holds', { comment: { ...comment, id: 2 ** 53 } }], ['a number above what a column holds', { issue: { ...issue, number: 2 ** 31 } }], ['an id that is text', { comment: { ...comment, id: '1000' } }], ['no issue', { issue: undefined }], ['no sender', { sender: undefined }],
  ['a title that is no text', { issue: { ...issue, title: {} } }], ['a time that is none', { comment: { ...comment, updated_at: 'yesterday' } }],
])('a form we do not know is ignored: %s', (_, wrong) => { expect(readDelivery('issue_comment', { ...outer, action: 'created', issue, comment, ...wrong })).toEqual({ ignored: 'unknown form' }); });

const bot = { id: '9', login: 'renovate[bot]', type: 'Bot' };
const human = { id: '1', login: 'ada', type: 'User' };
test.each<[boolean, string, Partial<Sighting>]>([
  [true, 'a person', {}],
  [false, 'a bot', { sender: bot, author: bot }],
  [false, 'a bot that edits what a person wrote', { sender: bot, change: 'edited' }],
  [false, 'a person who edits what a bot wrote', { author: bot, change: 'edited' }],
  [false, 'a person through an App', { viaApp: '77' }],
  [false, 'an account that is gone', { author: undefined }],
  [false, 'a bot that says it is a user', { sender: { ...bot, type: 'User' } }],
  [true, 'a deletion, whoever did it', { change: 'deleted', sender: bot }],
])('may command: %s for %s', (expected, _, part) => { expect(mayCommand({ change: 'created', sender: human, author: human, viaApp: undefined, ...part })).toBe(expected); });

test('deliveries of one issue have one subject, and those that belong to none have their own', () => {
  expect(subjectOf('guid', { repository, issue })).toBe('10/100');
  expect(subjectOf('guid', { repository, pull_request: pull })).toBe('10/pull/8');
  expect(subjectOf('guid', { zen: 'x' })).toBe('guid');
});

test('every event it listens to is one that GitHub sends', () => {
  expect(handledEvents).toContain('issue_comment.created');
  expect(handledEvents.filter((name) => !emitterEventNames.some((known) => known === name))).toEqual([]);
});

test.each(['../../../etc/passwd', 'owner/..', 'owner', 'owner/name/more', 'owner/na me', ''])('a repository called %j, which would lead elsewhere in paths of the API, is of no form we know', (full_name) => {
  const payload = { action: 'created', sender: { id: 1, login: 'ada' }, repository: { id: 1, full_name }, issue: { id: 2, number: 3, title: 'x', html_url: 'https://github.com/x', body: '', user: { id: 1, login: 'ada' }, updated_at: '2026-11-21T12:00:00Z' }, comment: { id: 4, html_url: 'https://github.com/x', body: 'x', user: { id: 1, login: 'ada' }, updated_at: '2026-11-21T12:00:00Z' } };
  expect(readDelivery('issue_comment', payload)).toEqual({ ignored: 'unknown form' });
  expect(readDelivery('issue_comment', { ...payload, repository: { id: 1, full_name: 'owner/.name_1-x' } })).toHaveProperty('sighting');
});
