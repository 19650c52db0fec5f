import { expect, test } from 'vitest';
import { murmur2, partitionOf } from './partition-of.ts';

// From Kafka's own UtilsTest.testMurmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as Kafka does', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('every key has one partition, all are used, and none is out of range', () => {
  const found = Array.from({ length: 1_000 }, (_, n) => partitionOf(`123/${n}`, 6));
  expect(found).toEqual(Array.from({ length: 1_000 }, (_, n) => partitionOf(`123/${n}`, 6)));
  expect(new Set(found)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
});
