import { describe, expect, test } from 'vitest';
import { openDeciding, otherWallet, repository, type Deciding, type Request } from '../../testing/deciding.ts';

const cards = 'analytical-engines/punched-cards';
const hour = 3_600_000;
const codeOf = async (on: Deciding, request: Request) => (await on.decide(request)).reasonCode || 'ALLOWED';

/** A GitHub whose clock is so many hours behind ours, until `catchUp`. */
async function hoursAgo(hours: number) {
  let behind = hours * hour;
  const on = await openDeciding({ now: () => new Date(Date.now() - behind) });
  const fundedAt = new Date(Date.now() - behind - hour).toISOString();
  return { on, stake: (more: Parameters<Deciding['stake']>[0] = {}) => on.stake({ fundedAt, ...more }), catchUp: (to = 0) => { behind = to * hour; } };
}

/** A repository that awards by itself after three days, and maggie's work for its first issue, which linus merged four days ago. */
async function merged({ rules = 'auto-award-after: 3d', pull = {}, by = 'linus' }: { rules?: string; pull?: { body?: string; base?: string; from?: string }; by?: string } = {}) {
  const { on, stake, catchUp } = await hoursAgo(96);
  on.setRules(rules);
  if (pull.base !== undefined) on.github.push({ repository, branch: pull.base, files: { x: 'y' } });
  const { number, pullId } = on.github.openPull('maggie', repository, { title: 'Carry', body: 'Closes #1', head: 'carry', ...pull });
  on.github.setRole(repository, by, 'maintain');
  on.github.merge(by, repository, number);
  const request = (more: Partial<Request> = {}): Request => ({ action: 'award', sourceKind: 'pull-request', sourceId: String(pullId), ...on.issue(), awardeeIds: [on.idOf('maggie')], awardeeBps: [10_000], stakes: [stake()], ...more });
  return { on, stake, catchUp, request, number, pullId };
}

