import { expect, test } from 'vitest';
import { burnerAllowed } from './burner-allowed.ts';

test('a local cluster may have a burner wallet when the operator wants one', () => {
  expect(burnerAllowed('7xKb1pXy8Vn3u9aDqgq1vWm4o2wq5mBvF6rS5c3hJkLm', true)).toBe(true);
  expect(burnerAllowed('7xKb1pXy8Vn3u9aDqgq1vWm4o2wq5mBvF6rS5c3hJkLm', false)).toBe(false);
});

test.each(['5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d', 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG', '4uhcVJyU9pJkvQyS88uRDiswHScCKQQu6a4bZmUuGdjs'])(
  'the public cluster %s never has one',
  (genesisHash) => expect(burnerAllowed(genesisHash, true)).toBe(false),
);

test('an unknown cluster has none', () => expect(burnerAllowed('', true)).toBe(false));
