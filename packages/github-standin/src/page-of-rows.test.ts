import { expect, test } from 'vitest';
import { pageOf } from './page-of-rows.ts';

const rows = Array.from({ length: 250 }, (_, at) => at + 1);
const url = 'http://x/repositories/1/issues/2/comments';

test('a list in the middle links to its four neighbours', () => {
  const { page, link } = pageOf(rows, { per_page: '100', page: '2' }, url);
  expect([page.length, page[0]]).toEqual([100, 101]);
  expect(link).toBe(`<${url}?per_page=100&page=1>; rel="prev", <${url}?per_page=100&page=3>; rel="next", <${url}?per_page=100&page=3>; rel="last", <${url}?per_page=100&page=1>; rel="first"`);
});

test('no page is longer than a hundred', () => expect(pageOf(rows, { per_page: '250' }, url).page).toHaveLength(100));
test('without a wish there are thirty', () => expect(pageOf(rows, {}, url).page).toHaveLength(30));
test('a list that fits has no links', () => expect(pageOf(rows.slice(0, 3), {}, url).link).toBeUndefined());
test('past the end there is nothing, and a way back', () => {
  const { page, link } = pageOf(rows, { page: '99' }, url);
  expect(page).toEqual([]);
  expect(link).toContain('rel="prev"');
  expect(link).not.toContain('rel="next"');
});
test('rubbish counts as left out', () => expect(pageOf(rows, { per_page: '-1', page: '0' }, url).page[0]).toBe(1));
