import { expect, test } from 'vitest';
import { readCorpus } from './corpus.ts';
import { hunt } from './hunt.ts';
import { judge } from './judge.ts';
import { Broken, type Target } from './target.ts';
import { targets } from './targets.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const tries = 120;

test.each(targets.map((target) => [target.name, target] as const))('%s: what is kept, and inputs like it, are read or refused', { timeout: 120_000 }, async (name, target) => {
  const { fault } = await hunt(target, { seed, isOver: (tried) => tried >= tries });
  expect(fault?.what, `just fuzz ${name} --seed ${String(seed)}; the input in base64: ${Buffer.from(fault?.bytes ?? []).toString('base64')}`).toBeUndefined();
});

test('a corpus stays small, and belongs to a target', () => {
  const kept = targets.flatMap((target) => readCorpus(target).map(({ bytes }) => bytes.length));
  expect(kept.reduce((sum, length) => sum + length, 0)).toBeLessThan(1_000_000);
  expect(new Set(targets.map(({ name }) => name)).size).toBe(targets.length);
});

const broken = (run: Target['run'], more: Partial<Target> = {}): Target => ({ name: 'broken', words: [], samples: () => ['x'], run, ...more });

test.each<[string, Target, RegExp]>([
  ['an error that nobody named', broken(() => { throw new TypeError('boom'); }), /^TypeError: boom/],
  ['a rejection that nobody named', broken(() => Promise.reject(new TypeError('boom'))), /^TypeError: boom/],
  ['a law that does not hold', broken(() => { throw new Broken('two of one'); }), /^Broken: two of one/],
  ['a prototype that was written on', broken(() => { Object.assign(Object.prototype, { polluted: true }); return 'fine'; }), /prototype/],
  ['work that takes too long', broken(() => { for (const end = performance.now() + 120; performance.now() < end;); return 'fine'; }, { mostMs: 20 }), /ms of the processor/],
])('%s is a fault', async (_, target, fault) => {
  expect(await judge(target, new Uint8Array())).toEqual({ fault: expect.stringMatching(fault) as unknown });
  expect('polluted' in {}).toBe(false);
});

test('what never ends is ended, and is a fault', async () => {
  expect(await judge(broken(() => { for (;;); }), new Uint8Array(), 100)).toEqual({ fault: expect.stringMatching(/timed out/) as unknown });
});
