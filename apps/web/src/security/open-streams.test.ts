import { expect, test } from 'vitest';
import { createOpenStreams } from './open-streams.ts';

test('an address has its places and no more, and gets each back once', () => {
  const streams = createOpenStreams({ perKey: 2, all: 10 });
  const [first, second] = [streams.open('a'), streams.open('a')];
  expect([first, second, streams.open('a')]).toEqual([expect.any(Function), expect.any(Function), undefined]);
  expect(streams.open('b')).toBeDefined();
  first?.();
  first?.();
  expect(streams.open('a')).toBeDefined();
  expect(streams.open('a')).toBeUndefined();
});

test('many addresses share what there is', () => {
  const streams = createOpenStreams({ perKey: 2, all: 3 });
  const places = ['a', 'b', 'c', 'd'].map((key) => streams.open(key));
  expect(places[3]).toBeUndefined();
  expect(streams.held()).toBe(3);
  places[0]?.();
  expect(streams.held()).toBe(2);
  expect(streams.open('d')).toBeDefined();
});
