import { parseCommands } from '@doubloon/domain';
import { expect, test } from 'vitest';
import { readCommands } from '../commands/commands.ts';
import { mayCommand, readDelivery, type Sighting } from '../webhooks/delivery.ts';
import type { CommentText, IssueNow, IssueText } from './issue-now.ts';
import { textHash, withMarker } from '../living-comment/living-comment.ts';
import { absent, missedDeletion, missedOn, missedTransfer, settleMs, type Known, type KnownSource } from './reread-missed.ts';

const denoms = new Map([['sol', 9]]);
const read = (text: string, url: string) => readCommands((one) => Promise.resolve(parseCommands(one, denoms)), text, url);
const minute = (count: number) => new Date(Date.UTC(2026, 0, 1, 0, count));
const at = minute(60);
const ada = { id: 1, login: 'ada', type: 'User' };
const grace = { id: 2, login: 'grace', type: 'User' };

const knownIssue: Known['issue'] = {
  repositoryId: '10', issueId: '100', repository: 'a/b', installationId: '5', number: 7, title: 'T', url: 'https://github.test/a/b/issues/7', help: false, isDeleted: false,
  isPullRequest: false, state: 'open', stateReason: undefined, closedAt: undefined, isLocked: false, labels: [], language: undefined, factsAt: undefined, movedTo: undefined, movedFrom: undefined, movedHereAt: undefined,
};
const issue = (over: Partial<IssueText> = {}): IssueText => ({
  id: 100, number: 7, title: 'T', state: 'open', repository_url: 'https://api.github.test/repos/a/b', html_url: 'https://github.test/a/b/issues/7', body: 'Help', user: ada,
  created_at: minute(0).toISOString(), updated_at: minute(50).toISOString(), performed_via_github_app: null, ...over,
});
const comment = (id: number, body: string, over: Partial<CommentText> = {}): CommentText => ({
  id, html_url: `https://github.test/${String(id)}`, body, user: ada, created_at: minute(id).toISOString(), updated_at: minute(id).toISOString(), performed_via_github_app: null, ...over,
});
const source = (id: number, over: Partial<KnownSource> = {}): KnownSource => ({ kind: 'issue-comment', id: String(id), url: `https://github.test/${String(id)}`, updatedAt: minute(id), isDeleted: false, ...over });
const known = (sources: readonly KnownSource[] = [], living?: Known['living']): Known => ({ issue: knownIssue, sources, living });
const now = (comments: readonly CommentText[], over: Partial<IssueText> = {}): IssueNow => ({ issue: issue(over), facts: undefined, comments, at, tags: undefined, left: undefined });

/** What the handlers make of the deliveries, in a few words each. */
async function told(before: Known, after: IssueNow, gone: readonly string[] = []): Promise<string[]> {
  return (await missedOn(before, after, gone, read)).map(({ event, payload }) => {
    const reading = readDelivery(event, payload);
    if (!('sighting' in reading)) return reading.ignored;
    const { change, source: { kind, id }, text, issue: { id: issueId, number }, repository, installationId }: Sighting = reading.sighting;
    expect({ issueId, number, repository, installationId }).toEqual({ issueId: '100', number: 7, repository: { id: '10', fullName: 'a/b' }, installationId: '5' });
    expect(mayCommand(reading.sighting) || reading.sighting.viaApp !== undefined).toBe(true);
    return `${kind} ${id ?? ''} ${change}: ${text}`;
  });
}

test('what is as we know it, older, or deleted tells nothing', async () => {
  const comments = [comment(1, '$sol:1$'), comment(2, '$sol:2$'), comment(3, '$sol:3$')];
  expect(await told(known([source(1), source(2, { updatedAt: minute(9) }), source(3, { updatedAt: minute(1), isDeleted: true })]), now(comments))).toEqual([]);
});

test('a text that was edited since is an edit, whatever it says now', async () => {
  const edited = { updated_at: minute(30).toISOString() };
  expect(await told(known([source(1), source(2)]), now([comment(1, '$sol:9$', edited), comment(2, 'nothing', edited)]))).toEqual(['issue-comment 1 edited: $sol:9$', 'issue-comment 2 edited: nothing']);
});

test('a text we never heard of is a creation when nobody edited it since, and an edit otherwise', async () => {
  expect(await told(known(), now([comment(1, '$sol:1$'), comment(2, '/cancel', { updated_at: minute(30).toISOString() })]))).toEqual(['issue-comment 1 created: $sol:1$', 'issue-comment 2 edited: /cancel']);
});

test('slash commands are not obeyed over what their author wrote after them', async () => {
  const comments = [comment(1, '/cancel'), comment(2, '/cancel', { user: grace }), comment(3, '$sol:1$')];
  expect(await told(known([source(3)]), now(comments))).toEqual(['issue-comment 1 edited: /cancel', 'issue-comment 2 created: /cancel']);
});

