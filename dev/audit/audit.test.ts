import { expect, test } from 'vitest';
import { crateLicenceProblems, isFine, licenceProblems } from './licences.ts';
import { crateProblems, packageProblems, type Locked } from './packages.ts';
import { isKnown, secretsIn } from './secrets.ts';

const integrity = `sha512-${'a'.repeat(86)}==`;
const sound: Locked = { version: '1.2.3', integrity, license: 'MIT' };

test('a package that is pinned, from the registry and quiet is fine, and so is one of ours', () => {
  expect(packageProblems({ 'node_modules/a': sound, 'node_modules/b': { ...sound, hasInstallScript: true }, 'packages/c': {}, 'node_modules/c': { link: true, resolved: 'packages/c' } }, { b: false })).toEqual([]);
});

test.each<[string, Locked, RegExp]>([
  ['without a hash', { version: '1.2.3' }, /no sha512/],
  ['with a weaker hash', { ...sound, integrity: 'sha1-abc=' }, /no sha512/],
  ['without a version', { integrity }, /no version/],
  ['from a git repository', { ...sound, resolved: 'git+ssh://git@github.com/a/b.git#abc' }, /comes from elsewhere/],
  ['from a web server', { ...sound, resolved: 'http://x.example/a.tgz' }, /comes from elsewhere/],
  ['that runs something unasked', { ...sound, hasInstallScript: true }, /nobody decided/],
])('a package %s is told', (_, one, problem) => {
  expect(packageProblems({ 'node_modules/a': one }, {})).toEqual([expect.stringMatching(problem)]);
});

test('what must be there once is not there twice', () => {
  expect(packageProblems({ 'node_modules/zod': sound, 'node_modules/a/node_modules/zod': { ...sound, version: '2.0.0' } }, {})).toEqual(['zod is there in 1.2.3 and 2.0.0']);
  expect(packageProblems({ 'node_modules/b': sound, 'node_modules/a/node_modules/b': { ...sound, version: '2.0.0' } }, {})).toEqual([]);
});

test('a crate from elsewhere, without a checksum, or that nobody looked at is told', () => {
  const block = (lines: string) => `version = 4\n\n[[package]]\nname = "x"\nversion = "1.0.0"\n${lines}\n`;
  const source = 'source = "registry+https://index.example"';
  expect(crateProblems(block(`${source}\nchecksum = "${'a'.repeat(64)}"`))).toEqual([]);
  expect(crateProblems(block(source))).toEqual(['the crate x has no checksum']);
  expect(crateProblems(block('source = "git+https://x.example/y"'))[0]).toMatch(/comes from elsewhere/);
  expect(crateProblems(block(''))).toEqual(['the crate x comes from a folder']);
  expect(crateLicenceProblems(block(''))).toEqual(['nobody looked at the licence of the crate x']);
});

test.each([['MIT', true], ['(MIT OR GPL-3.0-only)', true], ['(Apache-2.0 AND BSD-3-Clause)', true], ['GPL-3.0-only', false], ['MIT AND AGPL-3.0-only', false], ['UNLICENSED', false], ['', false]])('the licence %j: %j', (expression, fine) => {
  expect(isFine(expression)).toBe(fine);
});

test('a licence that asks for more is told, and an exception holds for the licence it was made for', () => {
  const of = (lock: Record<string, Locked>) => licenceProblems(lock).filter((one) => !one.includes('is excepted and not installed'));
  expect(of({ 'node_modules/a': { ...sound, license: 'GPL-3.0-only' } })).toEqual(['node_modules/a has the licence GPL-3.0-only']);
  expect(of({ 'node_modules/a': { version: '1.0.0' } })).toEqual(['node_modules/a has the licence that it does not name']);
  expect(of({ 'node_modules/rpc-websockets': { license: 'LGPL-3.0-only' } })).toEqual([]);
  expect(of({ 'node_modules/rpc-websockets': { license: 'AGPL-3.0-only' } })).toHaveLength(1);
});

// Put together here, so that this file holds none.
const letters = 'Ab3dE6gH9jKl2nOp5rSt8vWx1zYc4fGi7kMq';
test.each([
  ['a private key in PEM', `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${'MIIEow/+'.repeat(12)}\n`],
  ['a token of GitHub', `token: gh${'p_'}${letters}`],
  ['a token of GitHub', `github${'_pat_'}${letters}${letters}`],
  ['a key of AWS', `AK${'IA'}ABCDEFGHIJKLMNOP`],
  ['a token of npm', `np${'m_'}${letters}`],
  ['a signed token', `ey${'J'}hbGciOiJSUzI1NiJ9.ey${'J'}zdWIiOiIxMjM0NTYifQ.${letters}`],
  ['a key pair of Solana', `[${Array.from({ length: 64 }, (_, at) => at * 3).join(', ')}]`],
  ['a password in an address', `postgres://doubloon:${letters}@db/x`],
  ['a random text that is called a secret', `WEBHOOK_SECRET = "${letters}"`],
])('%s is found: %#', (kind, text) => {
  const found = secretsIn(`before ${text} after`);
  expect(found.map((one) => one.kind)).toContain(kind);
  expect(found.some(isKnown)).toBe(false);
  expect(JSON.stringify(found)).not.toContain(letters);
});

test.each(['const secret = "a webhook secret of the tests, long enough";', 'token: process.env["TOKEN"]', '-----BEGIN PUBLIC KEY-----', 'postgres://user:short@x/y', '[1, 2, 3]', 'SECRET_FILE=/run/secrets/webhook-secret'])('%j is none', (text) => {
  expect(secretsIn(text)).toEqual([]);
});
