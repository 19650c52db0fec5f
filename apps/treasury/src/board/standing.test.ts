import { expect, test } from 'vitest';
import { standingOf, type Tally } from './standing.ts';

const none: Tally = { held: 0, awarded: 0, paid: 0, ended: 0, isOffered: false };

test.each([
  ['nothing but offers that were taken back', {}, 'open', undefined],
  ['an offer', { isOffered: true }, 'open', 'open'],
  ['an offer on an issue that is closed', { isOffered: true }, 'closed', undefined],
  ['money that nobody was awarded, whatever else', { held: 1, awarded: 1, paid: 1, ended: 1 }, 'open', 'open'],
  ['money in escrow of a closed issue', { held: 1 }, 'closed', 'open'],
  ['an award, beside what was paid', { awarded: 1, paid: 2, ended: 1 }, 'closed', 'awarded'],
  ['what was paid, beside what went back', { paid: 1, ended: 3 }, 'closed', 'paid'],
  ['what was paid, with a new offer that nobody funded', { paid: 1, isOffered: true }, 'open', 'paid'],
  ['what went back', { ended: 1 }, 'closed', 'ended'],
  ['what went back, with a new offer', { ended: 1, isOffered: true }, 'open', 'open'],
  ['anything on a deleted issue', { held: 1, awarded: 1, paid: 1, isOffered: true }, 'deleted', undefined],
] as const)('%s', (_name, tally, issue, standing) => {
  expect(standingOf({ ...none, ...tally }, issue)).toBe(standing);
});
