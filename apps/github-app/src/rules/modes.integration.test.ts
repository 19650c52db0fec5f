import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { treasury } from '@doubloon/rpc';
import { livingIn } from '../../testing/living.ts';
import { startLine, type Line } from '../../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 150_000 });

const repository = 'analytical-engines/difference';
const patience = { timeout: 60_000, interval: 100 };
let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const { person, ours, calm, says } = livingIn(() => line, repository);
const ada = () => person('ada');

/** From now on the file says this, and the App asks for it again. */
async function setRules(text: string | null): Promise<void> {
  line.github.push({ repository, files: { '.github/doubloon.yml': text } });
  await line.database.pool.query('update repository set rules_at = null');
}

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const reply = await fetch(`${line.github.apiUrl}/repos/${repository}${path}`, {
    method, headers: { 'authorization': `Bearer ${line.github.tokens['ada'] ?? ''}`, 'user-agent': 'test', 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return await reply.json() as T;
}
const labels = async (issue: number) => (await api<{ name: string }[]>('GET', `/issues/${String(issue)}/labels`)).map(({ name }) => name);
const bountyOf = async (issueId: number) => {
  const { rows: [row] } = await line.database.pool.query<{ repositoryId: string }>('select repository_id as "repositoryId" from issue where id = $1', [String(issueId)]);
  return line.treasury.getBounty({ repositoryId: row?.repositoryId ?? '1', issueId: String(issueId) });
};
const funded = async (issueId: number) => {
  const offer = await vi.waitFor(async () => {
    const { offers } = await bountyOf(issueId);
    expect(offers).toHaveLength(1);
    return offers[0];
  }, patience);
  await line.fund(offer?.id ?? '');
  await expect.poll(async () => (await bountyOf(issueId)).deposits.map(({ state }) => state), patience).toEqual([treasury.DepositState.HELD]);
};
const reacted = (comment: number) => expect.poll(async () => (await ada().reactions(comment)).map(({ content }) => content), patience).toContain('eyes');

test('a silent repository has reactions and labels, and no comment of ours, until it wants them', async () => {
  await setRules('silent: true');
  const issue = await ada().openIssue('Quiet, please');
  const { id } = await ada().comment(issue.number, '$sol:1$');
  await reacted(id);
  await funded(issue.id);
  await expect.poll(() => labels(issue.number), patience).toEqual(['bounty']);
  await calmly(issue.id);
  expect(await ours(issue.number)).toEqual([]);
  await setRules(null);
  await ada().comment(issue.number, '/bounty');
  await says(issue.number, '**1 sol** funded, in escrow');
  await calm(issue.id);
  // A comment that stands there tells the truth, also where no other is wanted.
  await setRules('silent: true');
  await ada().comment(issue.number, '$sol:2$');
  await says(issue.number, 'Fund 2 sol');
  await person('linus').comment(issue.number, '/cancel');
  await says(issue.number, '| cancelled, back with the funder |');
  await expect.poll(() => labels(issue.number), patience).toEqual([]);
});

/** Waits until nothing is to be done for an issue. */
const calmly = (issueId: number) => expect.poll(async () => (await line.database.pool.query<{ due_at: Date | null }>('select due_at from living_comment where issue_id = $1', [String(issueId)])).rows[0]?.due_at, patience).toBeNull();

test('pitfall 26: a label follows the money and never moves it, and people may do with it what they like', async () => {
  await setRules(null);
  const issue = await ada().openIssue('A labelled issue');
  await ada().comment(issue.number, '$sol:1$');
  await says(issue.number, 'Fund 1 sol');
  // An offer is no money.
  expect(await labels(issue.number)).toEqual([]);
  // The answer to the first try gets lost; a comment does not wait for a label.
  line.github.faults.api({ method: 'POST', path: /\/labels$/ }, { kind: 'unavailable', done: true });
  await funded(issue.id);
  await says(issue.number, '**1 sol** funded, in escrow');
  await expect.poll(() => labels(issue.number), patience).toEqual(['bounty']);
  expect(line.github.faults.left()).toBe(0);
  expect(await api('GET', '/labels/bounty')).toMatchObject({ color: '0e8a16', description: 'Money is in escrow for whoever solves this' });
  await calm(issue.id);
  const before = await bountyOf(issue.id);
  const asked = () => line.github.asked.filter(({ path, installationId }) => installationId !== undefined && path.includes('/labels')).length;
  const began = asked();

  await api('DELETE', `/issues/${String(issue.number)}/labels/bounty`);
  await api('POST', `/issues/${String(issue.number)}/labels`, { labels: ['bounty: paid'] });
  await line.github.delivered();
  await ada().comment(issue.number, '$sol:0.25$');
  await says(issue.number, 'Fund 0.25 sol');
  await calm(issue.id);
  // Nothing moved, and nobody argues about the labels.
  const after = await bountyOf(issue.id);
  expect(after.deposits).toEqual(before.deposits);
  expect(after.decisions).toEqual([]);
  expect(await labels(issue.number)).toEqual(['bounty: paid']);
  expect(asked()).toBe(began);
});

test('where the rules want no labels there are none', async () => {
  await setRules('labels: false');
  const issue = await ada().openIssue('No labels here');
  await ada().comment(issue.number, '$sol:1$');
  await funded(issue.id);
  await says(issue.number, '**1 sol** funded, in escrow');
  await calm(issue.id);
  expect(await labels(issue.number)).toEqual([]);
});

test('a repository that rehearses is told what would have been done, and nothing is', async () => {
  await setRules('shadow: true');
  const issue = await ada().openIssue('A rehearsal');
  await ada().comment(issue.number, '$sol:1.5$');
  await says(issue.number, 'This repository only rehearses: what would be done is told here, and nothing is done.');
  await says(issue.number, '`1.5 sol`');
  await calm(issue.id);
  expect(await bountyOf(issue.id)).toMatchObject({ offers: [], deposits: [], totals: [] });
  expect(await labels(issue.number)).toEqual([]);
});

test('pitfall 43: while GitHub does not say what the rules are, money is told of by those that were known last', async () => {
  await setRules(null);
  const issue = await ada().openIssue('Rules out of reach');
  await ada().comment(issue.number, '$sol:1$');
  await says(issue.number, 'Fund 1 sol');
  await calm(issue.id);
  line.github.faults.api({ path: /\/contents\//, times: 1_000 }, { kind: 'unavailable', done: false });
  await line.database.pool.query('update repository set rules_at = null');
  await funded(issue.id);
  await says(issue.number, '**1 sol** funded, in escrow');
  expect(line.lines.some((said) => said.includes('the rules of a repository can not be read now'))).toBe(true);
  // Nobody can say whether a comment is wanted where none was ever known: none is created, and what is there is kept true.
  await line.database.pool.query('update repository set rules = null, rules_at = null');
  const other = await ada().openIssue('Rules that nobody knows');
  const { id } = await ada().comment(other.number, '/bounty help');
  await reacted(id);
  expect(await ours(other.number)).toEqual([]);
  line.github.faults.clear();
  await says(other.number, '**How it works**');
});

test('a file with mistakes alone makes us say nothing, and is told of where we speak', async () => {
  await setRules('silent: true\nsilnt: yes');
  const issue = await ada().openIssue('A file with mistakes');
  await ada().comment(issue.number, 'What a nice day.');
  await line.github.delivered();
  await ada().comment(issue.number, '/bounty');
  await says(issue.number, 'Line 2: `silnt` is no rule that is known here.');
  expect((await ours(issue.number))[0]?.body).toContain('`.github/doubloon.yml` can not be understood');
  await setRules(null);
  await ada().comment(issue.number, '/bounty help');
  await expect.poll(async () => (await ours(issue.number))[0]?.body, patience).not.toContain('Line 2');
  line.github.assertConforms();
});
