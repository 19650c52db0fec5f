import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FailpointName } from '@doubloon/failpoints';
import { fundedIn, repository } from '../../testing/funded.ts';
import { startLine, type Line } from '../../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 200_000 });

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const { person, bountyOf, ours, says, shows, issue: fundedIssue, stands, patience } = fundedIn(() => line);
const linus = () => person('linus');

/** Starts the App so that it dies there, which may be before it is ready. */
async function dyingAt(name: FailpointName, act: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  await line.killAndRestart({ NODE_ENV: 'test', DOUBLOON_FAILPOINT: name }).then(act, () => undefined);
  expect([name, await line.app().exited]).toEqual([name, 'SIGKILL']);
}
const notices = async (issue: { number: number }) => (await ours(issue)).filter(({ body }) => body.includes('<!-- doubloon-notice ')).map(({ body, id }) => ({ body, id }));
const isCalm = (issue: { id: number }) => vi.waitFor(async () => {
  expect((await line.database.pool.query('select from intent where issue_id = $1 and done_at is null', [String(issue.id)])).rowCount).toBe(0);
}, patience);

const deaths = ['awardees-kept', 'decision-ended', 'decision-told', 'notice-intended', 'notice-created', 'notice-kept'] as const satisfies readonly FailpointName[];

test('a login that changes hands between reading and deciding pays neither of the two', async () => {
  const issue = await fundedIssue();
  const { id } = line.github.addUser('charles');
  let comment = { id: 0 };
  await dyingAt(deaths[0], async () => { comment = await linus().comment(issue.number, '/award @charles'); });
  line.github.rename('charles', 'charles-b');
  expect(line.github.addUser('charles').id).not.toBe(id);
  await line.killAndRestart();
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

test('killed at each step of a decision and of its notices, the App decides once, answers once and writes each notice once; what was deleted is not written again', async () => {
  const issue = await fundedIssue();
  let comment = { id: 0 };
  await dyingAt(deaths[1], async () => { comment = await linus().comment(issue.number, '/award @grace'); });
  for (const name of deaths.slice(2)) await dyingAt(name);
  await line.killAndRestart();
  const kinds = async () => (await notices(issue)).map(({ body }) => /"kind":"(\w+)"/.exec(body)?.[1]).sort();
  await vi.waitFor(async () => { expect(await kinds()).toEqual(['wallet', 'window']); }, patience);
  await shows(comment, 'eyes', '+1');
  await isCalm(issue);
  const [window, wallet] = await notices(issue);
  expect(window?.body).toContain('@ada, @linus: **0.5 sol** on this issue was awarded to `grace`');
  expect(wallet?.body).toContain('@grace, you were awarded **0.5 sol**');
  expect([(await bountyOf(issue)).decisions.length, (await ours(issue)).length, await kinds()]).toEqual([1, 3, ['wallet', 'window']]);

  for (const { id } of [window, wallet].filter((one) => one !== undefined)) await linus().deleteComment(id);
  await person('ada').comment(issue.number, '$sol:0.25$');
  await says(issue, 'Fund 0.25 sol');
  await isCalm(issue);
  expect(await notices(issue)).toEqual([]);
});

test('a repository that wants no comments gets no notices', async () => {
  const issue = await fundedIssue();
  const setRules = async (text: string | null) => {
    line.github.push({ repository, files: { '.github/doubloon.yml': text } });
    await line.github.delivered();
    await line.database.pool.query('update repository set rules_at = null');
  };
  await setRules('silent: true');
  const comment = await linus().comment(issue.number, '/award @grace');
  await shows(comment, 'eyes', '+1');
  await isCalm(issue);
  expect(await notices(issue)).toEqual([]);
  await setRules(null);
});

test('a wallet that is linked after the award is news on its issue', async () => {
  const issue = await fundedIssue();
  line.github.addUser('mary');
  await linus().comment(issue.number, '/award @mary');
  await says(issue, 'waits for a wallet');
  await line.link('mary');
  await says(issue, 'waits for the cool-down');
  line.github.assertConforms();
});
