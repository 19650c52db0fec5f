import { describe, expect, test } from 'vitest';
import { defaultRules } from '@doubloon/domain/rules';
import { openDeciding, repository, type Deciding, type Request } from '../../testing/deciding.ts';
import { keepRulesSeen } from '../rules/rules-seen.ts';
import { forgetDecisions } from './decision-row.ts';

const award = (on: Deciding, more: Partial<Request> = {}): Request => ({ action: 'award', awardeeIds: [on.idOf('ada')], awardeeBps: [10_000], stakes: [on.stake()], ...more });
const codeOf = async (on: Deciding, request: Request) => (await on.decide(request)).reasonCode || 'ALLOWED';
const awarding = (on: Deciding, who = 'linus', text = '/award @ada'): Request & { sourceId: string } => ({ ...award(on), ...on.says(who, text).place });
/** So long after what was seen now that the clocks can't be the reason. */
const later = () => new Date(Date.now() + 120_000).toISOString();
const decisions = async (on: Deciding) => (await on.pool.query('select from decision')).rowCount;

describe('the text', () => {
  test('a command that somebody with write access put into the comment of a maintainer is nobody’s command', async () => {
    const on = await openDeciding();
    const { id, place } = on.says('linus', 'Well done.');
    on.github.editComment('grace', repository, id, '/award @ada');
    expect(await codeOf(on, { ...award(on), ...place })).toBe('EDITED');
  });

  test('an edit in the second of the creation, which REST does not show, is an edit', async () => {
    const at = new Date();
    const on = await openDeciding({ now: () => at });
    const { id, place } = on.says('linus', '/award @grace');
    on.github.editComment('grace', repository, id, '/award @ada');
    const answer = await fetch(`${on.github.apiUrl}/repos/${repository}/issues/comments/${String(id)}`, { headers: { 'user-agent': 'test' } });
    const { created_at: created, updated_at: updated } = (await answer.json()) as { created_at: string; updated_at: string };
    expect(updated).toBe(created);
    expect(await codeOf(on, { ...award(on), ...place })).toBe('EDITED');
  });

  test('hiding it, reacting to it and locking the issue are no edits', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    on.github.minimize(repository, Number(request.sourceId));
    expect(await codeOf(on, request)).toBe('ALLOWED');
  });

  test('a comment that was deleted says nothing any more', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    await fetch(`${on.github.apiUrl}/repos/${repository}/issues/comments/${request.sourceId}`, { method: 'DELETE', headers: { 'user-agent': 'test', 'authorization': `Bearer ${on.github.tokens['linus'] ?? ''}` } });
    expect(await codeOf(on, request)).toBe('SOURCE_GONE');
  });

  test.each(['> /award @ada\n\nNo.', '```\n/award @ada\n```', '`/award @ada`', '<!--\n/award @ada\n-->', 'I would /award @ada', '/award @ada please'])('a text that quotes or mentions the command does not give it: %j', async (text) => {
    const on = await openDeciding();
    expect(await codeOf(on, awarding(on, 'linus', text))).toBe('COMMAND_ABSENT');
  });

  test('a comment of another repository, of another issue, or of an issue under a wrong number does not count here', async () => {
    const on = await openDeciding();
    const elsewhere = on.says('linus', '/award @ada', { of: 'analytical-engines/punched-cards' });
    expect(await codeOf(on, { ...award(on), ...on.issue(1), sourceKind: 'issue-comment', sourceId: elsewhere.place.sourceId })).toBe('SOURCE_GONE');
    const second = on.says('linus', '/award @ada', { on: 2 });
    expect(await codeOf(on, { ...award(on), ...on.issue(1), sourceKind: 'issue-comment', sourceId: second.place.sourceId })).toBe('SOURCE_ELSEWHERE');
    expect(await codeOf(on, { ...awarding(on), issueId: on.issue(2).issueId })).toBe('SOURCE_ELSEWHERE');
    expect(await codeOf(on, { ...awarding(on), issueNumber: 2 })).toBe('SOURCE_ELSEWHERE');
    expect(await codeOf(on, { ...awarding(on), issueNumber: 999 })).toBe('SOURCE_GONE');
  });

  test('zero, negative, huge and other ids that are none: nothing is asked and nothing decided', async () => {
    const on = await openDeciding();
    const good = awarding(on);
    const before = on.github.asked.length;
    for (const id of ['0', '-1', '01', '1.0', '1e3', ' 1', '18446744073709551616', '9'.repeat(400), '1/../2', 'abc']) for (const bad of [{ repositoryId: id }, { issueId: id }, { sourceId: id }, { actorId: id }, { awardeeIds: [id] }, { stakes: [on.stake({ repositoryId: id })] }]) await expect(on.decide({ ...good, ...bad }), id).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(on.github.asked.length).toBe(before);
    expect(await decisions(on)).toBe(0);
  });

  test('an id beyond what JSON numbers hold exactly is found nowhere, and not the one that it rounds to', async () => {
    const on = await openDeciding();
    expect(await codeOf(on, { ...awarding(on), sourceId: '9007199254740993' })).toBe('SOURCE_GONE');
    await expect(on.decide({ ...awarding(on), repositoryId: '9007199254740993' })).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
  });
});

