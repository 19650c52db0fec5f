import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { treasury } from '@doubloon/rpc';
import { deliver } from '../../testing/deliver.ts';
import { fundedIn, repository } from '../../testing/funded.ts';
import { startLine, type Line } from '../../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 200_000 });

const { IntentState } = treasury;
let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const { person, idOf, bountyOf, says, shows, issue: fundedIssue, stands, fund, patience } = fundedIn(() => line);
const linus = () => person('linus');
const sharesOf = async (issue: { id: number }) => (await bountyOf(issue)).deposits.map(({ award }) => award?.shares.map(({ githubId, bps }) => `${githubId} ${String(bps)}`));

test.concurrent('a maintainer awards by percentages, once however often it is delivered; ids and ages are told', async () => {
  const issue = await fundedIssue();
  const comment = await linus().comment(issue.number, 'Well done!\n\n/award @grace 66.67% @maggie 33.33%');
  await stands(issue, 'AWARDED');
  expect(await sharesOf(issue)).toEqual([[`${idOf('grace')} 6667`, `${idOf('maggie')} 3333`]]);
  await shows(comment, 'eyes', '+1');
  const since = String(new Date(Date.now() - 400 * 86_400_000).getUTCFullYear());
  expect(await says(issue, `GitHub user id ${idOf('grace')}, account since ${since}`)).toContain(`GitHub user id ${idOf('maggie')}`);

  const body = line.github.deliveries.findLast(({ request }) => request.payload.includes(`"id":${String(comment.id)},`))?.request.payload ?? '';
  for (const guid of [randomUUID(), randomUUID()]) expect((await deliver(line.appUrl, { body, event: 'issue_comment', guid })).status).toBe(202);
  await vi.waitFor(async () => { expect((await line.database.pool.query('select from inbox where done_at is null')).rowCount).toBe(0); }, patience);
  expect((await bountyOf(issue)).decisions).toHaveLength(1);
  expect((await line.database.pool.query("select from intent where issue_id = $1 and work->>'kind' = 'decide'", [String(issue.id)])).rowCount).toBe(1);
});

test.concurrent('whoever has no role is told so, and nothing is decided', async () => {
  const issue = await fundedIssue();
  const comment = await person('maggie').comment(issue.number, '/award @maggie');
  await shows(comment, 'eyes', 'confused');
  await says(issue, '`/award` [here]');
  expect(await says(issue, 'Only people with the role')).not.toContain('GitHub user id');
  const veto = await person('maggie').comment(issue.number, '/veto');
  await shows(veto, 'eyes', 'confused');
  expect((await bountyOf(issue)).decisions).toEqual([]);
  await stands(issue, 'HELD');
});

test.concurrent('an award counts only for people: no organisation, nobody unknown, and not who opened what is no pull request', async () => {
  const issue = await fundedIssue();
  for (const [text, told] of [
    ['/award @analytical-engines', '`analytical-engines` is an organisation'],
    ['/award @grace @nobody-at-all', 'GitHub has no account `nobody-at-all`.'],
    ['/award #1', 'There is no pull request `#1` in this repository.'],
    ['/award #999999', 'There is no pull request `#999999` in this repository.'],
  ] as const) {
    const comment = await linus().comment(issue.number, text);
    await says(issue, told);
    await shows(comment, 'eyes', 'confused');
  }
  expect((await bountyOf(issue)).decisions).toEqual([]);
  // What was wrong with earlier tries is over when one is done: #4 is a pull request of maggie's.
  const comment = await linus().comment(issue.number, '/award #4');
  await stands(issue, 'AWARDED');
  await shows(comment, 'eyes', '+1');
  expect(await sharesOf(issue)).toEqual([[`${idOf('maggie')} 10000`]]);
  await vi.waitFor(async () => { expect((await says(issue, 'Bounty')).includes('no pull request')).toBe(false); }, patience);
});

test.concurrent('of two awards that race one is done, and the other is told why not', async () => {
  const issue = await fundedIssue();
  const comments = await Promise.all([linus().comment(issue.number, '/award @grace'), linus().comment(issue.number, '/award @maggie')]);
  await stands(issue, 'AWARDED');
  const signs = async ({ id }: { id: number }) => (await person('ada').reactions(id)).map(({ content }) => content).filter((sign) => sign !== 'eyes').join();
  await vi.waitFor(async () => { expect((await Promise.all(comments.map(signs))).sort()).toEqual(['+1', 'confused']); }, patience);
  await vi.waitFor(async () => { expect((await bountyOf(issue)).decisions.flatMap(({ intents }) => intents.map(({ state }) => IntentState[state])).sort()).toEqual(['DONE', 'FAILED']); }, patience);
});

