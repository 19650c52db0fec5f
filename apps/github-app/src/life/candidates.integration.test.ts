import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { personAt, startLine, type Line } from '../../testing/line.ts';

vi.setConfig({ testTimeout: 150_000 });

const repository = 'analytical-engines/difference';
let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const until = <T>(check: () => Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 60_000, interval: 50 });
const ada = () => personAt(line.github, 'ada');

/** An issue with an offer on it, which makes it one that we know. */
async function wanted(title: string, at = repository): Promise<{ number: number; id: number }> {
  const issue = line.github.openIssue('ada', at, { title, body: '$sol:0.5$ for this' });
  await until(async () => { expect((await line.database.pool.query('select from issue where id = $1', [String(issue.id)])).rowCount).toBe(1); });
  return issue;
}

const stored = async (issueId: number) =>
  (await line.database.pool.query<{ line: string }>(`select pull_repository || '#' || number || ' ' || state || ' ' || coalesce(author_login, 'nobody') || (select coalesce(string_agg(' with ' || (one ->> 'login'), ''), '') from jsonb_array_elements(co_authors) as one) as line
    from candidate where issue_id = $1 order by number`, [String(issueId)])).rows.map((row) => row.line);
const shows = (issue: { id: number }, candidates: readonly string[]) => until(async () => { expect(await stored(issue.id)).toEqual(candidates); });
/** Whatever was told is done, and nothing is due any more. */
const settled = async (): Promise<void> => {
  await line.github.delivered();
  await until(async () => { expect((await line.database.pool.query('select key from inbox where done_at is null and dead_at is null union all select work::text from intent where done_at is null')).rows).toEqual([]); });
};

// What GitHub is told to do happens to whatever comes next: one test after the other.
test('27: a pull request that closes the issue is a candidate, one that mentions it is none', async () => {
  const issue = await wanted('A closing reference');
  line.github.openPull('maggie', repository, { title: 'Mentions', body: `see #${String(issue.number)}`, head: 'mentions' });
  const { number } = line.github.openPull('maggie', repository, { title: 'Closes', body: `Fixes #${String(issue.number)}`, head: 'closes' });
  await shows(issue, [`${repository}#${String(number)} open maggie`]);
  line.github.merge('linus', repository, number);
  await shows(issue, [`${repository}#${String(number)} merged maggie`]);
  await settled();
  expect(await stored(issue.id)).toEqual([`${repository}#${String(number)} merged maggie`]);
});

test('27: merged into another branch than the default one is no candidate, also when it was linked by hand', async () => {
  const issue = await wanted('Another branch');
  const { number } = line.github.openPull('maggie', repository, { title: 'For next', head: 'elsewhere', base: 'next' });
  line.github.link(repository, number, issue.number);
  line.github.merge('linus', repository, number);
  await settled();
  expect(await stored(issue.id)).toEqual([]);
});

test('29: several pull requests, one of them closed unmerged, and co-authors', async () => {
  const issue = await wanted('Several');
  const body = `Closes #${String(issue.number)}`;
  const one = line.github.openPull('maggie', repository, { title: 'One', body, head: 'one', authors: ['maggie', 'grace'] });
  const two = line.github.openPull('grace', repository, { title: 'Two', body, head: 'two' });
  await shows(issue, [`${repository}#${String(one.number)} open maggie with grace`, `${repository}#${String(two.number)} open grace`]);
  line.github.closeIssue('grace', repository, two.number);
  await shows(issue, [`${repository}#${String(one.number)} open maggie with grace`]);
  line.github.reopenIssue('grace', repository, two.number);
  await shows(issue, [`${repository}#${String(one.number)} open maggie with grace`, `${repository}#${String(two.number)} open grace`]);
  line.github.editIssue('grace', repository, two.number, { body: 'Closes nothing after all' });
  await shows(issue, [`${repository}#${String(one.number)} open maggie with grace`]);
});

test('22: merging that is told before the edit which says what it closes, and an opening that nobody tells of', async () => {
  const issue = await wanted('Out of order');
  line.github.faults.hook({ event: 'pull_request', action: 'opened' }, { kind: 'lost', inLog: false });
  line.github.faults.hook({ event: 'pull_request', action: 'edited' }, { kind: 'lost', inLog: false });
  const { number } = line.github.openPull('maggie', repository, { title: 'Says it late', head: 'late' });
  line.github.editIssue('maggie', repository, number, { body: `Closes #${String(issue.number)}` });
  line.github.merge('linus', repository, number);
  await shows(issue, [`${repository}#${String(number)} merged maggie`]);
});

