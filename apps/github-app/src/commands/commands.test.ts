import { expect, test } from 'vitest';
import { parseCommands } from '@doubloon/domain';
import { sortFindings } from './commands.ts';

const read = (text: string) => sortFindings(parseCommands(text, new Map([['sol', 9]])), text, 'https://github.test/1');

test.each([
  ['/award @ada', { shares: [{ login: 'ada', bps: 10_000 }] }],
  ['Well done!\n\n/award @ada, @grace and @linus', { shares: [{ login: 'ada', bps: 3_334 }, { login: 'grace', bps: 3_333 }, { login: 'linus', bps: 3_333 }] }],
  ['/award @ada 66.67% @grace 33.33%', { shares: [{ login: 'ada', bps: 6_667 }, { login: 'grace', bps: 3_333 }] }],
  ['/award #12', { pullRequest: 12 }],
])('%s', (text, award) => { expect(read(text)).toMatchObject({ award, badAwards: [] }); });

test.each([
  ['/award @ada 70%', 'has shares that can not stand'],
  ['/award @ada 70% @grace', 'has shares that can not stand'],
  ['/award @ada @ADA', 'names somebody twice'],
  ['/award @a @b @c @d @e @f @g @h @i', 'names too many people: eight are the most'],
  ['/award @mills/weavers', 'is not understood'],
  ['/award ada', 'is not understood'],
])('%s %s', (text, reason) => {
  const { award, badAwards, slash } = read(text);
  expect([award, badAwards.length, slash.has('award')]).toEqual([undefined, 1, true]);
  expect(badAwards[0]).toContain(`\`${text}\` [here](https://github.test/1) ${reason}`);
});

test.each(['/award @ada\n\n/award @grace', '/award @ada\n\n/award @grace 30%', '/award @ada 70%\n\n/award @grace'])('of several awards in one text none counts: %j', (text) => {
  const { award, badAwards } = read(text);
  expect(award).toBeUndefined();
  expect(badAwards.at(-1)).toContain('more than one award');
});