describe('the rules award what was merged', () => {
  test('to who opened it, in the name of who merged it, when its time has come, and keep what it rests on', async () => {
    const { on, catchUp, request, stake } = await merged();
    expect(await on.decide(request())).toMatchObject({ allowed: true, actor: { githubId: on.idOf('linus'), login: 'linus' } });
    const { rows: [row] } = await on.pool.query<{ inputs: { evidence: { path: string }[]; facts: object } }>('select inputs from decision');
    expect(row?.inputs.evidence.map(({ path }) => path)).toEqual(expect.arrayContaining(['GraphQL', `/repositories/${on.issue().repositoryId}/issues/1`]));
    expect(row?.inputs.facts).toMatchObject({ deed: { kind: 'pull-request' }, issue: { closedAs: 'completed', merges: [{ author: { login: 'maggie' }, mergedBy: { login: 'linus' } }] } });
    expect(await codeOf(on, request({ stakes: [stake({ fundedAt: new Date().toISOString() })] }))).toBe('TOO_SOON');
    // A maintainer who tightens the rules is heard at once.
    catchUp();
    on.setRules('auto-award-after: 5d');
    expect(await codeOf(on, request())).toBe('TOO_SOON');
    on.setRules(undefined);
    expect(await codeOf(on, request())).toBe('AUTO_AWARD_OFF');
    on.github.assertConforms();
  });

  test('not where they came after the money: rules that are loosened later open nothing', async () => {
    const { on, request, stake } = await merged({ rules: 'labels: true' });
    await on.rules();
    await on.pool.query("update rules_seen set seen_at = seen_at - interval '10 days'");
    on.setRules('auto-award-after: 3d');
    expect(await codeOf(on, request({ stakes: [stake()] }))).toBe('AUTO_AWARD_OFF');
  });

  test.each<[string, { body?: string; base?: string }]>([
    ['into another branch', { base: 'next' }],
    ['and only mentions the issue', { body: 'About #1, which it does not mend' }],
  ])('not what was merged %s', async (_, pull) => {
    const { on, request } = await merged({ pull });
    on.github.closeIssue('linus', repository, 1);
    expect(await codeOf(on, request())).toBe('PULL_REQUEST_ABSENT');
  });

  test('not what was linked to the issue from another branch by hand, nor what somebody merged in a repository of their own', async () => {
    const { on, request, number } = await merged({ pull: { base: 'next' } });
    on.github.link(repository, number, 1);
    on.github.closeIssue('linus', repository, 1);
    expect(await codeOf(on, request())).toBe('PULL_REQUEST_ABSENT');
    const fork = on.github.fork(repository, 'maggie');
    const theirs = on.github.openPull('maggie', fork, { title: 'Mine', body: `Closes ${repository}#1`, head: 'mine' });
    on.github.merge('maggie', fork, theirs.number);
    expect(await codeOf(on, request({ sourceId: String(theirs.pullId) }))).toBe('PULL_REQUEST_ABSENT');
  });

  test('not what says only after its merge that it closes the issue', async () => {
    const { on, request, number } = await merged({ pull: { body: 'Some other work' } });
    on.github.editIssue('maggie', repository, number, { body: 'Closes #1' });
    expect(await codeOf(on, request())).toBe('ISSUE_OPEN');
    on.github.closeIssue('linus', repository, 1);
    expect(await codeOf(on, request())).toBe('CLOSED_OTHERWISE');
  });

  test('not while the issue is open again, nor once somebody closed it anew', async () => {
    const { on, request } = await merged();
    on.github.reopenIssue('linus', repository, 1);
    expect(await codeOf(on, request())).toBe('ISSUE_OPEN');
    on.github.closeIssue('linus', repository, 1, 'not_planned');
    expect(await codeOf(on, request())).toBe('CLOSED_OTHERWISE');
    on.github.closeIssue('linus', repository, 1, 'completed');
    expect(await codeOf(on, request())).toBe('CLOSED_OTHERWISE');
  });

  test('not when work of somebody else was merged for it too', async () => {
    const { on, request } = await merged();
    const other = on.github.openPull('ada', repository, { title: 'More', body: 'Fixes #1', head: 'more' });
    expect(await codeOf(on, request())).toBe('ALLOWED');
    on.github.merge('linus', repository, other.number);
    expect(await codeOf(on, request())).toBe('SEVERAL_CANDIDATES');
  });

  test('not to who merged it themselves, unless the money is theirs alone', async () => {
    const { on, request, stake } = await merged({ by: 'maggie' });
    expect(await codeOf(on, request())).toBe('SELF_AWARD');
    await on.link('maggie');
    expect(await codeOf(on, request())).toBe('ALLOWED');
    expect(await codeOf(on, request({ stakes: [stake(), stake({ funder: otherWallet })] }))).toBe('SELF_AWARD');
  });

  test('not to anybody else, in parts, to nobody any more, or by somebody who is gone', async () => {
    const { on, request } = await merged();
    expect(await codeOf(on, request({ awardeeIds: [on.idOf('ada')] }))).toBe('AWARDEES_DIFFER');
    expect(await codeOf(on, request({ awardeeBps: [9_999] }))).toBe('AWARDEES_DIFFER');
    expect(await codeOf(on, request({ sourceId: on.issue().issueId }))).toBe('PULL_REQUEST_ABSENT');
    on.github.suspend('maggie');
    expect(await codeOf(on, request())).toBe('AWARDEE_UNKNOWN');
    on.github.suspend('maggie', false);
    on.github.suspend('linus');
    expect(await codeOf(on, request())).toBe('ACTOR_UNKNOWN');
  });

  test('not for another issue, one under a wrong number, or one that was transferred', async () => {
    const { on, request, stake } = await merged();
    expect(await codeOf(on, request(on.issue(2)))).toBe('PULL_REQUEST_ABSENT');
    expect(await codeOf(on, request({ issueNumber: 2 }))).toBe('SOURCE_ELSEWHERE');
    const there = stake({ repositoryId: on.issue(1, cards).repositoryId });
    expect(await codeOf(on, request({ stakes: [there] }))).toBe('AUTO_AWARD_OFF');
    on.setRules('auto-award-after: 3d', cards);
    await on.pool.query('delete from rules_seen');
    await on.rules(there.repositoryId);
    expect(await codeOf(on, request({ stakes: [there] }))).toBe('MOVED_SINCE_FUNDING');
    on.github.setMembership('analytical-engines', 'linus', 'owner');
    const before = request();
    const moved = on.github.transferIssue('linus', repository, 1, cards);
    expect(await codeOf(on, before)).toBe('PULL_REQUEST_ABSENT');
    // There it is no work of that repository.
    expect(await codeOf(on, { ...before, ...on.issue(moved.number, cards) })).toBe('PULL_REQUEST_ABSENT');
  });
});

