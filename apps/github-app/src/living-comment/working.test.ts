import { expect, test } from 'vitest';
import { awardedTo, bountyOf, depositOf, nothing, shareOf } from '../../testing/bounty.ts';
import type { Candidate } from '../life/candidate-row.ts';
import { defaultKnownRules } from '../rules/known-rules.ts';
import { condition, rulesProblems, terms } from './condition.ts';
import type { Own } from './own.ts';
import { namesOf } from './phrases.ts';
import { attempts, candidates } from './working.ts';

const pull = (number: number, more: Partial<Candidate> = {}): Candidate => ({
  pullRequestId: String(1_000 + number), repositoryId: '1', repository: 'analytical-engines/difference', number, title: 'Carry the seventh wheel', url: `https://github.test/pull/${String(number)}`, author: { id: '7', login: 'grace' }, coAuthors: [],
  state: 'merged', mergedAt: new Date('2026-02-01T09:00:00Z'), mergedBy: { id: '9', login: 'linus' }, ...more,
});
const told = (own: Partial<Own>, bounty = bountyOf({ deposits: [depositOf(1)] })): string => candidates(bounty, { ...nothing, ...own }, namesOf(bounty, { ...nothing, ...own })).join('\n');

test('candidates are told with who wrote and merged them, merged ones first, and the command that awards each', () => {
  const text = told({ candidates: [pull(13, { state: 'open', mergedAt: undefined, mergedBy: undefined }), pull(12, { coAuthors: [{ id: '8', login: 'ada' }, { id: '7', login: 'grace' }] })] });
  expect(text).toBe(`**Pull requests that close this issue**

- [#12](https://github.test/pull/12) \`Carry the seventh wheel\` by \`grace\` (id \`7\`) with \`ada\` (id \`8\`): merged 2026-02-01 09:00 UTC by \`linus\` (id \`9\`). A maintainer can write \`/award #12\`.
- [#13](https://github.test/pull/13) \`Carry the seventh wheel\` by \`grace\` (id \`7\`): open`);
});

test('pitfall 29: one of another repository is awarded by its author, whose number says nothing here, and one of nobody by neither', () => {
  expect(told({ candidates: [pull(12, { repository: 'somewhere/else' })] })).toMatch(/\[`somewhere\/else`#12\].*`\/award @grace`/);
  const gone = told({ candidates: [pull(12, { author: undefined })] });
  expect(gone).toContain('by an account that can not be paid: merged');
  expect(gone).not.toContain('/award');
});

test('a hostile title or login stays code in its line', () => {
  const text = told({ candidates: [pull(12, { title: '](https://evil.test) `x` @everyone\n- item', author: { id: '7', login: '<img src=x>`' } })] });
  expect(text).toContain('``](https://evil.test) `x` @everyone - item`` by `` <img src=x>` `` (id `7`)');
  expect(text.split('\n')).toHaveLength(3);
});

test('a rule that awards by itself is told beside what it would award', () => {
  const rules = { ...defaultKnownRules, autoAwardAfterSeconds: 72 * 3_600 };
  expect(told({ rules, candidates: [pull(12)] })).toContain('is awarded 3 days after the merge, if nothing was decided before');
  expect(told({ rules: { ...rules, autoAwardAfterSeconds: 5 * 3_600 }, candidates: [pull(12)] })).toContain('5 hours after');
  expect(told({ rules, candidates: [pull(12, { state: 'open' })] })).not.toContain('after the merge');
  expect(told({ rules: undefined, candidates: [pull(12)] })).not.toContain('after the merge');
});

test('how one is awarded is told while there is something that a comment can award', () => {
  const rules = { ...defaultKnownRules, autoAwardAfterSeconds: 3_600 };
  for (const deposits of [[], [depositOf(1, { withRelayer: false })], [depositOf(1, awardedTo([shareOf('7', 10_000, '1')]))]]) expect(told({ rules, candidates: [pull(12)] }, bountyOf({ deposits }))).not.toMatch(/\/award|after the merge/);
});

test('attempts are told newest first, at most ten, and reserve nothing', () => {
  const all = Array.from({ length: 12 }, (_, nth) => ({ githubId: String(nth), login: `p${String(nth)}`, url: `https://github.test/${String(nth)}`, at: new Date(Date.UTC(2026, 0, 1, nth)) }));
  const lines = attempts({ ...nothing, attempts: all }, namesOf(bountyOf({}), { ...nothing, attempts: all }));
  expect(lines[0]).toContain('that reserves nothing');
  expect(lines[2]).toBe('- `p11` (id `11`), [2026-01-01 11:00 UTC](https://github.test/11)');
  expect(lines.at(-1)).toBe('- And 2 more.');
  expect(attempts(nothing, namesOf(bountyOf({}), nothing))).toEqual([]);
});

test.each<[string, Partial<Own['issue']>, string]>([
  ['closed as not planned', { state: 'closed', stateReason: 'not_planned' }, '72 hours after that, what is in escrow and not awarded goes back'],
  ['closed as a duplicate', { state: 'closed', stateReason: 'duplicate' }, 'closed as a duplicate: that awards nothing'],
  ['closed as completed', { state: 'closed', stateReason: 'completed' }, 'closed as completed. What is in escrow waits for an award'],
  ['closed for no reason', { state: 'closed', stateReason: undefined }, 'This issue is closed. What is in escrow waits'],
  ['locked', { isLocked: true }, 'This issue is locked'],
  ['transferred', { movedFrom: { repositoryId: '1', issueId: '2' } }, 'the rules of the repository it was funded in still hold'],
])('pitfall 12: what becomes of money on an issue that is %s is told, where there is any', (_, issue, said) => {
  const own = { ...nothing, issue: { ...nothing.issue, ...issue } };
  expect(condition(bountyOf({ deposits: [depositOf(1)] }), own).join('\n')).toContain(said);
  expect(condition(bountyOf({}), own)).toEqual([]);
});

test('an open issue needs no word about that', () => { expect(condition(bountyOf({ deposits: [depositOf(1)] }), nothing)).toEqual([]); });

test('a repository that only rehearses says so first, and a file with mistakes what is wrong with it', () => {
  expect(terms(bountyOf({}), { ...nothing, rules: { ...defaultKnownRules, shadow: true } }).join('\n')).toContain('nothing is done');
  expect(terms(bountyOf({}), nothing).join('\n')).not.toContain('rehearses');
  expect(rulesProblems({ ...nothing, rules: { ...defaultKnownRules, problems: ['Line 2: `may-ofer`\nis no rule.'] } })).toEqual(['**`.github/doubloon.yml` can not be understood, so nothing that it could forbid is done**', '', '- Line 2: `may-ofer` is no rule.']);
  expect(rulesProblems({ ...nothing, rules: undefined })).toEqual([]);
});
