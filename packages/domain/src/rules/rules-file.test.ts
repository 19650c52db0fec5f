import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultRules, readRules, rulesJsonSchema, type Rules } from './index.ts';

const denoms = new Map([['sol', 9], ['usdc', 6]]);
const rulesOf = (text: string): Rules => {
  const read = readRules(text, denoms);
  if (!read.ok) throw new Error(read.problems.join(' '));
  return read.rules;
};
const problemsOf = (text: string) => {
  const read = readRules(text, denoms);
  return read.ok ? [] : read.problems;
};
const wallet = 'So11111111111111111111111111111111111111112';

test.each([['an empty file', ''], ['a file of remarks', '# nothing\n\n---\n# here\n'], ['an empty map', '{}']])('%s means the defaults', (_, text) => {
  expect(rulesOf(text)).toEqual(defaultRules);
});

test('every rule is read, amounts exactly and in base units', () => {
  const text = `
denoms: [usdc, sol]
limits:
  usdc: { minimum: 5.10, maximum: "1000" }
  sol:
    minimum: 0.000000001
may-offer: collaborators
may-award: [write, 583231]
deadline: 30d
approver: ${wallet}
self-award: never
labels: false
silent: true
shadow: true
auto-award-after: 168h
`;
  expect(rulesOf(text)).toEqual({
    denoms: ['usdc', 'sol'], limits: new Map([['usdc', { minimum: 5_100_000n, maximum: 1_000_000_000n }], ['sol', { minimum: 1n }]]),
    mayOffer: 'collaborators', mayAward: { roles: ['write', 'maintain', 'admin'], users: ['583231'] }, deadlineSeconds: 2_592_000, approver: wallet,
    selfAward: 'never', labels: false, silent: true, shadow: true, autoAwardAfterSeconds: 604_800,
  });
});

test.each<[string, readonly string[], readonly string[]]>([
  ['write', ['write', 'maintain', 'admin'], []],
  ['maintain', ['maintain', 'admin'], []],
  ['admin', ['admin'], []],
  ['[admin]', ['admin'], []],
  ['[583231]', [], ['583231']],
  ['[admin, write]', ['write', 'maintain', 'admin'], []],
])('may-award: %s stands for the role and those above it, and users alone for no role', (text, roles, users) => {
  expect(rulesOf(`may-award: ${text}`).mayAward).toEqual({ roles, users });
});

