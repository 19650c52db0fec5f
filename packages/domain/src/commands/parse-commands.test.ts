import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAmount, MAX_AMOUNT } from '../amount.ts';
import { mayHaveCommands, parseCommands } from './parse-commands.ts';

const denoms = new Map([['sol', 9], ['usdc', 6]]);
const { raw } = String;

/** Pieces that mean something to Markdown or to us, so that random texts hit the corners of both. */
const pieces = [
  ...['$usdc:5$', '$sol:0.5$', '$usdc:1,000$', '$usdc:', '$', '$$', '/bounty 5 usdc', '/bounty', '/award @ada', '/award', '/cancel', '/veto', '/attempt'],
  ...['\n', '\n\n', '\r\n', '\r', ' ', '    ', '\t', '> ', '>', '- ', '1. ', '- [ ] ', '```', '~~~', '`', '``', '*', '**', '_', '~~', '# ', '---', '===', '|', '|-|'],
  ...['<!--', '-->', '<b>', '</b>', '<summary>', '</summary>', '<details>', '</details>', '<code>', '</code>', '<div>', '<pre>', '</pre>', '<', '>', '<?', '<a href="x">'],
  ...['[', ']', '(b)', '![', '[a]', '[^1]', 'https://a.example/', 'www.a.example/', '<https://a.example>', raw`\ `.trim(), '&amp;', '\0', '\u200b', '\ufeff', '\u2028', '🎉'],
  ...['On Mon, Ada', 'wrote:', '-----Original Message-----', 'a', 'word ', '.'],
];
const markdown = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) }), { maxLength: 30 }).map((parts) => parts.join(''));
/** Every vector is a text somebody thought of. */
const vectors = (JSON.parse(readFileSync(new URL('../../vectors/commands.json', import.meta.url), 'utf8')) as { input: string }[]).map(({ input }) => input);
const comment = fc.oneof(markdown, fc.constantFrom(...vectors), fc.tuple(fc.constantFrom(...vectors), fc.constantFrom('\n', '\n\n', ' '), fc.constantFrom(...vectors)).map((parts) => parts.join('')));

/** The lines of a text, as Markdown counts them. */
const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

describe('whatever the comment', () => {
  test('it is read without an exception, and each finding stands where it says', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(comment, (text) => {
        let last = 0;
        for (const [index, { ordinal, start, end }] of parseCommands(text, denoms).entries()) {
          expect(ordinal).toBe(index);
          expect(start).toBeGreaterThanOrEqual(last);
          expect(text.slice(start, end)).toMatch(/^(?:\$[^$\r\n]+\$|\/[^\r\n]*\P{White_Space})$/u);
          last = end;
        }
      }),
      { numRuns: 1_500 },
    );
  });
  test('any text of any characters is read without an exception', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => Array.isArray(parseCommands(`$usdc:5$${text}`, denoms))));
  });
  test('quoting it yields nothing', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(comment, (text) => {
        expect(parseCommands(linesOf(text).map((line) => `> ${line}`).join('\n'), denoms)).toEqual([]);
      }),
      { numRuns: 800 },
    );
  });
  test('fencing it yields nothing', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(comment, (text) => {
        const longest = Math.max(2, ...Array.from(text.matchAll(/~+/g), ([run]) => run.length));
        const fence = '~'.repeat(longest + 1);
        expect(parseCommands(`${fence}\n${text}\n${fence}\n`, denoms)).toEqual([]);
      }),
      { numRuns: 800 },
    );
  });
  test('appending text without definitions after a blank line changes nothing that was found before', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(comment, comment.filter((text) => !text.includes(']:')), (text, more) => {
        const before = parseCommands(text, denoms);
        expect(parseCommands(`${text}\n\n${more}`, denoms).slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 1_500 },
    );
  });
  test('the scan that skips texts never skips one with a finding', () => {
    fc.assert(fc.property(comment, (text) => mayHaveCommands(text, denoms) || parseCommands(text, denoms).length === 0));
  });
});

test('reading the canonical text that was printed gives the same amount and text', () => {
  fc.assert(
    fc.property(fc.constantFrom('sol', 'usdc'), fc.bigInt({ min: 1n, max: MAX_AMOUNT }), (denom, amount) => {
      const text = formatAmount(amount, denoms.get(denom) ?? 0);
      for (const written of [`$${denom}:${text}$`, `/bounty ${text} ${denom}`, `/bounty ${denom} ${text}`]) {
        expect(parseCommands(written, denoms)).toEqual([{ kind: 'offer', ordinal: 0, start: 0, end: written.length, denom, amount: amount.toString(), text }]);
      }
    }),
  );
});

test('equal shares add up to everything for every number of people', () => {
  for (let people = 1; people <= 8; people++) {
    const [finding] = parseCommands(`/award ${Array.from({ length: people }, (_, index) => `@user${String(index)}`).join(' ')}`, denoms);
    const shares = finding?.kind === 'award' && 'shares' in finding ? finding.shares : [];
    expect(shares.reduce((sum, { bps }) => sum + bps, 0)).toBe(10_000);
    expect(shares).toHaveLength(people);
  }
});

test('stated shares that stand add up to everything, and those that don’t are refused', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 8 }), (bps) => {
      const line = `/award ${bps.map((share, index) => `@user${String(index)} ${formatAmount(BigInt(share), 2)}%`).join(', ')}`;
      const whole = bps.reduce((sum, share) => sum + share, 0) === 10_000;
      expect(parseCommands(line, denoms)[0]).toMatchObject(whole ? { kind: 'award' } : { kind: 'rejected', reason: 'shares' });
    }),
  );
});

test('a comment without a candidate is skipped, however much Markdown it holds', () => {
  expect(mayHaveCommands('> # **[a](b)** costs $5, $PATH:$HOME, $E:mc^2$, see /usr/bin and https://a.example/bounties', denoms)).toBe(false);
});
