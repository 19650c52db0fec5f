import type { ApiFault } from '@doubloon/github-standin';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { deliver } from '../testing/deliver.ts';
import { livingIn } from '../testing/living.ts';
import { startLine, type Line } from '../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 150_000 });

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());
afterEach(async () => {
  line.github.faults.clear();
  await line.database.pool.query('update installation set not_before = null');
});

const repository = 'analytical-engines/difference';
const { person, creating, ours, row, creations, calm, says } = livingIn(() => line, repository);
/** In another installation than that of `repository`. */
const notes = livingIn(() => line, 'ada/notes');
const ada = () => person('ada');
const linus = () => person('linus');
const patience = { timeout: 60_000, interval: 50 };
const faults = () => line.github.faults;
const editing = { method: 'PATCH', path: /^\/repos\/analytical-engines\/difference\/issues\/comments\// };
/** Milliseconds from now until the App may do something on this issue again. */
const waitsMs = async (issueId: number, in_ = row) => ((await in_(issueId))?.not_before?.getTime() ?? 0) - Date.now();

/** Nothing more is planned for the issue, for this reason. */
const restsWith = (issueId: number, problem: string) => expect.poll(async () => {
  const it = await row(issueId);
  return it?.due_at === null && it.attempts === 0 && it.problem?.includes(problem);
}, patience).toBe(true);

/** A metric's number with this label; 0 when it was never counted. */
async function metric(name: string, label: string): Promise<number> {
  const text = await (await fetch(`${line.app().internalUrl}/metrics`)).text();
  return Number(text.split('\n').find((it) => it.startsWith(`${name}{`) && it.includes(label))?.split(' ').at(-1) ?? 0);
}
const refused = (reason: string) => metric('doubloon_living_comment_refusals_total', `reason="${reason}"`);

test.each<[string, ApiFault]>([
  ['502', { kind: 'unavailable', done: true }],
  ['500', { kind: 'unavailable', status: 500, done: true }],
  ['a reset connection', { kind: 'reset', done: true }],
])('GitHub creates the comment and answers %s: there is one comment, found again by its marker', async (_, fault) => {
  const issue = await ada().openIssue('Created, and not told');
  faults().api(creating(issue.number), fault);
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const [comment, ...more] = await ours(issue.number);
  expect(more).toEqual([]);
  expect(creations(issue.number)).toBe(1);
  expect(await row(issue.id)).toMatchObject({ comment_id: String(comment?.id), creating_at: null, attempts: 0 });
  expect(faults().left()).toBe(0);
});

test.each<[string, ApiFault]>([
  ['503', { kind: 'unavailable', status: 503 }],
  ['504', { kind: 'unavailable', status: 504 }],
  ['a reset connection', { kind: 'reset' }],
])('GitHub creates nothing and answers %s: the comment is created later, once', async (_, fault) => {
  const issue = await ada().openIssue('Not created at first');
  faults().api(creating(issue.number), fault);
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  expect(await ours(issue.number)).toHaveLength(1);
  expect(creations(issue.number)).toBe(2);
});

test('GitHub answers nothing at all, here after it created the comment and there without: there is one comment in both, found again by its marker or created later', async () => {
  const [issue, elsewhere] = [await ada().openIssue('Created in silence'), await notes.person('ada').openIssue('Nothing but silence')];
  faults().api(creating(issue.number), { kind: 'hang', done: true });
  faults().api(notes.creating(elsewhere.number), { kind: 'hang' });
  await Promise.all([ada().comment(issue.number, '$sol:0.5$'), notes.person('ada').comment(elsewhere.number, '$sol:0.5$')]);
  await calm(issue.id);
  await notes.calm(elsewhere.id);
  const [[comment, ...more], there] = [await ours(issue.number), await notes.ours(elsewhere.number)];
  expect([more, there.length]).toEqual([[], 1]);
  expect([creations(issue.number), notes.creations(elsewhere.number)]).toEqual([1, 2]);
  expect(await row(issue.id)).toMatchObject({ comment_id: String(comment?.id), creating_at: null, attempts: 0 });
  expect(faults().left()).toBe(0);
});

test('GitHub creates the comment after nobody waited for it any more, and another one was created: the second is removed', async () => {
  const issue = await ada().openIssue('Created too late');
  faults().api(creating(issue.number), { kind: 'hang', done: { afterMs: 14_000 } });
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const [first] = await ours(issue.number);
  await expect.poll(() => line.lines.some((it) => it.includes('a second living comment was removed') && it.includes(String(issue.id))), patience).toBe(true);
  expect((await ours(issue.number)).map(({ id }) => id)).toEqual([first?.id]);
  await says(issue.number, 'Fund 0.5 sol');
  expect(await row(issue.id)).toMatchObject({ comment_id: String(first?.id), recreated: 0 });
});

test('our comment is looked for on all pages before one is created: on the third of a long issue it is found', async () => {
  const issue = await ada().openIssue('A long issue');
  for (let at = 0; at < 230; at++) line.github.comment('grace', repository, issue.number, `word ${String(at)}`);
  faults().api(creating(issue.number), { kind: 'unavailable', done: true });
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  expect(creations(issue.number)).toBe(1);
  const pages = line.github.asked.filter(({ method, path, installationId }) => method === 'GET' && installationId !== undefined && creating(issue.number).path.test(path)).map(({ search }) => /[?&]page=(\d+)/.exec(search)?.[1] ?? '1');
  expect(pages.slice(-3)).toEqual(['1', '2', '3']);
});

test('an edit that GitHub made and did not tell of is made again, in the same comment', async () => {
  const issue = await ada().openIssue('An edit that is not told');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  faults().api(editing, { kind: 'unavailable', done: true });
  faults().api(editing, { kind: 'reset' });
  await ada().editComment(id, '$sol:0.75$');
  await expect.poll(() => faults().left(), patience).toBe(0);
  await calm(issue.id);
  await says(issue.number, 'Fund 0.75 sol');
});

test('our comment, deleted by people without our hearing of it, comes back once; deleted again it is left in peace', async () => {
  const issue = await ada().openIssue('Deleted in silence');
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const deleteOurs = async () => {
    const [comment] = await ours(issue.number);
    faults().hook({ event: 'issue_comment', action: 'deleted' }, { kind: 'lost', inLog: false });
    await linus().deleteComment(comment?.id ?? 0);
  };
  await deleteOurs();
  await ada().comment(issue.number, '$sol:0.25$');
  await says(issue.number, 'Fund 0.25 sol');
  // Not at once: a copy of GitHub's that has not heard of a new comment says the same.
  const [first, second] = line.github.asked.filter(({ method, path }) => method === 'POST' && creating(issue.number).path.test(path)).filter(({ installationId }) => installationId !== undefined);
  expect((second?.startedAt ?? 0) - (first?.endedAt ?? Infinity)).toBeGreaterThan(9_500);
  await calm(issue.id);
  await deleteOurs();
  await ada().comment(issue.number, '$sol:0.125$');
  await expect.poll(async () => (await row(issue.id))?.given_up, patience).toBe('our comment was deleted twice');
  const { id } = await ada().comment(issue.number, '$sol:1$');
  await expect.poll(async () => (await ada().reactions(id)).length, patience).toBe(1);
  await expect.poll(async () => (await row(issue.id))?.due_at, patience).toBe(null);
  expect(await ours(issue.number)).toEqual([]);
  expect(creations(issue.number)).toBe(2);

  // One that GitHub created late is not kept for ever to be decided about.
  const { rows: [known] } = await line.database.pool.query<{ repository_id: string }>('select repository_id from living_comment where issue_id = $1', [String(issue.id)]);
  await line.database.pool.query('insert into intent (key, repository_id, issue_id, work) values ($1, $2, $3, $4)', ['late:0', known?.repository_id, String(issue.id), JSON.stringify({ kind: 'second', commentId: '1' })]);
  await line.database.pool.query('update living_comment set due_at = now(), wanted = wanted + 1 where issue_id = $1', [String(issue.id)]);
  await expect.poll(async () => (await line.database.pool.query("select from intent where key = 'late:0' and done_at is not null")).rowCount, patience).toBe(1);
});

test('a locked issue is said once, not tried again and again, and gets its comment when it is unlocked', async () => {
  const issue = await ada().openIssue('A locked issue');
  const before = await refused('locked');
  // On its way while the issue is locked.
  faults().hook({ event: 'issue_comment', action: 'created' }, { kind: 'late', by: { deliveries: 1 } });
  await ada().comment(issue.number, '$sol:0.5$');
  await linus().lock(issue.number);
  await line.github.delivered();
  await restsWith(issue.id, 'issue is locked');
  // One for each reason to look, the command and the offer's event, and none for being refused.
  const tried = creations(issue.number);
  expect(tried).toBeLessThanOrEqual(2);
  expect(await refused('locked') - before).toBe(tried);
  expect(line.lines.filter((it) => it.includes('issue waits for its next reason') && it.includes(String(issue.id)))).toHaveLength(tried);
  await linus().unlock(issue.number);
  await says(issue.number, 'Fund 0.5 sol');
  await calm(issue.id);
  expect(creations(issue.number)).toBe(tried + 1);
});

test('a comment of ours on an issue that was locked since is edited when it is unlocked', async () => {
  const issue = await ada().openIssue('An issue locked later');
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  await linus().lock(issue.number);
  await linus().comment(issue.number, '$sol:0.25$');
  await restsWith(issue.id, 'issue is locked');
  await linus().unlock(issue.number);
  await says(issue.number, 'Fund 0.25 sol');
});

test('an archived repository is said, not tried again and again, and written to when it is none any more', async () => {
  const { person: by, ours: oursThere, creations: creationsThere, says: saysThere } = notes;
  const issue = await by('ada').openIssue('An archived issue');
  const before = await refused('archived');
  faults().hook({ event: 'issue_comment', action: 'created' }, { kind: 'late', by: { ms: 300 } });
  const { id } = await by('ada').comment(issue.number, '$sol:0.5$');
  line.github.archive('ada/notes');
  await restsWith(issue.id, 'archived');
  expect(creationsThere(issue.number)).toBeLessThanOrEqual(2);
  expect(await refused('archived') - before).toBe(creationsThere(issue.number));
  expect(await oursThere(issue.number)).toEqual([]);
  line.github.archive('ada/notes', false);
  const { repositoryId } = line.github.issue('ada/notes', issue.number);
  expect((await deliver(line.appUrl, { event: 'repository', body: JSON.stringify({ action: 'unarchived', repository: { id: repositoryId, full_name: 'ada/notes' } }) })).status).toBe(202);
  // What was asked for meanwhile was not taken: whoever still wants it asks again.
  await saysThere(issue.number, 'This repository is archived.');
  await by('ada').editComment(id, '$sol:0.75$');
  await saysThere(issue.number, 'Fund 0.75 sol');
});

test('a comment of ours that a maintainer hides stays the one comment, hidden, and goes on saying what is true', async () => {
  const issue = await ada().openIssue('A hidden comment');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const [comment] = await ours(issue.number);
  line.github.minimize(repository, comment?.id ?? 0);
  await ada().editComment(id, '$sol:0.75$');
  await says(issue.number, 'Fund 0.75 sol');
  expect((await ours(issue.number))[0]).toMatchObject({ id: comment?.id, minimized: { reason: 'off-topic' } });
});

test('what a maintainer writes into our comment is put right by the next reason, when we never heard of it', async () => {
  const issue = await ada().openIssue('A forger in silence');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const [comment] = await ours(issue.number);
  faults().hook({ event: 'issue_comment', action: 'edited' }, { kind: 'lost', inLog: false });
  await linus().editComment(comment?.id ?? 0, 'Pay to me');
  await ada().editComment(id, '$sol:0.75$');
  await says(issue.number, 'Fund 0.75 sol');
  expect((await ours(issue.number))[0]?.body).not.toContain('Pay to me');
});

test.each([403, 429] as const)('a secondary limit (%i with retry-after) is waited for by the whole installation, and by no other', async (status) => {
  const [issue, other, elsewhere] = [await ada().openIssue('Limited'), await ada().openIssue('Another one'), await notes.person('ada').openIssue('Elsewhere')];
  const before = await refused('limit');
  faults().api(creating(issue.number), { kind: 'secondary-limit', status, retryAfter: 6 });
  await ada().comment(issue.number, '$sol:0.5$');
  await expect.poll(() => waitsMs(issue.id), patience).toBeGreaterThan(1_500);
  await ada().comment(other.number, '$sol:0.5$');
  await ada().comment(issue.number, '$sol:0.25$');
  await notes.person('ada').comment(elsewhere.number, '$sol:0.5$');
  await notes.says(elsewhere.number, 'Fund 0.5 sol');
  await expect.poll(() => waitsMs(other.id), patience).toBeGreaterThan(500);
  expect([creations(issue.number), creations(other.number), await refused('limit') - before]).toEqual([1, 0, 1]);
  await says(issue.number, 'Fund 0.25 sol');
  await says(other.number, 'Fund 0.5 sol');
  await calm(other.id);
  expect([creations(issue.number), creations(other.number)]).toEqual([2, 1]);
});

test.each([403, 429] as const)('a secondary limit (%i) without retry-after is waited for a minute', async (status) => {
  const issue = await ada().openIssue('Limited without a word');
  faults().api(creating(issue.number), { kind: 'secondary-limit', status });
  await ada().comment(issue.number, '$sol:0.5$');
  await expect.poll(() => waitsMs(issue.id), patience).toBeGreaterThan(50_000);
  expect(await waitsMs(issue.id)).toBeLessThan(60_001);
  await line.database.pool.query('update installation set not_before = null');
  await line.database.pool.query('update living_comment set not_before = null, due_at = now() where issue_id = $1', [String(issue.id)]);
  await says(issue.number, 'Fund 0.5 sol');
});

test.each<[string, number, 403 | 429]>([['is right', 0, 403], ['is ten minutes ahead', 600_000, 429], ['is ten minutes behind', -600_000, 403]])('a budget that is used up is waited for until its end by GitHub\'s clock, which %s, by the whole installation and by no other', async (_, skew, status) => {
  const [issue, elsewhere] = [await ada().openIssue('Used up'), await notes.person('ada').openIssue('Elsewhere')];
  faults().skew(skew);
  faults().api(creating(issue.number), { kind: 'primary-limit', status, resetSeconds: 5 });
  await ada().comment(issue.number, '$sol:0.5$');
  await expect.poll(() => waitsMs(issue.id), patience).toBeGreaterThan(2_000);
  expect(await waitsMs(issue.id)).toBeLessThan(6_500);
  await notes.person('ada').comment(elsewhere.number, '$sol:0.5$');
  await notes.says(elsewhere.number, 'Fund 0.5 sol');
  expect(creations(issue.number)).toBe(1);
  await says(issue.number, 'Fund 0.5 sol');
  expect(creations(issue.number)).toBe(2);
});

test('a token that ends midway is replaced, at a GitHub whose clock is ten minutes off too', async () => {
  faults().skew(-600_000);
  const issue = await ada().openIssue('A token that ends');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  for (const [skew, amount] of [[-600_000, '0.25'], [0, '0.125'], [600_000, '0.0625']] as const) {
    faults().skew(skew);
    faults().api(editing, { kind: 'token-expired' });
    await ada().editComment(id, `$sol:${amount}$`);
    await says(issue.number, `Fund ${amount} sol`);
    expect(faults().left()).toBe(0);
  }
  expect(await ours(issue.number)).toHaveLength(1);
});

test('404 for an issue and for a comment that GitHub has just told of is not taken for their end', async () => {
  const issue = await ada().openIssue('Not there yet');
  faults().api({ method: 'GET', path: creating(issue.number).path }, { kind: 'not-found' });
  faults().api(creating(issue.number), { kind: 'not-found' });
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const [comment] = await ours(issue.number);
  faults().api({ ...editing, times: 2 }, { kind: 'not-found' });
  await ada().editComment(id, '$sol:0.75$');
  await says(issue.number, 'Fund 0.75 sol');
  await calm(issue.id);
  expect((await ours(issue.number)).map((it) => it.id)).toEqual([comment?.id]);
  expect([faults().left(), (await row(issue.id))?.recreated]).toEqual([0, 0]);
});

test('404 for everything of a repository, which we may not see any more, does not count as a deletion of our comment', async () => {
  const issue = await ada().openIssue('Out of sight');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  faults().api({ path: /^\/repos\/analytical-engines\/difference\/issues\//, times: 6 }, { kind: 'not-found' });
  await line.database.pool.query('update living_comment set hash = null, due_at = now(), wanted = wanted + 1 where issue_id = $1', [String(issue.id)]);
  await expect.poll(() => faults().left(), patience).toBe(0);
  await ada().editComment(id, '$sol:0.75$');
  await says(issue.number, 'Fund 0.75 sol');
  expect(await row(issue.id)).toMatchObject({ recreated: 0, given_up: null });
});

test('GitHub is away, each connection reset: all is said when it is back, once', async () => {
  const issue = await ada().openIssue('GitHub is away');
  await line.github.delivered();
  faults().api({ path: new RegExp(`/issues/${String(issue.number)}(/|$)`), times: Infinity }, { kind: 'reset' });
  line.github.comment('ada', repository, issue.number, '$sol:0.5$');
  await expect.poll(async () => (await row(issue.id))?.attempts ?? 0, patience).toBeGreaterThan(2);
  faults().clear();
  await says(issue.number, 'Fund 0.5 sol');
  expect(creations(issue.number)).toBe(1);
});

test('a reaction that GitHub gives no answer to holds nothing up and comes a moment later; one that it refuses is left out', async () => {
  const [issue, other] = [await ada().openIssue('Eyes a moment later'), await ada().openIssue('No eyes')];
  faults().api({ method: 'POST', path: /\/reactions$/, times: 2 }, { kind: 'unavailable', status: 500 });
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  expect(await ours(issue.number)).toHaveLength(1);
  expect((await ada().reactions(id)).map(({ content }) => content)).toEqual(['eyes']);
  expect(faults().left()).toBe(0);

  faults().api({ method: 'POST', path: /\/reactions$/ }, { kind: 'not-found' });
  await ada().comment(other.number, '$sol:0.5$');
  await calm(other.id);
  expect(await ours(other.number)).toHaveLength(1);
  const { rows } = await line.database.pool.query<{ done: boolean; attempts: number }>("select done_at is not null as done, attempts from intent where issue_id = $1 and work->>'kind' = 'eyes'", [String(other.id)]);
  expect(rows).toEqual([{ done: true, attempts: 1 }]);
});

test('webhooks that come twice, late or overtaken by each other lead to one comment that says what stands there', async () => {
  const issue = await ada().openIssue('Webhooks in disorder');
  faults().hook({ event: 'issue_comment', action: 'created' }, { kind: 'late', by: { deliveries: 2 } });
  faults().hook({ event: 'issue_comment', action: 'edited', times: 2 }, { kind: 'duplicate' });
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await ada().editComment(id, '$sol:0.6$');
  await ada().editComment(id, '$sol:0.7$');
  await line.github.delivered();
  await says(issue.number, 'Fund 0.7 sol');
  await calm(issue.id);
  expect(creations(issue.number)).toBe(1);
});

test('what is created for an installation is created one after the other, while another installation goes on', async () => {
  const issues = await Promise.all(Array.from({ length: 4 }, (_, at) => ada().openIssue(`Side by side ${String(at)}`)));
  const elsewhere = await notes.person('ada').openIssue('Elsewhere');
  for (const { number } of issues) faults().api(creating(number), { kind: 'slow', ms: 700 });
  await Promise.all([...issues.map(({ number }) => ada().comment(number, '$sol:0.5$')), notes.person('ada').comment(elsewhere.number, '$sol:0.5$')]);
  for (const { id } of issues) await calm(id);
  await notes.calm(elsewhere.id);
  const created = line.github.asked
    .filter(({ method, path, installationId }) => method === 'POST' && installationId === line.github.installationId && issues.some(({ number }) => creating(number).path.test(path)))
    .map(({ startedAt, endedAt = Infinity }) => ({ startedAt, endedAt }));
  expect(created).toHaveLength(4);
  for (const [at, one] of created.entries()) if (at > 0) expect(one.startedAt).toBeGreaterThanOrEqual(created[at - 1]?.endedAt ?? 0);
  const other = line.github.asked.find(({ method, path }) => method === 'POST' && notes.creating(elsewhere.number).path.test(path));
  expect(other?.startedAt).toBeLessThan(created.at(-1)?.startedAt ?? 0);
});

test('the metrics tell what is left of GitHub\'s hour, what was written and what was refused, in few and fixed labels', async () => {
  const issue = await ada().openIssue('Counted');
  await ada().comment(issue.number, '$sol:0.5$');
  await calm(issue.id);
  const left = await metric('doubloon_github_quota_left', 'resource="core"');
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(5_000);
  for (const how of ['created', 'edited', 'adopted', 'recreated']) expect(await metric('doubloon_living_comment_writes_total', `how="${how}"`)).toBeGreaterThan(0);
  for (const reason of ['limit', 'locked', 'archived', 'missing', 'token', 'unanswered']) expect(await refused(reason)).toBeGreaterThan(0);
});

test('every request the App made under these faults, and every answer, is one that GitHub knows', () => {
  expect(line.github.mismatches).toEqual([]);
});
