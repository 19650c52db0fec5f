import { expect, test } from 'vitest';
import { judge, slope } from './flat.ts';
import type { Sample } from './samples.ts';

const course = (name: string, value: (minute: number) => number): Sample[] => Array.from({ length: 60 }, (_, minute) => ({ at: minute * 60, values: new Map([[name, value(minute)]]) }));
const isFlat = (name: string, value: (minute: number) => number): boolean | undefined => judge(course(name, value), () => false)[0]?.isFlat;

test('the line through points goes up by what they do', () => {
  expect(slope([{ at: 0, value: 1 }, { at: 2, value: 5 }, { at: 4, value: 9 }])).toBe(2);
  expect(slope([{ at: 1, value: 7 }])).toBe(0);
});

test.each([
  ['memory that grows to a level and stays there', 'memory app', (minute: number) => 200e6 + Math.min(minute, 20) * 5e6, true],
  ['memory that leaks a megabyte a minute', 'memory app', (minute: number) => 200e6 + minute * 1e6, false],
  ['rows that are pruned in steps', 'rows app.inbox', (minute: number) => 1_000 + (minute % 10) * 20, true],
  ['rows that nobody prunes', 'rows app.inbox', (minute: number) => minute * 30, false],
  ['a connection more every ten minutes', 'connections app', (minute: number) => 5 + Math.floor(minute / 10), false],
  ['handles that come and go', 'handles app', (minute: number) => 40 + ((minute * 7) % 10), true],
  ['handles that only come', 'handles app', (minute: number) => 40 + minute / 2, false],
])('%s', (_what, name, value, flat) => {
  expect(isFlat(name, value)).toBe(flat);
});

test('what is kept for ever may grow, and is said to', () => {
  expect(judge(course('rows app.deposit', (minute) => minute * 100), (table) => table === 'app.deposit')[0]).toMatchObject({ isFlat: false, grows: true });
  expect(judge(course('memory app', (minute) => minute * 1e7), () => true)[0]).toMatchObject({ isFlat: false, grows: false });
});
