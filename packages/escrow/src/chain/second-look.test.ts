import { expect, test } from 'vitest';
import { secondLook } from './second-look.ts';

test('the first look believes nothing and remembers the newest slot it may have shown', () => {
  expect(secondLook(undefined, { slot: 100n, reached: 132n })).toEqual({ believed: false, remember: 132n });
});

test.each([[100n, 132n], [131n, 163n], [132n, 164n]])('a look at slot %d final, %d reached, is none at a later state', (slot, reached) => {
  expect(secondLook(132n, { slot, reached })).toEqual({ believed: false });
});

test('the second look is at a state that was final after all the first one showed', () => {
  expect(secondLook(132n, { slot: 133n, reached: 133n })).toEqual({ believed: true });
});

test('a slot that ran ahead does not put the end off for ever: the look begins anew', () => {
  expect(secondLook(1_000_132n, { slot: 140n, reached: 172n })).toEqual({ believed: false, remember: 172n });
});
