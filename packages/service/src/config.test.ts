import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { describeSettings, readConfig, type Settings } from './config.ts';
import { duration, oneOf, parsedBy, text, urlOf, wholeNumber, yesOrNo } from './settings.ts';

const settings = {
  url: { name: 'APP_URL', meaning: 'Where it is.', schema: urlOf('http', 'https') },
  key: { name: 'APP_KEY', meaning: 'What opens it.', schema: text(), secret: true },
  every: { name: 'APP_EVERY', meaning: 'How often.', schema: duration(), default: '15m' },
  mail: { name: 'APP_MAIL', meaning: 'Whom to tell.', schema: text().optional() },
} as const satisfies Settings;
const read = (env: Record<string, string>) => readConfig(env, { prefix: 'APP_', settings });
const fine = { APP_URL: 'https://app.example', APP_KEY: 'open sesame' };

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof DoubloonError && error.code === 'CONFIG_INVALID') return (error as DoubloonError<'CONFIG_INVALID'>).facts.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

function file(content: string, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-config-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

test('values are parsed, defaults filled in, and the result is frozen', () => {
  const config = read(fine);
  expect(config).toEqual({ url: 'https://app.example', key: 'open sesame', every: 900_000, mail: undefined, warnings: [] });
  expect(Object.isFrozen(config)).toBe(true);
});

test('every problem is reported at once, by name and never by value', () => {
  const problems = problemsOf(() => read({ APP_URL: 'ftp://hunter2@app.example', APP_EVERY: 'hunter2', APP_EVRY: 'hunter2' }));
  expect(problems).toEqual([
    'APP_URL is not a URL that begins with http:// or https://',
    'APP_KEY is missing',
    'APP_EVERY is not a duration such as 250ms, 30s, 15m, 12h or 90d',
    'APP_EVRY is not a setting, the nearest is APP_EVERY',
  ]);
  expect(problems.join()).not.toContain('hunter2');
});

test('what a reader of our own throws reaches the operator only when it is made for them', () => {
  const parsing = (message: () => never) => problemsOf(() => readConfig({ APP_KEY: 'hunter2' }, { prefix: 'APP_', settings: { key: { ...settings.key, schema: parsedBy(message) } } }));
  expect(parsing(() => { throw new SyntaxError('unexpected hunter2'); })).toEqual(['APP_KEY is not of the form that is expected']);
  expect(parsing(() => { throw new DoubloonError('CONFIG_INVALID', { problems: ['names no caller'] }); })).toEqual(['APP_KEY names no caller']);
});

test('an empty value counts as not set', () => {
  expect(read({ ...fine, APP_EVERY: '', APP_MAIL: '' })).toMatchObject({ every: 900_000, mail: undefined });
  expect(problemsOf(() => read({ ...fine, APP_KEY: '' }))).toEqual(['APP_KEY is missing']);
});

test('an unknown name of another app is none of our business', () => {
  expect(() => read({ ...fine, OTHER_URL: 'x', PATH: '/bin' })).not.toThrow();
});

test('_FILE of a setting that is no secret is an unknown name', () => {
  expect(problemsOf(() => read({ ...fine, APP_URL_FILE: '/x' }))).toEqual(['APP_URL_FILE is not a setting, the nearest is APP_KEY_FILE']);
});

describe('a secret from a file', () => {
  const { APP_URL } = fine;

  test.each([['open sesame\n', 'open sesame'], ['open sesame\r\n', 'open sesame'], ['two\nlines\n\n', 'two\nlines\n'], ['bare', 'bare']])('%j loses one trailing newline', (content, key) => {
    expect(read({ APP_URL, APP_KEY_FILE: file(content) })).toMatchObject({ key, warnings: [] });
  });

  test('is refused beside the variable itself', () => {
    expect(problemsOf(() => read({ ...fine, APP_KEY_FILE: file('x') }))).toEqual(['APP_KEY and APP_KEY_FILE are both set: keep one']);
  });

  test.each([['/nowhere/at/all', "APP_KEY_FILE can't be read (ENOENT)"], [tmpdir(), "APP_KEY_FILE can't be read (EISDIR)"]])('is refused when %s is no readable file', (path, problem) => {
    expect(problemsOf(() => read({ APP_URL, APP_KEY_FILE: path }))).toEqual([problem]);
  });

  test('is refused when empty', () => {
    expect(problemsOf(() => read({ APP_URL, APP_KEY_FILE: file('\n') }))).toEqual(['APP_KEY_FILE is an empty file']);
  });

  test('is used with a warning when every user can read it', () => {
    expect(read({ APP_URL, APP_KEY_FILE: file('open', 0o644) })).toMatchObject({ key: 'open', warnings: ['the file of APP_KEY_FILE can be read by every user of this machine'] });
  });
});

test('the table shows what an operator needs to know', () => {
  expect(describeSettings(settings)).toEqual([
    { name: 'APP_URL', meaning: 'Where it is.', default: '', secret: false, required: true },
    { name: 'APP_KEY or APP_KEY_FILE', meaning: 'What opens it.', default: '', secret: true, required: true },
    { name: 'APP_EVERY', meaning: 'How often.', default: '15m', secret: false, required: false },
    { name: 'APP_MAIL', meaning: 'Whom to tell.', default: '', secret: false, required: false },
  ]);
});

test.each([
  [wholeNumber(), '42', 42], [wholeNumber({ max: 9 }), '10', undefined], [wholeNumber(), '1e3', undefined], [wholeNumber(), '-1', undefined], [wholeNumber(), ' 1', undefined], [wholeNumber(), '9007199254740993', undefined],
  [duration(), '250ms', 250], [duration(), '30s', 30_000], [duration(), '90d', 7_776_000_000], [duration(), '30', undefined], [duration(), '1.5h', undefined], [duration(), '-1s', undefined],
  [urlOf('postgres'), 'postgres://a:b@c/d', 'postgres://a:b@c/d'], [urlOf('postgres'), 'postgresql://c', undefined], [urlOf('http'), 'localhost:80', undefined],
  [oneOf('a', 'b'), 'b', 'b'], [oneOf('a', 'b'), 'c', undefined], [yesOrNo(), 'true', true], [yesOrNo(), 'yes', undefined], [text(), ' x ', ' x '], [text(), '  ', undefined],
])('schema %#', (schema, value, expected) => {
  expect(schema.safeParse(value).data).toEqual(expected);
});
