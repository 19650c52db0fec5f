import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FailpointName } from '@doubloon/failpoints';
import { fundedIn } from '../../testing/funded.ts';
import { startLine, type Line } from '../../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 200_000 });

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const { person, idOf, bountyOf, ours, says, shows, issue: fundedIssue, stands, patience } = fundedIn(() => line);
const linus = () => person('linus');

/** Starts the App so that it dies there, lets something happen meanwhile, and starts it again. */
async function dyingAt(name: FailpointName, act: () => Promise<unknown> = () => Promise.resolve(), meanwhile: () => unknown = () => undefined): Promise<void> {
  await line.killAndRestart({ NODE_ENV: 'test', DOUBLOON_FAILPOINT: name }).then(act, () => undefined);
  expect([name, await line.app().exited]).toEqual([name, 'SIGKILL']);
  await meanwhile();
  await line.killAndRestart();
}
const notices = async (issue: { number: number }) => (await ours(issue)).filter(({ body }) => body.includes('<!-- doubloon-notice ')).map(({ body, id }) => ({ body, id }));
const isCalm = (issue: { id: number }) => vi.waitFor(async () => {
  expect((await line.database.pool.query('select from intent where issue_id = $1 and done_at is null', [String(issue.id)])).rowCount).toBe(0);
}, patience);

test('a login that changes hands between reading and deciding pays neither of the two', async () => {
  const issue = await fundedIssue();
  const { id } = line.github.addUser('charles');
  let comment = { id: 0 };
  await dyingAt('awardees-kept', async () => { comment = await linus().comment(issue.number, '/award @charles'); }, () => {
    line.github.rename('charles', 'charles-b');
    expect(line.github.addUser('charles').id).not.toBe(id);
  });
  await shows(comment, 'eyes', 'confused');
  await says(issue, 'The people or shares that the text names are not those that were understood first.');
  expect((await bountyOf(issue)).decisions).toEqual([]);
  await stands(issue, 'HELD');
  expect((await line.database.pool.query('select from named_awardee')).rowCount).toBe(0);
});

test('a command that somebody edited before it was heard of is refused, and one that was deleted is not asked for', async () => {
  const issue = await fundedIssue();
  await line.app().kill();
  const edited = await linus().comment(issue.number, '/award @grace');
  await person('grace').editComment(edited.id, '/award @grace 99% @maggie 1%');
  const deleted = await linus().comment(issue.number, '/award @maggie');
  await linus().deleteComment(deleted.id);
  await line.killAndRestart();
  await says(issue, 'was edited, which others than its author can do too');
  await shows(edited, 'eyes', 'confused');
  await isCalm(issue);
  expect((await bountyOf(issue)).decisions).toEqual([]);
  await stands(issue, 'HELD');
});

test('killed at each step of a decision and of its notice, the App decides once, answers once and writes one notice; one that was deleted is not written again', async () => {
  const issue = await fundedIssue();
  const before = line.github.asked.length;
  let comment = { id: 0 };
  await dyingAt('decision-ended', async () => { comment = await linus().comment(issue.number, '/award @grace'); });
  await stands(issue, 'AWARDED');
  await isCalm(issue);
  await shows(comment, 'eyes', '+1');
  expect((await bountyOf(issue)).decisions).toHaveLength(1);
  const kinds = async () => (await notices(issue)).map(({ body }) => /"kind":"(\w+)"/.exec(body)?.[1]).sort();
  await vi.waitFor(async () => { expect(await kinds()).toEqual(['wallet', 'window']); }, patience);
  const [first, second] = (await notices(issue)).map(({ body }) => body);
  expect(first).toContain('@ada, @linus: **0.5 sol** on this issue was awarded to `grace`');
  expect(second).toContain('@grace, you were awarded **0.5 sol**');
  expect(before).toBeGreaterThan(0);

  for (const name of ['decision-told', 'notice-intended', 'notice-created', 'notice-kept'] as const) {
    const other = await fundedIssue();
    await dyingAt(name, async () => { comment = await linus().comment(other.number, `/award @maggie`); });
    await vi.waitFor(async () => { expect([name, (await notices(other)).length]).toEqual([name, 2]); }, patience);
    await isCalm(other);
    await shows(comment, 'eyes', '+1');
    expect([name, (await bountyOf(other)).decisions.length]).toEqual([name, 1]);
    expect([name, (await ours(other)).length]).toEqual([name, 3]);
  }

  for (const { id } of await notices(issue)) await linus().deleteComment(id);
  await line.killAndRestart();
  await person('ada').comment(issue.number, '$sol:0.25$');
  await says(issue, 'Fund 0.25 sol');
  await isCalm(issue);
  expect(await notices(issue)).toEqual([]);
});

test('a repository that wants no comments gets no notices, and an award of two keys opens no time to veto', async () => {
  const issue = await fundedIssue();
  line.github.push({ repository: 'analytical-engines/difference', files: { '.github/doubloon.yml': 'silent: true' } });
  await line.database.pool.query('update repository set rules_at = null');
  const comment = await linus().comment(issue.number, '/award @grace');
  await stands(issue, 'AWARDED');
  await shows(comment, 'eyes', '+1');
  await isCalm(issue);
  expect(await notices(issue)).toEqual([]);
  line.github.push({ repository: 'analytical-engines/difference', files: { '.github/doubloon.yml': null } });
});

test('a wallet that is linked after the award is news on its issue', async () => {
  const issue = await fundedIssue();
  line.github.addUser('mary');
  await linus().comment(issue.number, '/award @mary');
  await says(issue, 'waits for a wallet');
  await line.link('mary');
  await says(issue, 'waits for the cool-down');
  expect(idOf('mary')).not.toBe('0');
  line.github.assertConforms();
});