test('22: a link by hand, of which no webhook tells, is found when the issue is read again', async () => {
  const issue = await wanted('Linked by hand');
  const { number } = line.github.openPull('maggie', repository, { title: 'Says nothing', head: 'silent' });
  await settled();
  line.github.link(repository, number, issue.number);
  await line.database.pool.query('update issue set reread_at = now() where id = $1', [String(issue.id)]);
  await shows(issue, [`${repository}#${String(number)} open maggie`]);
});

test('29: from a fork that was deleted, and from another repository', async () => {
  const issue = await wanted('From elsewhere');
  const fork = line.github.fork(repository, 'maggie');
  const { number } = line.github.openPull('maggie', repository, { title: 'From a fork', body: `Closes #${String(issue.number)}`, head: 'mend', from: fork });
  line.github.deleteRepository(fork);
  const cards = 'analytical-engines/punched-cards';
  const other = line.github.openPull('grace', cards, { title: 'From the cards', body: `Closes ${repository}#${String(issue.number)}`, head: 'cards' });
  line.github.merge('linus', repository, number);
  await until(async () => { expect((await stored(issue.id)).toSorted()).toEqual([`${repository}#${String(number)} merged maggie`, `${cards}#${String(other.number)} open grace`].toSorted()); });
});

test('29: of an account that was deleted nothing is proposed, and the pull request is listed still', async () => {
  const issue = await wanted('A ghost');
  line.github.addUser('newcomer', 'New');
  const { number } = line.github.openPull('newcomer', repository, { title: 'And goes', body: `Closes #${String(issue.number)}`, head: 'goes' });
  line.github.merge('linus', repository, number);
  await shows(issue, [`${repository}#${String(number)} merged newcomer`]);
  line.github.deleteAccount('newcomer');
  await line.database.pool.query('update issue set reread_at = now() where id = $1', [String(issue.id)]);
  await shows(issue, [`${repository}#${String(number)} merged nobody`]);
  await until(async () => { expect((await ada().comments(issue.number)).find(({ user }) => user.login.endsWith('[bot]'))?.body).toContain('by an account that can not be paid: merged'); });
});

test('29: one that counted as merged stays one when the default branch has another name', async () => {
  const issue = await wanted('Another default');
  const { number } = line.github.openPull('maggie', repository, { title: 'Into main', body: `Closes #${String(issue.number)}`, head: 'main-only' });
  line.github.link(repository, number, issue.number);
  line.github.merge('linus', repository, number);
  await shows(issue, [`${repository}#${String(number)} merged maggie`]);
  line.github.push({ repository, files: { 'x': 'y' }, branch: 'trunk' });
  line.github.setDefaultBranch(repository, 'trunk');
  await line.database.pool.query('delete from intent where done_at is not null');
  await line.database.pool.query('update issue set reread_at = now() where id = $1', [String(issue.id)]);
  await until(async () => { expect((await line.database.pool.query("select from intent where work ->> 'kind' = 'candidates' and issue_id = $1 and done_at is not null", [String(issue.id)])).rowCount).toBeGreaterThan(0); });
  expect(await stored(issue.id)).toEqual([`${repository}#${String(number)} merged maggie`]);
  line.github.setDefaultBranch(repository, 'main');
});

test('nothing was asked of GitHub that it has not', () => { line.github.assertConforms(); });

test('where nobody offered money one look waits, however often a pull request changes, and an offer takes it up', async () => {
  const issue = line.github.openIssue('ada', repository, { title: 'Nothing on it' });
  line.github.comment('grace', repository, issue.number, '/attempt');
  const waiting = async () => (await line.database.pool.query("select from intent where issue_id = $1 and work ->> 'kind' = 'candidates' and done_at is null", [String(issue.id)])).rowCount;
  await until(async () => { expect((await line.database.pool.query('select from issue where id = $1', [String(issue.id)])).rowCount).toBe(1); });
  const { number } = line.github.openPull('grace', repository, { title: 'For nothing', body: `Closes #${String(issue.number)}`, head: 'for-nothing' });
  await until(async () => { expect(await waiting()).toBe(1); });
  for (const word of ['again', 'and again']) line.github.editIssue('grace', repository, number, { body: `Closes #${String(issue.number)} ${word}` });
  await line.github.delivered();
  await until(async () => { expect((await line.database.pool.query('select key from inbox where done_at is null')).rows).toEqual([]); });
  expect(await waiting()).toBe(1);
  line.github.comment('ada', repository, issue.number, '$sol:0.5$');
  await shows(issue, [`${repository}#${String(number)} open grace`]);
});
