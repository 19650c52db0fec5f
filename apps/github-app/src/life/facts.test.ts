import { expect, test } from 'vitest';
import { readFacts } from './facts.ts';

const shown = {
  number: 7, title: 'T', html_url: 'https://github.test/a/b/issues/7', state: 'closed', state_reason: 'not_planned', closed_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:01Z', locked: true,
  labels: [{ name: 'bug' }, 'area: wheels', { name: null }],
};

test('an issue as webhooks and the API show it', () => {
  expect(readFacts(shown)).toEqual({
    number: 7, title: 'T', url: 'https://github.test/a/b/issues/7', state: 'closed', stateReason: 'not_planned', closedAt: new Date('2026-03-01T12:00:00Z'), isLocked: true, labels: ['area: wheels', 'bug'], updatedAt: new Date('2026-03-01T12:00:01Z'),
  });
});

test('a pull request, which has no reason, and an open issue, which was not closed', () => {
  const { state_reason: _, ...pull } = shown;
  expect(readFacts(pull)?.stateReason).toBeUndefined();
  expect(readFacts({ ...shown, state: 'open' })?.closedAt).toBeUndefined();
});

test('more labels than GitHub lets an issue have are not all kept', () => { expect(readFacts({ ...shown, labels: Array.from({ length: 500 }, (_, at) => `l${String(at)}`) })?.labels).toHaveLength(100); });

test.each([[undefined], [null], [7], [{}], [{ ...shown, number: 0 }], [{ ...shown, number: 2 ** 31 }], [{ ...shown, state: 'gone' }], [{ ...shown, updated_at: 'yesterday' }], [{ ...shown, labels: [7] }]])('nothing is read of %j', (one) => {
  expect(readFacts(one)).toBeUndefined();
});
