import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Fault } from '../testing/github-proxy.ts';
import { personAt, startLine, type Line } from '../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 150_000 });

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const ada = () => personAt(line.github, 'ada');
const creating = (issue: number): Pick<Fault, 'method' | 'path'> => ({ method: 'POST', path: new RegExp(`/issues/${String(issue)}/comments$`) });
const ours = async (issue: number) => (await ada().comments(issue)).filter(({ user }) => user.login.endsWith('[bot]'));
const row = async (issueId: number) => (await line.database.pool.query<{ comment_id: string | null; hash: string | null; creating_at: Date | null; due_at: Date | null; not_before: Date | null; attempts: number }>('select * from living_comment where issue_id = $1', [String(issueId)])).rows[0];
const calm = (issueId: number) => expect.poll(async () => { const it = await row(issueId); return it?.due_at === null && it.hash !== null; }, { timeout: 60_000, interval: 50 }).toBe(true);
const creations = (issue: number) => line.proxy.asked.filter((one) => one.startsWith('POST') && creating(issue).path.test(one)).length;

test.each<[string, Omit<Fault, 'method' | 'path' | 'when'>]>([
  ['502', { answer: { status: 502 } }], ['a cut connection', {}], ['500', { answer: { status: 500, body: { message: 'oops' } } }],
])('GitHub stores the comment and answers %s: there is one comment, found again by its marker', async (_, fault) => {
  const issue = await ada().openIssue('Stored, and not told');
  line.proxy.fail({ ...creating(issue.number), when: 'after', ...fault });
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const [comment, ...more] = await ours(issue.number);
  expect(more).toEqual([]);
  expect(creations(issue.number)).toBe(1);
  expect(await row(issue.id)).toMatchObject({ comment_id: String(comment?.id), creating_at: null, attempts: 0 });
  expect(line.proxy.left()).toBe(0);
});

test('our comment is found on whatever page it is', async () => {
  const issue = await ada().openIssue('A long issue');
  for (let at = 0; at < 104; at++) await ada().comment(issue.number, `word ${String(at)}`);
  line.proxy.fail({ ...creating(issue.number), when: 'after', answer: { status: 502 } });
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  expect(creations(issue.number)).toBe(1);
  expect(line.proxy.asked.some((one) => one.includes('page=2'))).toBe(true);
});

test('GitHub refuses before it stores anything: the comment is created later, once', async () => {
  const issue = await ada().openIssue('Refused at first');
  line.proxy.fail({ ...creating(issue.number), when: 'before', answer: { status: 503 } }, { ...creating(issue.number), when: 'before' });
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  expect(await ours(issue.number)).toHaveLength(1);
  expect(creations(issue.number)).toBe(3);
});

test.each([403, 429])('a limit (%i with retry-after) is waited for, by all issues of the installation', async (status) => {
  const [issue, other] = [await ada().openIssue('Limited'), await ada().openIssue('Another one')];
  line.proxy.fail({ ...creating(issue.number), when: 'before', answer: { status, headers: { 'retry-after': '6' }, body: { message: 'You have exceeded a secondary rate limit.' } } });
  const before = Date.now();
  await ada().comment(issue.number, '$sol:0.5$');
  await expect.poll(async () => (await row(issue.id))?.not_before?.getTime() ?? 0, { timeout: 60_000 }).toBeGreaterThan(before + 1_500);
  await ada().comment(other.number, '$sol:0.5$');
  await ada().comment(issue.number, '$sol:0.25$');
  await expect.poll(async () => (await row(other.id))?.not_before?.getTime() ?? 0, { timeout: 60_000 }).toBeGreaterThan(before + 1_500);
  expect([creations(issue.number), creations(other.number)]).toEqual([1, 0]);
  await calm(issue.id);
  await calm(other.id);
  expect(await ours(other.number)).toHaveLength(1);
  const [comment] = await ours(issue.number);
  expect(comment?.body).toContain('Fund 0.25 sol');
  expect(creations(issue.number)).toBe(2);
});

test('an edit that fails is made later, in the same comment', async () => {
  const issue = await ada().openIssue('An edit that fails');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  line.proxy.fail({ method: 'PATCH', path: /\/issues\/comments\//, when: 'before', answer: { status: 502 } });
  await ada().editComment(id, '$sol:0.75$');
  await expect.poll(async () => (await ours(issue.number)).map(({ body }) => body.includes('Fund 0.75 sol')), { timeout: 60_000 }).toEqual([true]);
});

test('a reaction that fails holds nothing up', async () => {
  const issue = await ada().openIssue('No eyes');
  line.proxy.fail({ method: 'POST', path: /\/reactions$/, when: 'before', answer: { status: 500 } });
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  expect(await ours(issue.number)).toHaveLength(1);
  expect((await line.database.pool.query<{ done: boolean }>("select done_at is not null as done from intent where issue_id = $1 and work->>'kind' = 'eyes'", [String(issue.id)])).rows).toEqual([{ done: true }]);
});

test('six quick edits of a text that tells nothing about money are five, and the rest waits', async () => {
  const issue = await ada().openIssue('Chatter');
  const { id } = await ada().comment(issue.number, '$sol:1,0$');
  await calm(issue.id);
  await line.database.pool.query("update living_comment set quiet_at = array_fill(now(), array[5]) where issue_id = $1", [String(issue.id)]);
  await ada().editComment(id, '$sol:2,0$');
  await expect.poll(async () => ((await row(issue.id))?.due_at?.getTime() ?? 0) - Date.now(), { timeout: 60_000 }).toBeGreaterThan(60_000);
  expect((await ours(issue.number))[0]?.body).toContain('`$sol:1,0$`');
  await ada().comment(issue.number, '$sol:0.5$');
  await expect.poll(async () => (await ours(issue.number))[0]?.body, { timeout: 60_000 }).toContain('Fund 0.5 sol');
});
