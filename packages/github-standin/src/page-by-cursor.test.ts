import { expect, test } from 'vitest';
import { pageByCursor } from './page-by-cursor.ts';
import { Refusal } from './refusal.ts';

const first = 2n ** 60n;
const rows = Array.from({ length: 250 }, (_, at) => ({ id: first - BigInt(at) }));
const url = 'http://x/app/hook/deliveries';

test('the next page starts after the last row of this one, and keeps what was asked for', () => {
  const { page, link } = pageByCursor(rows, { per_page: '100', status: 'failure' }, url);
  expect([page.length, page[0], page[99]]).toEqual([100, rows[0], rows[99]]);
  expect(link).toBe(`<${url}?per_page=100&status=failure&cursor=v1_${first - 100n}>; rel="next"`);
});

test('the last page leads back only, and a single one nowhere', () => {
  expect(pageByCursor(rows, { per_page: '100', cursor: `v1_${first - 200n}` }, url)).toEqual({ page: rows.slice(200), link: `<${url}?per_page=100&cursor=v1_${first - 100n}>; rel="prev"` });
  expect(pageByCursor(rows.slice(0, 100), { per_page: '100' }, url).link).toBeUndefined();
});

test('a new row moves no page behind it', () => {
  const cursor = `v1_${first - 100n}`;
  const grown = [{ id: first + 1n }, ...rows];
  expect(pageByCursor(grown, { cursor }, url)).toEqual(pageByCursor(rows, { cursor }, url));
});

test('the page before begins a page earlier, or at the newest', () => {
  const before = (at: bigint) => pageByCursor(rows, { cursor: `v1_${at}` }, url).link?.split(', ').at(-1);
  expect(before(first - 100n)).toBe(`<${url}?cursor=v1_${first - 70n}>; rel="prev"`);
  expect(before(first - 10n)).toBe(`<${url}?cursor=v1_${first}>; rel="prev"`);
});

test('a row that has left the log takes no other with it', () => expect(pageByCursor(rows.filter((_, at) => at !== 100), { cursor: `v1_${first - 100n}` }, url).page[0]).toEqual(rows[101]));
test('no page is longer than a hundred', () => expect(pageByCursor(rows, { per_page: '250' }, url).page).toHaveLength(100));
test.each(['', '2', 'v1_', 'v1_-1', 'v2_7'])('a cursor of our own making is refused: %j', (cursor) => expect(() => pageByCursor(rows, { cursor }, url)).toThrow(Refusal));
