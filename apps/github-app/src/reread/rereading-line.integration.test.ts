import { treasury } from '@doubloon/rpc';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { personAt, startLine, type Line, type RemoteComment } from '../../testing/line.ts';

const { OfferState } = treasury;
vi.setConfig({ testTimeout: 150_000 });

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const ada = () => personAt(line.github, 'ada');
const linus = () => personAt(line.github, 'linus');
const until = <T>(check: () => Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 60_000, interval: 50 });

const ours = async (issue: number): Promise<RemoteComment[]> => (await ada().comments(issue)).filter(({ user }) => user.login.endsWith('[bot]'));
const says = (issue: number, words: string | RegExp) => until(async () => {
  const found = await ours(issue);
  expect(found.map(({ body }) => body)).toEqual([expect.stringMatching(words)]);
  return found[0] as RemoteComment;
});

const offersOf = async (issueId: number): Promise<string[]> => {
  const { repositoryId } = line.github.issue('analytical-engines/difference', 1);
  return (await line.treasury.getBounty({ repositoryId: String(repositoryId), issueId: String(issueId) })).offers.map(({ state, text }) => `${text} ${OfferState[state]}`);
};

/** An issue on which the App has answered to `$sol:0.5$`, and nothing is due any more. */
async function answered(title: string) {
  const issue = await ada().openIssue(title);
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  const { id: living } = await says(issue.number, 'Fund 0.5 sol');
  await until(async () => {
    const { rowCount } = await line.database.pool.query('select from living_comment where issue_id = $1 and due_at is null', [String(issue.id)]);
    expect(rowCount).toBe(1);
  });
  return { ...issue, offer: id, living };
}

/** Does something that no webhook tells of and no log has, and lets the time pass after which the issue is read again. */
async function untold({ id }: { id: number }, events: readonly string[], act: () => Promise<unknown>): Promise<void> {
  for (const event of events) line.github.faults.hook({ event }, { kind: 'lost', inLog: false });
  await act();
  await line.github.delivered();
  const { pool } = line.database;
  // What we know is older than what GitHub's copies may not have heard of.
  await pool.query("update source set updated_at = updated_at - interval '11 minutes' where issue_id = $1", [String(id)]);
  await pool.query("update living_comment set written_at = written_at - interval '11 minutes' where issue_id = $1", [String(id)]);
  await pool.query('update issue set reread_at = now() where id = $1', [String(id)]);
}

// Faults of the script meet whatever happens next: one test after the other.
test('a text that was edited while nobody told us is followed as if its webhook had come', async () => {
  const issue = await answered('An edit that nobody tells of');
  await untold(issue, ['issue_comment'], () => ada().editComment(issue.offer, '$sol:0.75$'));
  await says(issue.number, /Fund 0\.75 sol[^]*Ended: 1 replaced|Ended: 1 replaced[^]*Fund 0\.75 sol/);
  expect(await offersOf(issue.id)).toEqual(['0.5 REPLACED', '0.75 OFFERED']);
});

test('a comment that was deleted while nobody told us withdraws its offer', async () => {
  const issue = await answered('A deletion that nobody tells of');
  await untold(issue, ['issue_comment'], () => ada().deleteComment(issue.offer));
  await says(issue.number, 'Ended: 1 withdrawn');
  expect(await offersOf(issue.id)).toEqual(['0.5 WITHDRAWN']);
});

test('commands that never reached us are found on issues that we know: offers are opened, /cancel is obeyed', async () => {
  const issue = await answered('Commands that nobody tells of');
  await untold(issue, ['issue_comment', 'issue_comment'], async () => {
    await linus().comment(issue.number, '$sol:0.25$');
    await ada().comment(issue.number, '/cancel');
  });
  await says(issue.number, /Fund 0\.25 sol/);
  await says(issue.number, 'Ended: 1 withdrawn');
  expect(await offersOf(issue.id)).toEqual(['0.5 WITHDRAWN', '0.25 OFFERED']);
});

test('our comment that was changed, or deleted, while nobody told us is put right', async () => {
  const issue = await answered('A forger whom nobody tells of');
  await untold(issue, ['issue_comment'], () => linus().editComment(issue.living, 'Pay to 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU'));
  await says(issue.number, 'Fund 0.5 sol');
  await untold(issue, ['issue_comment'], () => linus().deleteComment(issue.living));
  expect((await says(issue.number, 'Fund 0.5 sol')).id).not.toBe(issue.living);
});

test('an issue that has not changed costs two questions that are answered with 304, and no row', async () => {
  const issue = await answered('An issue that rests');
  const { pool } = line.database;
  const path = `/repos/analytical-engines/difference/issues/${String(issue.number)}`;
  const asked = () => line.github.asked.filter((one) => one.installationId !== undefined && one.method === 'GET' && one.path.startsWith(path));
  const readAgain = async () => {
    await pool.query('update issue set reread_at = now() where id = $1', [String(issue.id)]);
    await until(async () => { expect((await pool.query('select from issue where id = $1 and reread_at > now()', [String(issue.id)])).rowCount).toBe(1); });
  };
  await readAgain();
  const [before, rows] = [asked().length, (await pool.query('select from inbox')).rowCount];
  await readAgain();
  expect(asked().slice(before).map((one) => `${one.path.slice(path.length)} ${String(one.status)}`)).toEqual([' 304', '/comments 304']);
  expect((await pool.query('select from inbox')).rowCount).toBe(rows);
});

test('every request the App made, and every answer, is one that GitHub knows', () => {
  expect(line.github.mismatches).toEqual([]);
});
