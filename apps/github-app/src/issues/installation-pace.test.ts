import { expect, test } from 'vitest';
import { mayCreateFrom } from './installation-pace.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
/** So many, one each `everyMs`. */
const created = (count: number, everyMs: number) => Array.from({ length: count }, (_, index) => new Date(start + index * everyMs));
const from = (createdAt: readonly Date[], notBefore?: Date) => mayCreateFrom({ notBefore, createdAt }).getTime() - start;

test('nothing waits before anything was created', () => {
  expect(mayCreateFrom({ notBefore: undefined, createdAt: [] }).getTime()).toBe(0);
  expect(from(created(79, 1))).toBeLessThan(79);
});

test('the eighty-first of a minute waits for the first of it to be a minute old', () => {
  expect(from(created(80, 10))).toBe(60_000);
  expect(from(created(81, 10))).toBe(60_010);
});

test('the five hundred and first of an hour waits for the first of it to be an hour old', () => {
  expect(from(created(500, 1_000))).toBe(3_600_000);
});

test('who uses up half at most waits behind the fortieth of a minute and the two hundred and fiftieth of an hour', () => {
  const half = (createdAt: readonly Date[]) => mayCreateFrom({ notBefore: undefined, createdAt }, 0.5).getTime() - start;
  expect(half(created(39, 10))).toBeLessThan(390);
  expect(half(created(40, 10))).toBe(60_000);
  expect(half(created(250, 2_000))).toBe(3_600_000);
});

test('what GitHub said counts when it is later', () => {
  expect(from([], new Date(start + 5))).toBe(5);
  expect(from(created(80, 10), new Date(start + 5))).toBe(60_000);
  expect(from(created(80, 10), new Date(start + 90_000))).toBe(90_000);
});
