import { readRules } from '@doubloon/domain/rules';
import { expect, test } from 'vitest';
import { rememberedRules } from './remembered-rules.ts';

const denoms = new Map([['sol', 9], ['usdc', 6]]);

test('a text is read once, and so is one that is no rules; another is another', () => {
  const texts: string[] = [];
  const read = rememberedRules(denoms, (text, of) => {
    texts.push(text);
    return readRules(text, of);
  });
  for (const text of ['silent: true', 'silent: maybe', 'silent: false', 'silent: true', 'silent: maybe']) expect(read(text)).toEqual(readRules(text, denoms));
  expect(texts).toEqual(['silent: true', 'silent: maybe', 'silent: false']);
});

test('what was not asked about for long is forgotten first', () => {
  let count = 0;
  const read = rememberedRules(denoms, () => {
    count += 1;
    return { ok: false, problems: [] };
  });
  for (let at = 0; at < 1_001; at += 1) {
    read(`#${String(at)}`);
    read('# often');
  }
  expect(count).toBe(1_002);
  read('# often');
  expect(count).toBe(1_002);
  read('#0');
  expect(count).toBe(1_003);
});
