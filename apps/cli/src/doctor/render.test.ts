import { expect, test } from 'vitest';
import { fail, ok, warn } from './finding.ts';
import { exitCode, render } from './render.ts';

test('each finding is a line, what to do stands under it, and the last line counts', () => {
  expect(render([ok('chain.node', 'It answers.'), warn('chain', 'It is slow.', 'Wait.'), fail('web', 'It is gone.', 'Start it.')])).toEqual([
    'ok    chain.node  It answers.',
    'warn  chain       It is slow.',
    '                  -> Wait.',
    'FAIL  web         It is gone.',
    '                  -> Start it.',
    '',
    '1 of 3 checks are fine; 1 failed, 1 to look at.',
  ]);
  expect(render([ok('a', 'b')]).at(-1)).toBe('All 1 checks are fine.');
});

test('only a failure makes the exit code 1', () => {
  expect(exitCode([ok('a', 'b'), warn('a', 'b', 'c')])).toBe(0);
  expect(exitCode([ok('a', 'b'), fail('a', 'b', 'c')])).toBe(1);
});
