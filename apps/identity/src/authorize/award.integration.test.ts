import { describe, expect, test } from 'vitest';
import { deposit, openDeciding, otherWallet, type Deciding, type Request } from '../../testing/deciding.ts';

/** A maintainer awards ada everything, as the caller understood it. */
const awardTo = (on: Deciding, login: string, more: Partial<Request> = {}): Request => ({ action: 'award', awardeeIds: [on.idOf(login)], awardeeBps: [10_000], stakes: [on.stake()], ...more });
const codeOf = async (on: Deciding, request: Request) => (await on.decide(request)).reasonCode || 'ALLOWED';

test('a maintainer awards by a comment of their own, and veto and cancel are theirs too', async () => {
  const on = await openDeciding();
  expect(await on.decide({ ...awardTo(on, 'ada'), ...on.says('linus', '/award @ada').place })).toMatchObject({ allowed: true, actor: { githubId: on.idOf('linus'), login: 'linus' } });
  expect(await codeOf(on, { action: 'veto', stakes: [on.stake()], ...on.says('linus', '/veto').place })).toBe('ALLOWED');
  expect(await codeOf(on, { action: 'cancel', stakes: [on.stake()], ...on.says('linus', '/cancel').place })).toBe('ALLOWED');
  on.github.assertConforms();
});

test('shares are those of the text: people, parts and nobody else', async () => {
  const on = await openDeciding();
  const { place } = on.says('linus', '/award @ada 70% @grace 30%');
  const both = (ada: number, grace: number): Request => ({ ...awardTo(on, 'ada'), awardeeIds: [on.idOf('ada'), on.idOf('grace')], awardeeBps: [ada, grace], ...place });
  expect(await codeOf(on, both(7_000, 3_000))).toBe('ALLOWED');
  expect(await codeOf(on, both(3_000, 7_000))).toBe('AWARDEES_DIFFER');
  expect(await codeOf(on, { ...awardTo(on, 'ada'), ...place })).toBe('AWARDEES_DIFFER');
});

test('the number of a pull request stands for who opened it', async () => {
  const on = await openDeciding();
  const { place } = on.says('linus', '/award #4');
  expect(await codeOf(on, { ...awardTo(on, 'maggie'), ...place })).toBe('ALLOWED');
  expect(await codeOf(on, { ...awardTo(on, 'grace'), ...place })).toBe('AWARDEES_DIFFER');
  // An issue is no pull request.
  expect(await codeOf(on, { ...awardTo(on, 'grace'), ...on.says('linus', '/award #1').place })).toBe('AWARDEE_UNKNOWN');
});

test('the opening text of an issue is a text like the others', async () => {
  const on = await openDeciding({ repositories: [{ owner: 'mill', name: 'works', roles: { linus: 'admin' }, issues: [{ title: 'A wheel', body: '/award @ada', author: 'linus' }] }] });
  const place = { ...on.issue(1, 'mill/works'), sourceKind: 'issue', sourceId: on.issue(1, 'mill/works').issueId };
  const request: Request = { action: 'award', awardeeIds: [on.idOf('ada')], awardeeBps: [10_000], stakes: [on.stake({ repositoryId: place.repositoryId })], ...place };
  expect(await codeOf(on, request)).toBe('ALLOWED');
  expect(await codeOf(on, { ...request, sourceId: '7' })).toBe('SOURCE_ELSEWHERE');
});

describe('awarding oneself', () => {
  test('is for sole funders: by the wallet that is linked to them, while nobody contests that', async () => {
    const on = await openDeciding();
    const request = { ...awardTo(on, 'linus'), ...on.says('linus', '/award @linus').place };
    expect(await codeOf(on, request)).toBe('SELF_AWARD');
    await on.link('ada');
    expect(await codeOf(on, request)).toBe('SELF_AWARD');
    await on.link('linus');
    expect(await codeOf(on, request)).toBe('ALLOWED');
    expect(await codeOf(on, { ...request, stakes: [on.stake(), on.stake({ funder: otherWallet })] })).toBe('SELF_AWARD');
    expect(await codeOf(on, { ...request, stakes: [on.stake(), on.stake({ funder: otherWallet, funderAwarded: true })] })).toBe('ALLOWED');
    await on.pool.query("update identity set state = 'contested'");
    expect(await codeOf(on, request)).toBe('SELF_AWARD');
  });

  test('is for nobody where the rules say so', async () => {
    const on = await openDeciding();
    await on.link('linus');
    on.setRules('self-award: never');
    expect(await codeOf(on, { ...awardTo(on, 'linus'), ...on.says('linus', '/award @linus').place })).toBe('SELF_AWARD');
  });
});

test('a funder without any role may veto what their own money is awarded for', async () => {
  const on = await openDeciding();
  const request: Request = { action: 'veto', stakes: [on.stake()], ...on.says('maggie', '/veto').place };
  expect(await codeOf(on, request)).toBe('NOT_A_MAINTAINER');
  await on.link('maggie');
  expect(await codeOf(on, request)).toBe('ALLOWED');
  // Beside the money of others it is for their own, where whoever asks can tell both apart.
  const both = { ...request, stakes: [on.stake(), on.stake({ deposit: otherWallet, funder: otherWallet })] };
  expect(await codeOf(on, both)).toBe('NOT_A_MAINTAINER');
  expect(await on.decide({ ...both, inPart: true })).toMatchObject({ allowed: true, leftOut: [{ deposit: otherWallet, reason: 'Only maintainers, and funders whose wallet is linked to their GitHub account, may veto.' }] });
  expect(await on.decide({ ...both, stakes: [on.stake({ funder: otherWallet })], inPart: true })).toMatchObject({ allowed: false, reasonCode: 'NOT_A_MAINTAINER', leftOut: [] });
});