describe('the person', () => {
  test('a maintainer who was demoted a second ago is none, although what is kept said otherwise', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    expect(await codeOf(on, request)).toBe('ALLOWED');
    on.github.setRole(repository, 'linus', 'write');
    expect(await codeOf(on, request)).toBe('NOT_A_MAINTAINER');
    on.github.setRole(repository, 'linus', 'maintain');
    expect(await codeOf(on, request)).toBe('ALLOWED');
  });

  test('an answer that was on its way when the request came is not waited for in place of one’s own', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    on.github.faults.api({ path: /\/permission$/ }, { kind: 'slow', ms: 3_000 });
    const first = on.decide(request);
    await expect.poll(() => on.github.asked.some(({ path }) => path.endsWith('/permission')), { timeout: 30_000 }).toBe(true);
    on.github.setRole(repository, 'linus', 'read');
    expect(await codeOf(on, request)).toBe('NOT_A_MAINTAINER');
    await first;
    expect(on.github.asked.filter(({ path }) => path.endsWith('/permission'))).toHaveLength(2);
  });

  test('404 for the role is no role', async () => {
    const on = await openDeciding();
    on.github.faults.api({ path: /\/permission$/ }, { kind: 'not-found' });
    expect(await codeOf(on, awarding(on))).toBe('NOT_A_MAINTAINER');
  });

  test('a role that an organisation made up counts as what it surely gives, whatever it is called', async () => {
    const on = await openDeciding();
    const request = awarding(on, 'maggie');
    on.github.setRole(repository, 'maggie', { name: 'bounty keeper', base: 'maintain' });
    expect(await codeOf(on, request)).toBe('NOT_A_MAINTAINER');
    on.github.setRole(repository, 'maggie', { name: 'maintain', base: 'write' });
    expect(await codeOf(on, request)).toBe('NOT_A_MAINTAINER');
    on.github.setRole(repository, 'maggie', undefined);
    on.setRules('may-award: write');
    const anew = { ...request, stakes: [on.stake({ fundedAt: later() })] };
    await on.rules();
    expect(await codeOf(on, anew)).toBe('NOT_A_MAINTAINER');
    on.github.setRole(repository, 'maggie', { name: 'bounty keeper', base: 'write' });
    expect(await codeOf(on, anew)).toBe('ALLOWED');
  });

  test('a role that comes from an organisation and not from the repository is a role, for as long as it does', async () => {
    const on = await openDeciding();
    const request = awarding(on, 'maggie');
    on.github.setMembership('analytical-engines', 'maggie', 'owner');
    expect(await codeOf(on, request)).toBe('ALLOWED');
    on.github.setMembership('analytical-engines', 'maggie', undefined);
    expect(await codeOf(on, request)).toBe('NOT_A_MAINTAINER');
  });

  test('a login that changed hands between the reading of the command and the award pays nobody', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    on.github.rename('ada', 'countess');
    expect(await codeOf(on, request)).toBe('AWARDEE_UNKNOWN');
    on.github.addUser('ada');
    expect(await codeOf(on, request)).toBe('AWARDEES_DIFFER');
  });

  test('the login of a maintainer that was taken by somebody else carries no role', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    on.github.rename('linus', 'pauling');
    on.github.addUser('linus');
    // Still the same person, under another name.
    expect(await codeOf(on, request)).toBe('ALLOWED');
    expect(await codeOf(on, awarding(on, 'linus'))).toBe('NOT_A_MAINTAINER');
  });

  test('who is suspended or has deleted their account decides nothing, and is paid nothing', async () => {
    const on = await openDeciding();
    const [byLinus, offer] = [awarding(on), on.says('linus', '$usdc:5$').place];
    on.github.suspend('linus');
    expect(await codeOf(on, byLinus)).toBe('ACTOR_UNKNOWN');
    on.github.suspend('linus', false);
    on.github.suspend('ada');
    expect(await codeOf(on, byLinus)).toBe('AWARDEE_UNKNOWN');
    on.github.deleteAccount('linus');
    expect(await codeOf(on, { action: 'offer', money: { denom: 'usdc', amount: '5000000' }, ...offer })).toBe('ACTOR_UNKNOWN');
  });

  test('the author of a pull request who was suspended since is paid nothing', async () => {
    const on = await openDeciding();
    const request = { ...awarding(on, 'linus', '/award #4'), awardeeIds: [on.idOf('maggie')] };
    expect(await codeOf(on, request)).toBe('ALLOWED');
    on.github.suspend('maggie');
    expect(await codeOf(on, request)).toBe('AWARDEE_UNKNOWN');
  });

  test('organisations and bots are not paid', async () => {
    const on = await openDeciding();
    on.github.addOrganization('mill-works');
    const to = (login: string): Request => ({ ...awarding(on, 'linus', `/award @${login}`), awardeeIds: [on.idOf(login)] });
    expect(await codeOf(on, to('mill-works'))).toBe('AWARDEE_NOT_A_PERSON');
  });

  test('what the App itself writes commands nothing', async () => {
    const on = await openDeciding();
    const { id } = await on.asApp('POST', `/repos/${repository}/issues/1/comments`, { body: '/award @ada\n\n$usdc:5$' });
    const place = { ...on.issue(), sourceKind: 'issue-comment', sourceId: String(id) };
    expect(await codeOf(on, { ...award(on), ...place })).toBe('NOT_A_PERSON');
    expect(await codeOf(on, { action: 'offer', money: { denom: 'usdc', amount: '5000000' }, ...place })).toBe('NOT_A_PERSON');
  });

  test('the person of a session is not the author of a text', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    expect(await codeOf(on, { ...request, actorId: on.idOf('maggie') })).toBe('ACTOR_DIFFERS');
    expect(await codeOf(on, { ...request, actorId: '4' })).toBe('ACTOR_UNKNOWN');
  });

  test('the person of a session awards on a page by the same rules as in a comment, and asks for nothing else there', async () => {
    const on = await openDeciding();
    const by = (login: string, more: Partial<Request> = {}): Request => ({ ...award(on), ...on.issue(), actorId: on.idOf(login), ...more });
    expect(await codeOf(on, by('linus'))).toBe('ALLOWED');
    expect(await codeOf(on, by('grace'))).toBe('NOT_A_MAINTAINER');
    expect(await codeOf(on, by('linus', { awardeeIds: [on.idOf('linus')] }))).toBe('SELF_AWARD');
    expect(await codeOf(on, by('linus', { awardeeIds: [on.idOf('analytical-engines')] }))).toBe('AWARDEE_NOT_A_PERSON');
    expect(await codeOf(on, { ...by('linus'), actorId: '4' })).toBe('SOURCE_MISSING');
    for (const action of ['veto', 'cancel']) expect(await codeOf(on, { ...by('linus', { action }), awardeeIds: [], awardeeBps: [] })).toBe('SOURCE_MISSING');
  });
});