test.concurrent('a maintainer vetoes what was awarded, then gives the money back; /cancel of whoever has no role takes back their own offers and says nothing else', async () => {
  const issue = await fundedIssue();
  await linus().comment(issue.number, '/award @grace');
  await stands(issue, 'AWARDED');
  const veto = await linus().comment(issue.number, '/veto');
  await stands(issue, 'HELD');
  await shows(veto, 'eyes', '+1');

  await person('maggie').comment(issue.number, '$sol:0.25$');
  await says(issue, 'Fund 0.25 sol');
  const own = await person('maggie').comment(issue.number, '/cancel');
  await shows(own, 'eyes', '+1');
  expect(await says(issue, 'withdrawn')).not.toContain('Not done');
  await stands(issue, 'HELD');

  const cancel = await linus().comment(issue.number, '/cancel');
  await stands(issue, 'CANCELLED');
  await shows(cancel, 'eyes', '+1');
  // There is nothing left that could be given back.
  await shows(await linus().comment(issue.number, '/cancel'), 'eyes', 'confused');
});

test.concurrent('whoever funded with a wallet that is linked to them vetoes by a comment what is theirs, and is told what is not', async () => {
  const wallet = await line.link('maggie');
  const issue = await fundedIssue('$sol:0.5$', wallet);
  await person('ada').comment(issue.number, '$sol:0.25$');
  await fund(issue);
  await linus().comment(issue.number, '/award @grace');
  await stands(issue, 'AWARDED', 'AWARDED');
  const veto = await person('maggie').comment(issue.number, '/veto');
  await stands(issue, 'HELD', 'AWARDED');
  await shows(veto, 'eyes', '+1');
  expect(await says(issue, '`/veto` [here]')).toMatch(/`0\.25 sol` from .* stays awarded: Only maintainers, and funders whose wallet is linked/);
});

test.concurrent('a veto that is written before the treasury has heard of its award is not forgotten', async () => {
  const issue = await fundedIssue();
  // GitHub does not say for a while who is to be paid.
  line.github.faults.api({ path: /^\/users\/ada$/, times: 2 }, { kind: 'unavailable', done: false });
  const award = await linus().comment(issue.number, '/award @ada');
  const veto = await linus().comment(issue.number, '/veto');
  await shows(veto, 'eyes', '+1');
  await vi.waitFor(async () => { expect((await bountyOf(issue)).decisions.map(({ action }) => action)).toEqual(['veto', 'award']); }, patience);
  await stands(issue, 'HELD');
  await vi.waitFor(async () => { expect((await person('ada').reactions(award.id)).map(({ content }) => content)).toContain((await bountyOf(issue)).decisions[1]?.intents[0]?.state === IntentState.DONE ? '+1' : 'confused'); }, patience);
  await stands(issue, 'HELD');
});

test.concurrent('what is funded after an award is not part of it, one comment awards all that is there, and what a later one does not reach is told', async () => {
  const issue = await fundedIssue('$sol:0.5$ $sol:0.25$');
  await linus().comment(issue.number, '/award @grace');
  await stands(issue, 'AWARDED', 'AWARDED');
  await person('ada').comment(issue.number, '$sol:0.125$');
  await fund(issue);
  await stands(issue, 'AWARDED', 'AWARDED', 'HELD');
  const cancel = await linus().comment(issue.number, '/cancel');
  await stands(issue, 'AWARDED', 'AWARDED', 'CANCELLED');
  await shows(cancel, 'eyes', '+1');
  expect((await says(issue, 'is not sent back')).match(/is not sent back: It is awarded already\./g)).toHaveLength(2);
});

test.concurrent('an award in a review is not done, and the reason is told', async () => {
  const pull = line.github.openPull('maggie', repository, { title: 'A change with money', head: 'money' });
  await person('ada').comment(pull.number, '$sol:0.5$');
  const issue = { number: pull.number, id: line.github.issue(repository, pull.number).id };
  await fund(issue);
  line.github.review('linus', repository, pull.number, { body: '/award @maggie', state: 'APPROVED' });
  await says(issue, 'GitHub does not say whether a person or an App wrote a review');
  await stands(issue, 'HELD');
});
