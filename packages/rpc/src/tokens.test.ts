import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from '@doubloon/service';
import { callerOf, callersSetting, newServiceToken, parseCallers, tokenSetting } from './tokens.ts';

const hash = 'a'.repeat(64);

test('a new token has 256 bits, and its hash is what the callee keeps', () => {
  const { token, hash } = newServiceToken((bytes) => Buffer.alloc(bytes, 7));
  expect(Buffer.from(token, 'base64url')).toEqual(Buffer.alloc(32, 7));
  expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
});

test('a token proves its caller and no other', () => {
  const [web, app] = [newServiceToken(), newServiceToken()];
  const callers = parseCallers(JSON.stringify({ web: web.hash, 'github-app': app.hash }));
  expect(callerOf(callers, `Bearer ${web.token}`)).toBe('web');
  expect(callerOf(callers, `Bearer ${app.token}`)).toBe('github-app');
});

test('two tokens of a caller prove it while one takes the place of the other, and no more than two', () => {
  const [before, next, other] = [newServiceToken(), newServiceToken(), newServiceToken()];
  const callers = parseCallers(JSON.stringify({ web: [next.hash, before.hash], 'github-app': other.hash }));
  for (const { token } of [before, next]) expect(callerOf(callers, `Bearer ${token}`)).toBe('web');
  expect(callerOf(callers, `Bearer ${other.token}`)).toBe('github-app');
  for (const web of [[], [hash, hash, hash], [hash, 'x'], [[hash]]]) expect(() => parseCallers(JSON.stringify({ web }))).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

test.each([
  ['nothing', null], ['an empty header', ''], ['an empty token', 'Bearer '], ['another scheme', 'Basic TOKEN'], ['lower-case scheme', 'bearer TOKEN'], ['the hash itself', 'Bearer HASH'],
  ['two tokens', 'Bearer TOKEN, Bearer TOKEN'], ['a blank behind it', 'Bearer TOKEN '], ['a part of it', 'Bearer PART'], ['a giant one', `Bearer ${'x'.repeat(100_000)}`],
])('%s proves nobody', (_, header) => {
  const { token, hash } = newServiceToken();
  const callers = parseCallers(JSON.stringify({ web: hash }));
  expect(callerOf(callers, header?.replaceAll('TOKEN', token).replace('HASH', hash).replace('PART', token.slice(1)) ?? null)).toBeUndefined();
});

test('a caller whose hash is that of the empty text is not everybody', () => {
  const empty = createHash('sha256').update('').digest('hex');
  expect(callerOf(parseCallers(JSON.stringify({ web: empty })), null)).toBeUndefined();
});

test.each([
  ['no JSON', '{hunter2', 'is not a JSON object'], ['a list', '[]', 'is not a JSON object'], ['null', 'null', 'is not a JSON object'], ['nobody', '{}', 'names no caller'],
  ['a token in place of its hash', '{"web":"hunter2"}', 'has no sha256 in lower-case hexadecimal for web'], ['an upper-case hash', `{"web":"${hash.toUpperCase()}"}`, 'has no sha256 in lower-case hexadecimal for web'],
  ['a key of the prototype', `{"__proto__":"${hash}"}`, 'names a caller in other characters than lower-case letters, digits and dashes'],
])('a file with %s is refused without being quoted', (_, content, problem) => {
  expect(() => readConfig({ X_CALLERS: content }, { prefix: 'X_', settings: { callers: callersSetting('X_CALLERS') } })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', facts: { problems: [`X_CALLERS ${problem}`] } }));
});

test('a token that is too short to be one of ours is refused', () => {
  const read = (token: string) => readConfig({ X_TOKEN: token }, { prefix: 'X_', settings: { token: tokenSetting('X_TOKEN', 'treasury') } });
  expect(() => read('hunter2')).toThrow(expect.objectContaining({ facts: { problems: ['X_TOKEN is not a token of 32 or more printable characters'] } }));
  const { token } = newServiceToken();
  expect(read(token).token).toBe(token);
});
