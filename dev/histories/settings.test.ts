import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('five hundred histories unless told', () => {
  expect(readSettings([])).toMatchObject({ histories: 500, seed: undefined, what: 'play', only: undefined });
  expect(readSettings(['10000', '--seed', '7', '--keep', 'run.jsonl', '--kafka'])).toMatchObject({ histories: 10_000, seed: 7, keep: 'run.jsonl', isKafka: true });
});

test('a part of a batch, as it is printed for playing it again', () => {
  expect(readSettings(['--seed', '7', '--batch', '2', '--history', '117', '--without', '3,5', '--breaks', ''])).toMatchObject({ only: { batch: 2, history: 117, without: [3, 5], breaks: [] } });
});

test.each([[['many']], [['5', '6']], [['--seed', '-1']], [['--batch', '1']], [['--seed', '1', '--history', '3']], [['--seed', '1', '--batch', '1', '--without', '3,x']], [['--speed', '9']]])('%j is told how to', (args) => {
  expect(readSettings(args)).toContain('usage: just histories');
});
