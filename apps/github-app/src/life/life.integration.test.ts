import { randomUUID } from 'node:crypto';
import { treasury } from '@doubloon/rpc';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deliver } from '../../testing/deliver.ts';
import { fundedIn, repository } from '../../testing/funded.ts';
import { personAt, startLine, type Line } from '../../testing/line.ts';

vi.setConfig({ testTimeout: 200_000 });

const { DepositState, OfferState } = treasury;
const owner = 'analytical-engines';
const cards = `${owner}/punched-cards`;
const hour = 3_600_000;

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

interface Issue { readonly number: number; readonly id: number }
const { bountyOf, issue: funded, stands, says, idOf } = fundedIn(() => line);
const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 60_000, interval: 50 });
const sql = async <T extends object>(text: string, ...values: unknown[]): Promise<T[]> => (await line.database.pool.query<T>(text, values)).rows;
const idsOf = (at: string, number: number) => {
  const { repositoryId, id } = line.github.issue(at, number);
  return { repositoryId: String(repositoryId), issueId: String(id) };
};
const bountyAt = (at: string, number: number) => line.treasury.getBounty(idsOf(at, number));
const toldOf = async (issue: Issue) => (await bountyOf(issue)).issue;
const botsOn = async (at: string, number: number) => (await personAt(line.github, 'ada', at).comments(number)).filter(({ user }) => user.login.endsWith('[bot]'));
const readAgain = (issue: Issue) => sql('update issue set reread_at = now(), reread_tags = null where id = $1', String(issue.id));
const settled = async (): Promise<void> => {
  await line.github.delivered();
  await until(async () => { expect(await sql('select key from inbox where done_at is null and dead_at is null')).toEqual([]); });
};
const ask = async (login: string, method: string, path: string, body: object): Promise<void> => {
  const answer = await fetch(`${line.github.apiUrl}/repos/${path}`, { method, headers: { 'authorization': `Bearer ${line.github.tokens[login] ?? ''}`, 'user-agent': 'test', 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
};
const label = (issue: Issue, ...labels: string[]) => ask('linus', 'POST', `${repository}/issues/${String(issue.number)}/labels`, { labels });

/** Does something at GitHub so many hours ago, by its clock, and has it read there: what was told before it is newer by that clock. */
async function hoursAgo(hours: number, issue: Issue, act: () => void): Promise<void> {
  line.github.faults.skew(-hours * hour);
  try {
    act();
  } finally {
    line.github.faults.skew(0);
  }
  await settled();
  await sql('update issue set facts_at = null where id = $1', String(issue.id));
  await readAgain(issue);
}

// What GitHub is told to do happens to whatever comes next: one test after the other.
test('28: where the rules say so, the author of the one merged pull request is awarded some time after the merge', async () => {
  line.github.push({ repository, files: { '.github/doubloon.yml': 'auto-award-after: 3d' } });
  try {
    const issue = await funded();
    // Money that comes after the merge waits as long as if the merge had come then. What is older than all rules that were seen is bound by the oldest of them, so this test is the first.
    await line.treasuryDatabase.pool.query("update deposit set seen_at = seen_at - interval '5 days'");
    const { number } = line.github.openPull('maggie', repository, { title: 'The one', body: `Closes #${String(issue.number)}`, head: 'the-one', authors: ['maggie', 'grace'] });
    await hoursAgo(73, issue, () => { line.github.merge('linus', repository, number); });
    await stands(issue, 'AWARDED');
    const bounty = await bountyOf(issue);
    expect(bounty.deposits[0]?.award?.shares).toMatchObject([{ githubId: idOf('maggie'), bps: 10_000 }]);
    expect(bounty.decisions).toMatchObject([{ action: 'award', sourceKind: 'pull-request' }]);
  } finally {
    line.github.push({ repository, files: { '.github/doubloon.yml': null } });
  }
});

test('what becomes of an issue that we know is kept and told to the treasury; other issues stay unknown', async () => {
  const issue = await funded();
  await label(issue, 'wheels');
  line.github.editIssue('ada', repository, issue.number, { title: 'Another title' });
  line.github.closeIssue('linus', repository, issue.number, 'duplicate');
  await until(async () => { expect(await toldOf(issue)).toMatchObject({ title: 'Another title', state: 'closed', stateReason: 'duplicate', labels: expect.arrayContaining(['wheels']) as unknown }); });
  line.github.reopenIssue('linus', repository, issue.number);
  await until(async () => { expect(await toldOf(issue)).toMatchObject({ state: 'open' }); });
  const other = line.github.openIssue('ada', repository, { title: 'Nobody offers for this' });
  line.github.closeIssue('linus', repository, other.number, 'not_planned');
  await settled();
  expect(await sql('select id from issue where id = $1', String(other.id))).toEqual([]);
});

test('9: older facts lose against newer ones, however late they come; what nobody told us is read', async () => {
  const issue = await funded();
  line.github.closeIssue('linus', repository, issue.number, 'not_planned');
  await until(async () => { expect(await toldOf(issue)).toMatchObject({ state: 'closed' }); });
  await line.github.delivered();
  const old = line.github.deliveries.findLast(({ event, request }) => event === 'issues' && request.payload.includes('"action":"closed"'))?.request.payload ?? '';
  line.github.faults.hook({ event: 'issues', action: 'reopened' }, { kind: 'lost', inLog: false });
  line.github.reopenIssue('linus', repository, issue.number);
  await readAgain(issue);
  await until(async () => { expect(await toldOf(issue)).toMatchObject({ state: 'open' }); });
  await sql("update issue set facts_at = facts_at + interval '1 second' where id = $1", String(issue.id));
  await deliver(line.appUrl, { body: old, event: 'issues', guid: randomUUID() });
  await settled();
  expect((await sql<{ state: string }>('select state from issue where id = $1', String(issue.id)))[0]?.state).toBe('open');
});

test('12: closed as not planned, the money goes back after 72 hours and not before', async () => {
  const issue = await funded();
  await hoursAgo(71, issue, () => { line.github.closeIssue('linus', repository, issue.number, 'not_planned'); });
  const due = async () => (await sql<{ hours: number }>("select round(extract(epoch from due_at - now()) / 3600)::int as hours from automatic_step where issue_id = $1 and kind = 'cancel' and done_at is null", String(issue.id)))[0]?.hours;
  await until(async () => { expect(await due()).toBe(1); });
  // Due by mistake: GitHub is asked, and it is not time.
  await sql("update automatic_step set due_at = now() - interval '1 minute' where issue_id = $1", String(issue.id));
  await until(async () => { expect(await due()).toBe(1); });
  expect((await bountyOf(issue)).decisions).toEqual([]);
  await stands(issue, 'HELD');
  await hoursAgo(70, issue, () => { line.github.reopenIssue('linus', repository, issue.number); });
  await until(async () => { expect(await due()).toBeUndefined(); });

  const late = await funded();
  await hoursAgo(80, late, () => { line.github.closeIssue('linus', repository, late.number, 'not_planned'); line.github.reopenIssue('linus', repository, late.number); });
  await hoursAgo(73, late, () => { line.github.closeIssue('linus', repository, late.number, 'duplicate'); });
  await stands(late, 'CANCELLED');
  expect((await bountyOf(late)).decisions).toMatchObject([{ action: 'cancel', sourceKind: 'closing', actor: { login: 'linus' } }]);
});

test('12: whoever may not give money back does not do it by closing, and that is told once', async () => {
  const issue = await funded();
  await hoursAgo(73, issue, () => { line.github.closeIssue('ada', repository, issue.number, 'not_planned'); });
  await says(issue, 'The money was not sent back by itself after the issue was closed.');
  await stands(issue, 'HELD');
  expect(await sql('select attempts from automatic_step where issue_id = $1 and done_at is null', String(issue.id))).toEqual([]);
});

test('12: a merged pull request keeps the money here, though the issue is closed as not planned', async () => {
  const issue = await funded();
  const { number } = line.github.openPull('maggie', repository, { title: 'Done all the same', body: `Closes #${String(issue.number)}`, head: 'same' });
  line.github.merge('linus', repository, number);
  await until(async () => { expect(await sql("select from candidate where state = 'merged' and issue_id = $1", String(issue.id))).toHaveLength(1); });
  await hoursAgo(73, issue, () => { line.github.reopenIssue('linus', repository, issue.number); line.github.closeIssue('linus', repository, issue.number, 'not_planned'); });
  await until(async () => { expect(await toldOf(issue)).toMatchObject({ state: 'closed', stateReason: 'not_planned' }); });
  await settled();
  expect(await sql('select from automatic_step where issue_id = $1', String(issue.id))).toEqual([]);
  await stands(issue, 'HELD');
});

test('14: a transferred issue takes its money, its offers and its comment along, under its new ids', async () => {
  const issue = await funded('$sol:0.5$');
  await personAt(line.github, 'ada').comment(issue.number, '$sol:0.25$');
  await says(issue, 'Fund 0.25 sol');
  await settled();
  const moved = line.github.transferIssue('linus', repository, issue.number, cards);
  await until(async () => { expect((await bountyAt(cards, moved.number)).deposits.map(({ state }) => DepositState[state])).toEqual(['HELD']); });
  expect((await bountyAt(cards, moved.number)).issue).toMatchObject({ repository: cards, number: moved.number, issueId: String(moved.id) });
  await until(async () => {
    const [comment, ...others] = await botsOn(cards, moved.number);
    expect(others).toEqual([]);
    expect(comment?.body).toContain(`<!-- doubloon {"issue":"${String(moved.id)}"`);
    expect(comment?.body).toContain('Fund 0.25 sol');
  });
  // What stands there is a copy: reading it again neither offers once more nor withdraws.
  await readAgain(moved);
  await until(async () => { expect(await sql('select from issue where id = $1 and reread_at > now()', String(moved.id))).toHaveLength(1); });
  await settled();
  expect((await bountyAt(cards, moved.number)).offers.map(({ text, state }) => `${text} ${OfferState[state]}`).toSorted()).toEqual(['0.25 OFFERED', '0.5 FUNDED']);
  // Commands count there.
  await personAt(line.github, 'ada', cards).comment(moved.number, '/cancel');
  await until(async () => { expect((await bountyAt(cards, moved.number)).offers.map(({ text, state }) => `${text} ${OfferState[state]}`).toSorted()).toEqual(['0.25 WITHDRAWN', '0.5 FUNDED']); });
  // The money was given to another repository: its people alone can't award it here, and can give it back.
  const { id } = await personAt(line.github, 'linus', cards).comment(moved.number, '/award @grace');
  await until(async () => { expect((await personAt(line.github, 'ada', cards).reactions(id)).map(({ content }) => content)).toContain('confused'); });
  await personAt(line.github, 'linus', cards).comment(moved.number, '/cancel');
  await until(async () => { expect((await bountyAt(cards, moved.number)).deposits.map(({ state }) => DepositState[state])).toEqual(['CANCELLED']); });
});

test('14: a transfer that nobody told us of is found when the issue is read again', async () => {
  const issue = await funded();
  await settled();
  line.github.faults.hook({ event: 'issues', action: 'transferred' }, { kind: 'lost', inLog: false });
  line.github.faults.hook({ event: 'issues', action: 'opened' }, { kind: 'lost', inLog: false });
  const moved = line.github.transferIssue('linus', repository, issue.number, cards);
  await line.github.delivered();
  await readAgain(issue);
  await until(async () => { expect((await bountyAt(cards, moved.number)).deposits.map(({ state }) => DepositState[state])).toEqual(['HELD']); });
  await until(async () => { expect(await botsOn(cards, moved.number)).toHaveLength(1); });
});

test('14: transferred to where the App is not: nothing is decided there, the money can go back, and it goes on when the App comes', async () => {
  const issue = await funded();
  await settled();
  line.github.install({ user: 'linus', app: 'doubloon', owner, repositories: [repository] });
  const moved = line.github.transferIssue('linus', repository, issue.number, cards);
  await until(async () => { expect((await bountyAt(cards, moved.number)).deposits.map(({ state }) => DepositState[state])).toEqual(['HELD']); });
  await personAt(line.github, 'linus', cards).comment(moved.number, '/award @grace');
  await settled();
  expect((await bountyAt(cards, moved.number)).decisions).toEqual([]);
  expect((await bountyAt(cards, moved.number)).deposits[0]?.refundUrl).toContain('/refund/');
  line.github.install({ user: 'linus', app: 'doubloon', owner, repositories: [repository, cards] });
  await until(async () => { expect((await botsOn(cards, moved.number))[0]?.body).toContain(String(moved.id)); });
});

test('15: a repository and people that have other names are the same ones', async () => {
  const at = `${owner}/mill`;
  const issue = await funded('$sol:0.75$');
  await settled();
  line.github.renameRepository(repository, 'mill');
  try {
    await until(async () => { expect((await bountyAt(at, issue.number)).issue).toMatchObject({ repository: at }); });
    line.github.rename('grace', 'hopper');
    await personAt(line.github, 'linus', at).comment(issue.number, '/award @hopper');
    await until(async () => { expect((await bountyAt(at, issue.number)).deposits[0]?.award?.shares).toMatchObject([{ githubId: idOf('hopper') }]); });
  } finally {
    line.github.renameRepository(at, 'difference');
  }
  await until(async () => { expect((await bountyAt(repository, issue.number)).issue).toMatchObject({ repository }); });
});

test('15: somebody else under the old name of a repository is somebody else', async () => {
  const issue = await funded('$sol:0.75$');
  await settled();
  const at = `${owner}/loom`;
  line.github.faults.hook({ event: 'repository', action: 'renamed' }, { kind: 'lost', inLog: false });
  line.github.renameRepository(repository, 'loom');
  try {
    await line.github.delivered();
    await readAgain(issue);
    await until(async () => { expect((await bountyAt(at, issue.number)).issue).toMatchObject({ repository: at }); });
    expect(await sql('select from issue_move where issue_id = $1', String(issue.id))).toEqual([]);
  } finally {
    line.github.renameRepository(at, 'difference');
  }
  await until(async () => { expect((await bountyAt(repository, issue.number)).issue).toMatchObject({ repository }); });
});

test('10: of a deleted issue the treasury knows, and its money can go back without GitHub', async () => {
  const issue = await funded();
  const ids = idsOf(repository, issue.number);
  line.github.setRole(repository, 'linus', 'admin');
  line.github.deleteIssue('linus', repository, issue.number);
  line.github.setRole(repository, 'linus', 'maintain');
  await until(async () => { expect((await line.treasury.getBounty(ids)).issue).toMatchObject({ state: 'deleted' }); });
  const bounty = await line.treasury.getBounty(ids);
  expect(bounty.deposits.map(({ state, refundUrl }) => `${DepositState[state]} ${String(refundUrl.includes('/refund/'))}`)).toEqual(['HELD true']);
});

test('13: on a locked issue, and on one that became a discussion, everything goes on but the comment', async () => {
  const issue = await funded();
  line.github.convertToDiscussion('linus', repository, issue.number);
  await until(async () => { expect(await toldOf(issue)).toMatchObject({ state: 'closed' }); });
  await until(async () => { expect(await sql('select from issue where id = $1 and is_locked', String(issue.id))).toHaveLength(1); });
  await stands(issue, 'HELD');

  const locked = await funded();
  await personAt(line.github, 'linus').lock(locked.number);
  await hoursAgo(73, locked, () => { line.github.closeIssue('linus', repository, locked.number, 'not_planned'); });
  await stands(locked, 'CANCELLED');
});

test('16: while the App is suspended, deselected or uninstalled nothing is lost, and it goes on where it was', async () => {
  const ways: readonly (readonly [string, () => void, () => void])[] = [
    ['suspended', () => { line.github.suspendInstallation('doubloon', owner); }, () => { line.github.suspendInstallation('doubloon', owner, false); }],
    ['deselected', () => { line.github.install({ user: 'linus', app: 'doubloon', owner, repositories: [cards] }); }, () => { line.github.install({ user: 'linus', app: 'doubloon', owner, repositories: [repository, cards] }); }],
    ['uninstalled', () => { line.github.uninstall('doubloon', owner); }, () => { line.github.install({ user: 'linus', app: 'doubloon', owner, repositories: [repository, cards] }); }],
  ];
  const issue = await funded();
  await says(issue, '**0.5 sol** funded');
  for (const [nth, [way, leave, comeBack]] of ways.entries()) {
    await settled();
    leave();
    // What nobody tells us of while we are away: a comment, and another title.
    await personAt(line.github, 'grace').comment(issue.number, `$sol:0.${String(nth + 1)}$`);
    line.github.editIssue('ada', repository, issue.number, { title: `While we were ${way}` });
    await settled();
    expect((await bountyOf(issue)).deposits.map(({ state, refundUrl }) => `${DepositState[state]} ${String(refundUrl.includes('/refund/'))}`)).toEqual(['HELD true']);
    comeBack();
    await says(issue, `Fund 0.${String(nth + 1)} sol`);
    await until(async () => { expect(await toldOf(issue)).toMatchObject({ title: `While we were ${way}` }); });
  }
});

test('nothing was asked of GitHub that it has not', () => { line.github.assertConforms(); });
