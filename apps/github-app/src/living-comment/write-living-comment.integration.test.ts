import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { livingIn } from '../../testing/living.ts';
import { startLine, type Line } from '../../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 150_000 });

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const repository = 'analytical-engines/difference';
const { person, ours, row, calm, says } = livingIn(() => line, repository);
const ada = () => person('ada');
const edits = () => line.github.asked.filter(({ method, path, status }) => method === 'PATCH' && status === 200 && path.startsWith(`/repos/${repository}/issues/comments/`));

test('however fast a text changes, our comment is edited once in two seconds, and ends at what stands there', async () => {
  const issue = await ada().openIssue('A nervous issue');
  const { id } = await ada().comment(issue.number, '$sol:1$');
  await calm(issue.id);
  const comment = (await ours(issue.number))[0];
  const began = edits().length;
  const started = performance.now();
  for (let amount = 2; amount <= 30; amount++) await ada().editComment(id, `$sol:${String(amount)}$`);
  const seconds = (performance.now() - started) / 1_000;
  await says(issue.number, 'Fund 30 sol');
  await calm(issue.id);
  const own = edits().slice(began).filter(({ path }) => path.endsWith(`/${String(comment?.id)}`));
  expect(own.length).toBeLessThanOrEqual(Math.ceil(seconds / 2) + 2);
  // By the App's clock two seconds lie between them; the way there and back takes its time.
  for (const [at, one] of own.entries()) if (at > 0) expect(one.startedAt - (own[at - 1]?.startedAt ?? 0)).toBeGreaterThan(1_900);
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
  await says(issue.number, 'Fund 0.5 sol');
});

test('who writes command after command uses up what may be created for reactions, and nobody\'s living comment waits for that', async () => {
  const created = (count: number, ago: string) => line.database.pool.query('update installation set created_at = array_fill(now() - $2::interval, array[$1::int]) where id = $3', [count, ago, String(line.github.installationId)]);
  const eyes = async (issueId: number) => (await line.database.pool.query<{ done: boolean }>("select done_at is not null as done from intent where issue_id = $1 and work->>'kind' = 'eyes'", [String(issueId)])).rows;
  // So that the installation is known.
  const [first, issue, another] = [await ada().openIssue('First'), await ada().openIssue('After a minute of commands'), await ada().openIssue('After an hour of commands')];
  await ada().comment(first.number, '$sol:1$');
  await calm(first.id);

  await created(60, '30 seconds');
  const { id } = await ada().comment(issue.number, '$sol:1$');
  await says(issue.number, 'Fund 1 sol');
  await expect.poll(async () => ((await row(issue.id))?.due_at?.getTime() ?? 0) - Date.now(), { timeout: 60_000 }).toBeGreaterThan(5_000);
  expect([await eyes(issue.id), (await row(issue.id))?.not_before]).toEqual([[{ done: false }], null]);
  await ada().editComment(id, '$sol:2$');
  await says(issue.number, 'Fund 2 sol');
  await expect.poll(() => eyes(issue.id), { timeout: 60_000 }).toEqual([{ done: true }]);
  expect(await ada().reactions(id)).toHaveLength(1);

  await created(375, '30 minutes');
  const { id: late } = await ada().comment(another.number, '$sol:1$');
  await says(another.number, 'Fund 1 sol');
  await calm(another.id);
  expect([await eyes(another.id), await ada().reactions(late)]).toEqual([[{ done: true }], []]);
  await created(0, '0');
});

test('hundreds of offers under a hostile title stay one comment that GitHub takes', async () => {
  const title = '<img src=x onerror=alert(1)> @everyone [x](javascript:y) | ` \u202e\u0000'.repeat(3).slice(0, 240);
  const issue = await ada().openIssue(title);
  // Through the API's back door, without its 80 a minute: people don't write this fast, a flood does.
  for (let at = 0; at < 40; at++) line.github.comment('grace', repository, issue.number, [1, 2, 3, 4, 5].map((nth) => `$sol:${String(at * 5 + nth)}.123456789$ $sol:${'1,'.repeat(400)}0$`).join(' '));
  await line.github.delivered();
  await says(issue.number, 'more offers.');
  await calm(issue.id);
  const [comment, ...more] = await ours(issue.number);
  expect(more).toEqual([]);
  const length = [...(comment?.body ?? '')].length;
  expect(length).toBeGreaterThan(2_000);
  expect(length).toBeLessThan(65_536);
  expect(comment?.body).not.toMatch(/<(?!!-- doubloon )|@everyone/);
});
