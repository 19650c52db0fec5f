import { expect, test } from 'vitest';
import fc from 'fast-check';
import { inCell, inCode, link, shortened } from './markdown.ts';

test.each([
  ['ada', '`ada`'],
  ['a`b', '``a`b``'],
  ['`a``b`', '``` `a``b` ```'],
  ['', '` `'],
  ['two\nlines\r\n\tand a tab', '`two lines and a tab`'],
  ['@everyone #1 <img src=x onerror=y> [x](javascript:y)', '`@everyone #1 <img src=x onerror=y> [x](javascript:y)`'],
  ['<!--\uFEFFx\u0085-->', '`<!--\uFFFDx -->`'],
  ['right\u202Eleft\u200Bzero', '`right\uFFFDleft\uFFFDzero`'],
])('%j becomes the code %s', (text, code) => { expect(inCode(text)).toBe(code); });

test('a bar does not end the cell', () => { expect(inCell('a|b')).toBe('`a\\|b`'); });

test('what is long is cut by characters and not in the middle of one', () => { expect(inCode('🪙'.repeat(100), 5)).toBe('`🪙🪙🪙🪙…`'); });

test('nothing gets out of the code, whatever it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
    const code = inCode(text);
    const fence = /^`+/.exec(code)?.[0] ?? '';
    const inner = code.slice(fence.length, -fence.length);
    expect(code).not.toMatch(/[\r\n]/);
    expect(code.endsWith(fence)).toBe(true);
    expect([...inner.matchAll(/`+/g)].every(([run]) => run.length !== fence.length)).toBe(true);
  }));
});

test.each([
  ['https://example.org/fund/1', '[x](https://example.org/fund/1)'],
  ['https://example.org/a)b](c', '[x](https://example.org/a%29b]%28c)'],
  ['javascript:alert(1)', 'x'],
  ['not an address', 'x'],
])('a link to %s is %s', (url, markdown) => { expect(link('x', url)).toBe(markdown); });

test('a wallet is shown by its ends', () => {
  expect(shortened('7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU')).toBe('7xKX…gAsU');
  expect(shortened('short')).toBe('short');
});
