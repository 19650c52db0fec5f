import { treasury } from '@doubloon/rpc';
import { expect, test } from 'vitest';
import { labelOf, labels } from './labels.ts';

const { CANCELLED, CLOSED, AWARDED, HELD, PAID, REFUNDED } = treasury.DepositState;

test.each([
  [[], undefined],
  [[HELD], 'bounty'],
  [[AWARDED], 'bounty'],
  // Some is paid, and there is more to earn.
  [[PAID, HELD, REFUNDED], 'bounty'],
  [[PAID], 'bounty: paid'],
  [[REFUNDED, PAID, CANCELLED], 'bounty: paid'],
  [[REFUNDED], undefined],
  [[CANCELLED, CLOSED], undefined],
] as const)('deposits in the states %j have the label %s', (states, label) => {
  expect(labelOf(states.map((state) => ({ state })))).toBe(label);
});

// GitHub's docs, "Create a label": six hexadecimal digits, at most 100 characters of description.
test('GitHub takes the looks of our labels', () => {
  for (const { color, description } of Object.values(labels)) {
    expect(color).toMatch(/^[0-9a-f]{6}$/);
    expect(description.length).toBeLessThanOrEqual(100);
  }
});