describe('what can not be understood is a problem with its line, and no rule of the file counts', () => {
  test.each<[string, string, readonly string[]]>([
    ['an unknown key', 'labels: true\nmay-ofer: anyone', ['Line 2: `may-ofer` is no rule that is known here.']],
    ['an unknown key further in', 'limits:\n  usdc:\n    minimun: 5', ['Line 3: `limits.usdc.minimun` is no rule that is known here.']],
    ['a key that stands twice', 'may-award: admin\nmay-award: write', ['Line 2: this key stands twice.']],
    ['an alias', 'denoms: &all [usdc]\nlimits: *all', ['Line 1: this has a name for others to refer to: write each of them out.', 'Line 2: this refers to another place: write it out.']],
    ['a merged key', 'limits:\n  <<: { usdc: { minimum: 5 } }', ['Line 2: `limits.??` is not the name of a denom: lower-case letters and digits.']],
    ['a tag', 'labels: !!bool true', ['Line 1: this has a type of its own: leave that out.']],
    ['another version of YAML', '%YAML 1.1\n---\nlabels: true', ['Line 1: a line with % asks for another version of YAML: leave it out.']],
    ['two documents', 'labels: true\n---\nlabels: false', ['Line 2: a second document begins here: there may be one only.']],
    ['a tab', 'limits:\n\tusdc: {}', ['Line 2: a tab indents this line: use spaces.']],
    ['a list in place of the file', '- labels', ['Line 1: the file is not a map.']],
    ['a text in place of a list', 'denoms: usdc', ['Line 1: `denoms` is not a list.']],
    ['a list in place of a text', 'approver: [a]', ['Line 1: `approver` is not a single word.']],
    ['nothing in place of a value', 'may-award:', ['Line 1: `may-award` is not one of write, maintain, admin.']],
    ['an empty list', 'may-award: []', ['Line 1: `may-award` names nobody.']],
    ['a login in place of an id', 'may-award: [octocat]', ['Line 1: `may-award.0` is neither write, maintain, admin nor the numeric id of a user.']],
    ['the id zero', 'may-award: [0]', ['Line 1: `may-award.0` is neither write, maintain, admin nor the numeric id of a user.']],
    ['an id beyond 64 bits', 'may-award: [18446744073709551616]', ['Line 1: `may-award.0` is neither write, maintain, admin nor the numeric id of a user.']],
    ['a role that decides nothing', 'may-award: triage', ['Line 1: `may-award` is not one of write, maintain, admin.']],
    ['yes in place of true', 'silent: yes', ['Line 1: `silent` is neither true nor false.']],
    ['a denom of nobody', 'denoms: [doge]\nlimits: { doge: { minimum: 1 } }', ["Line 1: `denoms.0` is doge, which can't be offered here.", "Line 2: `limits.doge` is a denom that can't be offered here."]],
    ['too many digits', 'limits: { usdc: { minimum: 0.0000001 } }', ['Line 1: `limits.usdc.minimum` has more digits after the dot than the denom has.']],
    ['separators', 'limits: { usdc: { minimum: "1,000" } }', ['Line 1: `limits.usdc.minimum` is not an amount in digits without separators.']],
    ['an exponent', 'limits: { usdc: { minimum: 1e3 } }', ['Line 1: `limits.usdc.minimum` is not an amount in digits.']],
    ['a negative amount', 'limits: { usdc: { maximum: -1 } }', ['Line 1: `limits.usdc.maximum` is not an amount in digits.']],
    ['a minimum above the maximum', 'limits:\n  usdc:\n    maximum: 0.5\n    minimum: 5', ['Line 4: `limits.usdc.minimum` is more than the maximum of 0.5.']],
    ['a deadline beyond what the program takes', 'deadline: 366d', ['Line 1: `deadline` is not from 1 to 365 days.']],
    ['a deadline without its unit', 'deadline: 90', ['Line 1: `deadline` is not a duration such as 12h or 90d.']],
    ['an award by itself sooner than anybody could veto', 'auto-award-after: 71h', ['Line 1: `auto-award-after` is not from 3 to 90 days.']],
    ['a wallet with a letter too few', `approver: ${wallet.slice(1)}`, ['Line 1: `approver` is no address of a wallet.']],
    ['the wallet of zeros, which is none on chain', 'approver: "11111111111111111111111111111111"', ['Line 1: `approver` is no address of a wallet.']],
    ['Markdown in a key', '"`@all` <b>": 1', ['Line 1: `??all???b?` is no rule that is known here.']],
  ])('%s', (_, text, problems) => { expect(problemsOf(text)).toEqual(problems); });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])('the key %s, which changes nothing of ours', (key) => {
    expect(problemsOf(`${key}: { mayOffer: anyone }`)).toHaveLength(1);
    expect(problemsOf(`limits: { ${key}: { minimum: 1 } }`)).toHaveLength(1);
    expect(problemsOf(`limits: { usdc: { ${key}: 1 } }`)).toHaveLength(1);
    expect(({} as Record<string, unknown>)['mayOffer']).toBeUndefined();
  });

  test('problems come in the order of the lines, twenty of them at most', () => {
    const problems = problemsOf(Array.from({ length: 30 }, (_, at) => `key-${String(at)}: 1`).join('\n'));
    expect(problems).toHaveLength(21);
    expect(problems[4]).toBe('Line 5: `key-4` is no rule that is known here.');
    expect(problems[20]).toBe('And 10 more.');
  });
});

test.each<[string, string]>([
  ['one byte more than 16 KiB', `#${'x'.repeat(16_384)}`],
  ['brackets', '['.repeat(16_000)],
  ['braces', '{a: '.repeat(4_000)],
  ['dashes', '- '.repeat(8_000)],
  ['dashes and tabs', '-\t'.repeat(8_000)],
  ['question marks', '? '.repeat(8_000)],
  ['indentation', Array.from({ length: 170 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ['keys on one line', 'a: '.repeat(5_000)],
  ['keys', Array.from({ length: 1_600 }, (_, at) => `k${at.toString(36)}: 1`).join('\n')],
  ['quotes', '"'.repeat(16_000)],
  ['anchors', '- &a x\n'.repeat(2_000)],
  ['aliases that multiply', `a: &a [x]\n${Array.from({ length: 9 }, (_, at) => `${'bcdefghij'[at] ?? ''}: &${'bcdefghij'[at] ?? ''} [${Array(9).fill(`*${'abcdefghi'[at] ?? ''}`).join(', ')}]`).join('\n')}`],
  ['tags', '!'.repeat(16_000)],
])('a file of %s is a problem, and soon', (_, text) => {
  const began = performance.now();
  expect(problemsOf(text)).not.toEqual([]);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test.each(['\u0000', '\u001b[31m', '\u{1f600}', '\ud83d', '\u202e', '@everybody', '`'])('a problem quotes nothing of a file that a screen, a database or Markdown would take for more: %j', (sign) => {
  for (const text of [`denoms: "\\${sign}"`, `${sign}: [`, `- ${sign}x: {${sign}`]) for (const problem of problemsOf(text)) expect(problem).toMatch(/^Line \d+: [\w ,.:;?'"-]*$/);
});

test("the schema for editors, in docs, is the one that the file is read by, in YAML's own types", () => {
  const published: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../docs/doubloon.yml.schema.json'), 'utf8'));
  expect(published).toEqual(rulesJsonSchema());
  expect(published).toMatchObject({ additionalProperties: false, properties: { labels: { type: 'boolean' }, limits: { additionalProperties: { properties: { minimum: { type: ['string', 'number'] } } } } } });
});