describe('the repository', () => {
  test('after a transfer of the issue money is awarded only together with its funder, and can go back', async () => {
    const on = await openDeciding();
    const moved = on.stake({ repositoryId: on.issue(1, 'analytical-engines/punched-cards').repositoryId });
    expect(await codeOf(on, { ...awarding(on), stakes: [moved] })).toBe('MOVED_SINCE_FUNDING');
    expect(await codeOf(on, { ...awarding(on), stakes: [{ ...moved, funderAwarded: true }] })).toBe('ALLOWED');
    expect(await codeOf(on, { action: 'cancel', ...on.says('linus', '/cancel').place, stakes: [moved] })).toBe('ALLOWED');
    // A maintainer here who was none there.
    on.github.setRole('analytical-engines/punched-cards', 'linus', undefined);
    expect(await codeOf(on, { action: 'cancel', ...on.says('linus', '/cancel').place, stakes: [moved] })).toBe('NOT_A_MAINTAINER');
  });

  test('after a change of its owner the same holds for the whole repository', async () => {
    const on = await openDeciding();
    const { repositoryId } = on.issue();
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000);
    await keepRulesSeen(on.pool, { repositoryId, ownerId: '4', sha: '', rules: defaultRules, at: day(3) });
    expect(await codeOf(on, { ...awarding(on), stakes: [on.stake({ fundedAt: day(2).toISOString() })] })).toBe('MOVED_SINCE_FUNDING');
    expect(await codeOf(on, { ...awarding(on), stakes: [on.stake({ fundedAt: later() })] })).toBe('ALLOWED');
  });

  test('two thousand deposits are decided about together, each under the rules of its time, and more at once never', async () => {
    const on = await openDeciding();
    const { repositoryId } = on.issue();
    const minute = (ago: number) => new Date(Date.now() - ago * 60_000);
    // Every ten minutes another set of rules, among them one under which only administrators decided.
    for (let at = 199; at >= 0; at -= 1) await keepRulesSeen(on.pool, { repositoryId, ownerId: String(on.github.account('analytical-engines').id), sha: String(at), rules: at === 100 ? { ...defaultRules, mayAward: { roles: ['admin'], users: [] } } : defaultRules, at: minute(at * 10 + 10) });
    const stakes = (count: number, skipped: number) => Array.from({ length: count }, (_, at) => on.stake({ fundedAt: minute(at % 2_000).toISOString() })).filter((_, at) => Math.abs((at % 2_000) - skipped) > 12);
    const request = awarding(on);
    const before = on.github.asked.length;
    expect(await codeOf(on, { ...request, stakes: stakes(2_000, 1_005) })).toBe('ALLOWED');
    expect(on.github.asked.length - before).toBeLessThan(20);
    expect(await codeOf(on, { ...request, stakes: stakes(2_000, -50) })).toBe('NOT_A_MAINTAINER');
    await expect(on.decide({ ...request, stakes: stakes(2_001, -50) })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(on.decide({ ...request, stakes: Array.from({ length: 21 }, (_, at) => on.stake({ repositoryId: String(at + 1) })) })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('an archived repository takes no offers and no awards, and money can go back', async () => {
    const on = await openDeciding();
    const [byAward, byCancel] = [awarding(on), { action: 'cancel', ...on.says('linus', '/cancel').place, stakes: [on.stake()] }];
    on.github.archive(repository);
    expect([await codeOf(on, byAward), await codeOf(on, byCancel)]).toEqual(['REPOSITORY_ARCHIVED', 'ALLOWED']);
  });

  test('what is kept of one repository answers for no other', async () => {
    const on = await openDeciding();
    const other = 'analytical-engines/punched-cards';
    on.setRules('may-award: admin');
    on.setRules('may-award: maintain', other);
    const there = on.issue(1, other);
    expect([(await on.rules()).rules?.mayAwardRoles, (await on.rules(there.repositoryId)).rules?.mayAwardRoles]).toEqual([['admin'], ['maintain', 'admin']]);
    on.setRules('may-award: maintain');
    on.setRules('may-award: admin', other);
    expect([(await on.rules()).rules?.mayAwardRoles, (await on.rules(there.repositoryId)).rules?.mayAwardRoles]).toEqual([['maintain', 'admin'], ['admin']]);
  });

  test.each<[string, Parameters<Deciding['github']['push']>[0]['files'], RegExp]>([
    ['a folder', { '.github/doubloon.yml/inner': 'x' }, /folder/],
    ['a link that leads elsewhere', { '.github/doubloon.yml': { symlink: '../../elsewhere.yml' } }, /no file/],
    ['a submodule', { '.github/doubloon.yml': { submodule: 'https://example.org/x.git', sha: '1'.repeat(40) } }, /no file/],
    ['bytes that are no text', { '.github/doubloon.yml': new Uint8Array([0xff, 0xfe, 0x00]) }, /UTF-8/],
    ['more than 16 KiB', { '.github/doubloon.yml': `#${'x'.repeat(16_384)}` }, /16 KiB/],
  ])('%s in place of the file is a problem, and no offer is taken', async (_, files, problem) => {
    const on = await openDeciding();
    on.github.push({ repository, files });
    expect((await on.rules()).problems).toEqual([expect.stringMatching(problem)]);
    expect(await codeOf(on, { action: 'offer', money: { denom: 'usdc', amount: '5000000' }, ...on.says('ada', '$usdc:5$').place })).toBe('RULES_INVALID');
  });
});

describe('GitHub', () => {
  const paths = [/\/repos\/[^/]+\/[^/]+$/, /\/issues\/1$/, /\/issues\/comments\/\d+$/, /\/contents\//, /\/permission$/, /\/user\/\d+$/, /\/users\/ada$/, /graphql/];

  test.each(paths)('what it does not answer about %s, being away, is not decided', async (path) => {
    const on = await openDeciding();
    const request = awarding(on);
    for (const fault of [{ kind: 'unavailable', done: false }, { kind: 'reset' }] as const) {
      on.github.faults.api({ path }, fault);
      await expect(on.decide(request), fault.kind).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
      expect(on.github.faults.left(), fault.kind).toBe(0);
    }
    expect(await decisions(on)).toBe(0);
    expect(await codeOf(on, request)).toBe('ALLOWED');
  });

  test('what it answers too late, or never, is not decided', async () => {
    const on = await openDeciding({}, { timeoutMs: 3_000 });
    const request = awarding(on);
    for (const fault of [{ kind: 'hang', done: false }, { kind: 'slow', ms: 6_000 }] as const) {
      on.github.faults.api({ path: /\/permission$/ }, fault);
      await expect(on.decide(request), fault.kind).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
    }
    expect(await decisions(on)).toBe(0);
  });

  test.each([{ kind: 'primary-limit', resetSeconds: 90 }, { kind: 'secondary-limit', retryAfter: 60 }] as const)('a limit ($kind) is a no for now, and it is left alone until it ends', async (fault) => {
    const on = await openDeciding();
    const request = awarding(on);
    on.github.faults.api({ path: /\/permission$/ }, fault);
    await expect(on.decide(request)).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
    const before = on.github.asked.length;
    await expect(on.decide(request)).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
    expect(on.github.asked.length).toBe(before);
    expect(await decisions(on)).toBe(0);
  });

  test('a token that GitHub ended is replaced, at a GitHub whose clock is ten minutes off too', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    on.github.faults.api({ path: /\/permission$/ }, { kind: 'token-expired' });
    expect(await codeOf(on, request)).toBe('ALLOWED');
    const skewed = await openDeciding();
    skewed.github.faults.skew(600_000);
    expect(await codeOf(skewed, awarding(skewed))).toBe('ALLOWED');
  });

  test('an App that was taken away decides nothing, and goes on when it comes back', async () => {
    const on = await openDeciding();
    const request = awarding(on);
    expect(await codeOf(on, request)).toBe('ALLOWED');
    on.github.suspendInstallation(on.github.app.slug, 'analytical-engines');
    await expect(on.decide(request)).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
    on.github.suspendInstallation(on.github.app.slug, 'analytical-engines', false);
    expect(await codeOf(on, request)).toBe('ALLOWED');
  });
});

test.each([['\u0000', 'no text of a database'], ['\u{1f600}', 'half of a pair once it is cut']])('a file of rules whose problem quotes %j (%s) keeps nobody from a veto', async (sign) => {
  const on = await openDeciding();
  on.setRules(`denoms: "\\${sign}"`);
  expect(await codeOf(on, { action: 'veto', ...on.says('linus', '/veto').place, stakes: [on.stake()] })).toBe('ALLOWED');
  expect(await codeOf(on, awarding(on))).toBe('RULES_INVALID');
});

test('a decision that can not be written down is not told', async () => {
  const on = await openDeciding();
  await on.pool.query('alter table decision add constraint full_up check (false)');
  await expect(on.decide(awarding(on))).rejects.toThrow(/full_up/);
});

test('decisions are kept for as long as was said, and no longer', async () => {
  const on = await openDeciding();
  await on.decide(awarding(on));
  await on.pool.query("insert into decision select gen_random_uuid(), decided_at - interval '731 days', action, repository_id, issue_id, actor_id, allowed, reason_code, inputs from decision");
  expect(await forgetDecisions(on.pool, new Date(Date.now() - 730 * 86_400_000))).toBe(1);
  expect(await decisions(on)).toBe(1);
});
