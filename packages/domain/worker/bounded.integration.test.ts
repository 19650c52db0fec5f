import { expect, onTestFinished, test } from 'vitest';
import { createBoundedParser, type BoundedParser, type GivenUp } from './bounded.ts';
import { worstInputs } from '../testing/worst-inputs.ts';

const denoms = new Map([['usdc', 6]]);
const offer = '$usdc:5$';
const found = [{ kind: 'offer', ordinal: 0, start: 0, end: 8, denom: 'usdc', amount: '5000000', text: '5' }];

function bounded(options: { limitMs?: number; maxWaiting?: number } = {}): { parser: BoundedParser; givenUp: GivenUp[] } {
  const givenUp: GivenUp[] = [];
  const parser = createBoundedParser({ ...options, onTimeout: (comment) => givenUp.push(comment) });
  onTestFinished(() => parser[Symbol.asyncDispose]());
  return { parser, givenUp };
}

/** Takes seconds: micromark merges the text between such brackets one by one. */
const endless = offer + ' ' + '[a]'.repeat(21_000);

test('an ordinary comment is read as by the pure parser', async () => {
  const { parser, givenUp } = bounded();
  expect(await parser.parse(offer, denoms)).toEqual(found);
  expect(givenUp).toEqual([]);
});

test('a comment over the limit has no findings and is reported once, and the next one is read', async () => {
  const { parser, givenUp } = bounded({ limitMs: 100 });
  const [hostile, ordinary] = await Promise.all([parser.parse(endless, denoms), parser.parse(offer, denoms)]);
  expect(hostile).toEqual([]);
  expect(ordinary).toEqual(found);
  expect(givenUp).toEqual([{ reason: 'time', length: endless.length, limitMs: 100 }]);
});

test('every comment in a row is ended at its own limit', async () => {
  const { parser, givenUp } = bounded({ limitMs: 50 });
  await Promise.all([parser.parse(endless, denoms), parser.parse(endless, denoms), parser.parse(endless, denoms)]);
  expect(givenUp).toHaveLength(3);
});

test('the waiting line is bounded', async () => {
  const { parser } = bounded({ limitMs: 50, maxWaiting: 1 });
  const taken = parser.parse(endless, denoms);
  // The first was taken from the line at once; the second waits; there is no room for a third.
  const waits = parser.parse(offer, denoms);
  await expect(parser.parse(offer, denoms)).rejects.toMatchObject({ code: 'PARSER_BUSY', facts: { waiting: 1 } });
  expect([await taken, await waits]).toEqual([[], found]);
});

test('a comment without a candidate never waits for others', async () => {
  const { parser } = bounded({ limitMs: 2_000, maxWaiting: 0 });
  expect(await parser.parse('a $5 note, $PATH:$HOME and $E:mc^2$', denoms)).toEqual([]);
});

test('a closed parser takes nothing more', async () => {
  const { parser } = bounded();
  await parser[Symbol.asyncDispose]();
  await expect(parser.parse(offer, denoms)).rejects.toMatchObject({ code: 'PARSER_BUSY' });
});

test('closing in the middle of a comment ends its thread', async () => {
  const { parser } = bounded({ limitMs: 100 });
  const reading = parser.parse(endless, denoms);
  await parser[Symbol.asyncDispose]();
  expect(await reading).toEqual([]);
});

test('the limit holds for the worst inputs anyone here could find, one after the other', { timeout: 120_000 }, async () => {
  const { parser, givenUp } = bounded({ limitMs: 250 });
  for (const { name, text } of worstInputs) {
    const before = givenUp.length;
    const started = performance.now();
    const findings = await parser.parse(text.slice(0, 65_536), denoms);
    // On a machine that gives the thread no processor the clock ends it, at twenty times the limit; then a thread starts anew.
    expect(performance.now() - started, name).toBeLessThan(20 * 250 + 5_000);
    if (givenUp.length > before) expect(findings, name).toEqual([]);
  }
  expect(await parser.parse(offer, denoms)).toEqual(found);
});

// Each took micromark five seconds to minutes before the parser learnt to leave it out.
test('what the parser keeps near linear is read to its end', { timeout: 120_000 }, async () => {
  const { parser, givenUp } = bounded({ limitMs: 3_000 });
  const tamed = ['closing brackets', 'emphasis of two kinds', 'emphasis that closes late', 'comments left open', 'declarations left open', 'a URL that ends in exclamation marks', 'quotes in quotes'];
  const texts = worstInputs.filter(({ name }) => tamed.includes(name));
  expect(texts).toHaveLength(tamed.length);
  for (const { name, text } of texts) expect(await parser.parse(text, denoms), name).toMatchObject(found);
  expect(givenUp).toEqual([]);
});