test('what was given before the issue moved holds up no award of what was given since', async () => {
  const on = await openDeciding();
  const moved = on.stake({ deposit: otherWallet, repositoryId: on.issue(1, 'analytical-engines/punched-cards').repositoryId });
  const request = { ...awardTo(on, 'ada', { stakes: [moved, on.stake()] }), ...on.says('linus', '/award @ada').place };
  expect(await codeOf(on, request)).toBe('MOVED_SINCE_FUNDING');
  expect(await on.decide({ ...request, inPart: true })).toMatchObject({ allowed: true, leftOut: [{ deposit: otherWallet, reason: expect.stringContaining('changed hands since this was funded') as string }] });
  expect(await on.decide({ ...request, stakes: [moved], inPart: true })).toMatchObject({ allowed: false, reasonCode: 'MOVED_SINCE_FUNDING' });
});

describe('rules hold for the money that was given under them', () => {
  const hour = 3_600_000;
  /** The rules as they were hours ago, and money that was given half an hour later. */
  const funded = async (on: Deciding, rules: string | undefined, hours = 1) => {
    on.setRules(rules);
    await on.rules();
    await on.pool.query('update rules_seen set seen_at = $1 where seen_at = (select max(seen_at) from rules_seen)', [new Date(Date.now() - hours * hour)]);
    return on.stake({ fundedAt: new Date(Date.now() - hours * hour + hour / 2).toISOString() });
  };

  test('a file that is loosened before an award opens nothing that was given before', async () => {
    const on = await openDeciding();
    const before = await funded(on, 'may-award: admin', 2);
    const after = await funded(on, 'may-award: maintain');
    const request = { ...awardTo(on, 'ada'), ...on.says('linus', '/award @ada').place };
    expect(await codeOf(on, { ...request, stakes: [before] })).toBe('NOT_A_MAINTAINER');
    expect(await codeOf(on, { ...request, stakes: [after] })).toBe('ALLOWED');
    expect(await codeOf(on, { ...request, stakes: [after, before] })).toBe('NOT_A_MAINTAINER');
    // Given in the minute of the change: both hold.
    expect(await codeOf(on, { ...request, stakes: [on.stake({ fundedAt: new Date(Date.now() - hour + 30_000).toISOString() })] })).toBe('NOT_A_MAINTAINER');
  });

  test('a file that is tightened counts at once, for all', async () => {
    const on = await openDeciding();
    const before = await funded(on, undefined);
    const request = { ...awardTo(on, 'ada'), ...on.says('linus', '/award @ada').place, stakes: [before] };
    expect(await codeOf(on, request)).toBe('ALLOWED');
    on.setRules('may-award: admin');
    expect(await codeOf(on, request)).toBe('NOT_A_MAINTAINER');
  });

  test('a file that becomes unreadable closes what it could forbid, and leaves vetoes open', async () => {
    const on = await openDeciding();
    const before = await funded(on, 'may-award: maintain');
    on.setRules('may-award: [maintain, *all]');
    expect(await codeOf(on, { ...awardTo(on, 'ada'), ...on.says('linus', '/award @ada').place, stakes: [before] })).toBe('RULES_INVALID');
    expect(await codeOf(on, { action: 'cancel', ...on.says('linus', '/cancel').place, stakes: [before] })).toBe('RULES_INVALID');
    expect(await codeOf(on, { action: 'veto', ...on.says('linus', '/veto').place, stakes: [before] })).toBe('ALLOWED');
  });

  test('people whom the file names decide without a role', async () => {
    const on = await openDeciding();
    const stake = await funded(on, `may-award: [${on.idOf('maggie')}]`);
    const place = (who: string) => on.says(who, '/award @ada').place;
    expect(await codeOf(on, { ...awardTo(on, 'ada'), ...place('maggie'), stakes: [stake] })).toBe('ALLOWED');
    expect(await codeOf(on, { ...awardTo(on, 'ada'), ...place('linus'), stakes: [stake] })).toBe('NOT_A_MAINTAINER');
  });
});

test('each decision is kept with the answers that it rests on, and without the words of the text', async () => {
  const on = await openDeciding();
  on.setRules('may-award: maintain');
  const { place } = on.says('linus', 'A secret of ours.\n\n/award @ada');
  const { decisionId } = await on.decide({ ...awardTo(on, 'ada'), ...place });
  const { rows: [row] } = await on.pool.query<{ inputs: { evidence: { path: string; status: number; etag?: string; at: string }[]; rulesSha: string; textSha256: string; askedAt: string; asking: { stakes: { deposit: string }[] } } }>('select inputs from decision where id = $1', [decisionId]);
  expect(JSON.stringify(row)).not.toContain('A secret of ours');
  expect(row?.inputs).toMatchObject({ rulesSha: (await on.rules()).sha, textSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, asking: { stakes: [{ deposit }] } });
  const { evidence = [], askedAt = '' } = row?.inputs ?? {};
  expect(evidence.map(({ path }) => path.replace(/^\/repositories\/\d+/, '')).toSorted()).toEqual(['', '/collaborators/linus/permission', '/contents/.github/doubloon.yml', '/issues/1', `/issues/comments/${place.sourceId}`, `/user/${on.idOf('linus')}`, '/users/ada', 'GraphQL'].toSorted());
  // None is older than the request.
  for (const { at } of evidence) expect(at >= askedAt).toBe(true);
});