/** Somebody closed the first issue four days ago. */
async function closed({ by = 'linus', reason = 'not_planned' as 'not_planned' | 'duplicate' | 'completed', hours = 96 } = {}) {
  const { on, stake, catchUp } = await hoursAgo(hours);
  on.github.closeIssue(by, repository, 1, reason);
  const request = async (more: Partial<Request> = {}): Promise<Request> => ({ action: 'cancel', sourceKind: 'closing', sourceId: await newestClosing(on), ...on.issue(), stakes: [stake()], ...more });
  return { on, stake, catchUp, request };
}

async function newestClosing(on: Deciding, of = repository, number = 1): Promise<string> {
  const answer = await fetch(`${on.github.apiUrl}/repos/${of}/issues/${String(number)}/events`, { headers: { 'user-agent': 'test' } });
  return String(((await answer.json()) as { id: number; event: string }[]).findLast(({ event }) => event === 'closed')?.id);
}

describe('the rules give back what nobody is to work on', () => {
  test.each(['not_planned', 'duplicate'] as const)('three days after a maintainer closed the issue as %s, in their name', async (reason) => {
    const { on, request } = await closed({ reason });
    expect(await on.decide(await request())).toMatchObject({ allowed: true, actor: { login: 'linus' } });
    on.github.assertConforms();
  });

  test('not before, not when it was completed, and not by the word of somebody who may close and not decide', async () => {
    const early = await closed({ hours: 71 });
    expect(await codeOf(early.on, await early.request())).toBe('TOO_SOON');
    const done = await closed({ reason: 'completed' });
    expect(await codeOf(done.on, await done.request())).toBe('CLOSED_AS_COMPLETED');
    const byTriage = await closed({ by: 'ada' });
    expect(await codeOf(byTriage.on, await byTriage.request())).toBe('NOT_A_MAINTAINER');
    // Who opened the issue may close it too; grace only writes here.
    const byAuthor = await closed({ by: 'grace' });
    expect(await codeOf(byAuthor.on, await byAuthor.request())).toBe('NOT_A_MAINTAINER');
  });

  test('not by an old closing after it was opened and closed again, and not while it is open', async () => {
    const { on, catchUp, request } = await closed();
    const old = await request();
    on.github.reopenIssue('linus', repository, 1);
    expect(await codeOf(on, old)).toBe('ISSUE_OPEN');
    catchUp();
    on.github.closeIssue('linus', repository, 1, 'not_planned');
    expect(await codeOf(on, old)).toBe('CLOSING_ABSENT');
    expect(await codeOf(on, await request())).toBe('TOO_SOON');
  });

  test('not by an event of another kind, issue or repository, and not by one that never was', async () => {
    const { on, request } = await closed();
    on.github.closeIssue('linus', repository, 2, 'not_planned');
    on.github.closeIssue('linus', cards, 1, 'not_planned');
    expect(await codeOf(on, await request({ sourceId: await newestClosing(on, repository, 2) }))).toBe('SOURCE_ELSEWHERE');
    expect(await codeOf(on, await request({ sourceId: await newestClosing(on, cards) }))).toBe('CLOSING_ABSENT');
    expect(await codeOf(on, await request({ sourceId: '9007199254740993' }))).toBe('CLOSING_ABSENT');
    // A pull request that nobody wants is none of this: it has no reason for being closed.
    on.github.closeIssue('linus', repository, 4);
    expect(await codeOf(on, await request({ ...on.issue(4), sourceId: await newestClosing(on, repository, 4) }))).toBe('CLOSING_ABSENT');
    const answer = await fetch(`${on.github.apiUrl}/repos/${repository}/issues/1/labels`, { method: 'POST', body: '{"labels":["x"]}', headers: { 'user-agent': 'test', 'content-type': 'application/json', 'authorization': `Bearer ${on.github.tokens['linus'] ?? ''}` } });
    expect(answer.status).toBe(200);
    const events = (await (await fetch(`${on.github.apiUrl}/repos/${repository}/issues/1/events`, { headers: { 'user-agent': 'test' } })).json()) as { id: number; event: string }[];
    expect(await codeOf(on, await request({ sourceId: String(events.find(({ event }) => event === 'labeled')?.id) }))).toBe('CLOSING_ABSENT');
  });

  test('not when work was merged for it, though it was closed so afterwards', async () => {
    const { on, request } = await merged();
    on.github.reopenIssue('linus', repository, 1);
    on.github.closeIssue('linus', repository, 1, 'not_planned');
    expect(await codeOf(on, { ...request({ awardeeIds: [], awardeeBps: [] }), action: 'cancel', sourceKind: 'closing', sourceId: await newestClosing(on) })).toBe('WORK_MERGED');
  });

  test('not where who closed it was demoted since, or may decide there and could not where the money was given', async () => {
    const { on, request, stake } = await closed();
    const there = stake({ repositoryId: on.issue(1, cards).repositoryId });
    expect(await codeOf(on, await request({ stakes: [there] }))).toBe('ALLOWED');
    on.github.setRole(cards, 'linus', undefined);
    expect(await codeOf(on, await request({ stakes: [there] }))).toBe('NOT_A_MAINTAINER');
    on.github.setRole(repository, 'linus', 'write');
    expect(await codeOf(on, await request())).toBe('NOT_A_MAINTAINER');
  });

  test('not by the word of an App, as those that close what has grown old, in its own name or in that of a maintainer', async () => {
    const { on, stake } = await hoursAgo(96);
    const { github } = on;
    const unplanned = { state: 'closed', state_reason: 'not_planned' };
    const request = async (): Promise<Request> => ({ action: 'cancel', sourceKind: 'closing', sourceId: await newestClosing(on), ...on.issue(), stakes: [stake()] });
    await on.asApp('PATCH', `/repos/${repository}/issues/1`, unplanned);
    expect(await codeOf(on, await request())).toBe('NOT_A_PERSON');
    github.reopenIssue('linus', repository, 1);
    github.setCallbackUrls(['http://pages.example/callback']);
    const code = new URL(github.authorize({ user: 'linus', url: `${github.url}/login/oauth/authorize?client_id=${github.app.clientId}` })).searchParams.get('code');
    const send = (method: string, url: string, body: object, authorization = '') => fetch(url, { method, body: JSON.stringify(body), headers: { 'user-agent': 'test', 'content-type': 'application/json', 'accept': 'application/json', ...(authorization === '' ? {} : { authorization }) } }).then((it) => it.json() as Promise<Record<string, unknown>>);
    const { access_token: token } = await send('POST', `${github.url}/login/oauth/access_token`, { client_id: github.app.clientId, client_secret: github.app.clientSecret, code });
    expect(await send('PATCH', `${github.apiUrl}/repos/${repository}/issues/1`, unplanned, `Bearer ${String(token)}`)).toMatchObject({ closed_by: { login: 'linus' } });
    expect(await codeOf(on, await request())).toBe('NOT_A_PERSON');
  });
});

test('a deed is the reason for one action only, and names its issue', async () => {
  const { on, request } = await closed();
  const good = await request();
  const before = on.github.asked.length;
  for (const bad of [{ action: 'award' }, { action: 'veto' }, { action: 'withdraw' }, { sourceKind: 'pull-request' }, { issueNumber: 0 }, { issueId: '' }, { sourceId: '' }]) await expect(on.decide({ ...good, ...bad }), JSON.stringify(bad)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(on.github.asked.length).toBe(before);
});