test('texts without commands, and those of bots, Apps and nobody, tell nothing', async () => {
  expect(await told(known(), now([
    comment(1, 'hello $PATH'), comment(2, '$sol:1$', { user: { id: 3, login: 'dependabot[bot]', type: 'Bot' } }),
    comment(3, '$sol:1$', { performed_via_github_app: { id: 9 } }), comment(4, '$sol:1$', { user: null }), comment(5, '', { body: null }),
  ]))).toEqual([]);
});

test('the opening text is read too', async () => {
  expect(await told(known(), now([], { body: '$sol:1$' }))).toEqual(['issue 100 edited: $sol:1$']);
  expect(await told(known(), now([], { body: '$sol:1$', updated_at: minute(0).toISOString() }))).toEqual(['issue 100 created: $sol:1$']);
  expect(await told(known([source(100, { kind: 'issue', updatedAt: minute(40) })]), now([], { body: null }))).toEqual(['issue 100 edited: ']);
});

test('a comment that GitHub has not is a deletion', async () => {
  expect(await told(known([source(1)]), now([]), ['1'])).toEqual(['issue-comment 1 deleted: ']);
});

test('looked for is what is not in the list: comments that still count, our own, and none that a copy may not have heard of', () => {
  const old = new Date(at.getTime() - settleMs - 1);
  const sources = [source(1), source(2, { updatedAt: old }), source(3, { updatedAt: new Date(at.getTime() - settleMs) }), source(4, { isDeleted: true }), source(100, { kind: 'issue' }), source(5, { kind: 'review' })];
  expect(absent(known(sources, { id: '9', hash: 'h' }), now([comment(1, 'x')]))).toEqual(['2', '9']);
});

test('our comment is compared with what we wrote, however GitHub ends its lines', async () => {
  const text = '### Bounty\n\nFund it\n';
  const living = { id: '8', hash: textHash(text) };
  const app = { user: { id: 9, login: 'doubloon[bot]', type: 'Bot' }, performed_via_github_app: { id: 9 } };
  for (const body of [withMarker(text, '100'), withMarker(text, '100').replaceAll('\n', '\r\n')]) expect(await told(known([], living), now([comment(8, body, app)]))).toEqual([]);
  for (const body of ['Pay to me', withMarker('### Bounty\n\nPay to me\n', '100'), '']) expect(await told(known([], living), now([comment(8, body, app)]))).toEqual([`issue-comment 8 edited: ${body}`]);
  expect(await told(known([], living), now([]), ['8'])).toEqual(['issue-comment 8 deleted: ']);
});

test('what is seen again has the same key, and what has changed has another', async () => {
  const keys = async (body: string, updated: Date) => (await missedOn(known([source(1)]), now([comment(1, body, { updated_at: updated.toISOString() })]), [], read)).map(({ guid }) => guid);
  expect(await keys('a', minute(30))).toEqual(await keys('a', minute(30)));
  expect(await keys('a', minute(30))).not.toEqual(await keys('b', minute(30)));
  expect(await keys('a', minute(30))).not.toEqual(await keys('a', minute(31)));
});

test('a repository that was renamed is told by its new name', async () => {
  const [missed] = await missedOn(known(), now([comment(1, '$sol:1$')], { repository_url: 'https://api.github.test/repos/new/name' }), [], read);
  expect(missed?.payload['repository']).toEqual({ id: 10, full_name: 'new/name' });
});

test('an issue that is gone is told as deleted', () => {
  const { event, payload } = missedDeletion(knownIssue, at);
  expect(readDelivery(event, payload)).toMatchObject({ sighting: { change: 'deleted', issue: { id: '100', number: 7 } } });
});

test('what was written before a transfer is a copy: it neither commands again nor is it missing', async () => {
  const moved = (sources: readonly KnownSource[]): Known => ({ ...known(sources), issue: { ...knownIssue, movedHereAt: minute(10) } });
  expect(await told(moved([]), now([comment(1, '$sol:1$'), comment(20, '$sol:2$')], { body: '$sol:3$' }))).toEqual(['issue-comment 20 created: $sol:2$']);
  const [before, after] = [source(1, { updatedAt: new Date(at.getTime() - settleMs - 2) }), source(2, { updatedAt: new Date(at.getTime() - settleMs - 1) })];
  expect(absent({ ...known([before, after]), issue: { ...knownIssue, movedHereAt: before.updatedAt } }, now([]))).toEqual(['2']);
});

test('a transfer that nobody told us of is told as its webhook would have', () => {
  const { event, payload, guid } = missedTransfer(knownIssue, { issue: { id: 200 }, repository: { id: 20, full_name: 'a/c' } });
  expect({ event, ...payload }).toMatchObject({ event: 'issues', action: 'transferred', issue: { id: 100 }, repository: { id: 10 }, changes: { new_issue: { id: 200 }, new_repository: { id: 20, full_name: 'a/c' } } });
  expect(missedTransfer(knownIssue, { issue: { id: 201 }, repository: { id: 21, full_name: 'a/d' } }).guid).not.toBe(guid);
});
