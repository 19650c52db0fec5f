import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { parseCommands } from './parse-commands.ts';

interface Vector {
  readonly name: string;
  readonly category: string;
  readonly input: string;
  readonly denoms: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly why: string;
}

const vectors = JSON.parse(readFileSync(new URL('../../vectors/commands.json', import.meta.url), 'utf8')) as Vector[];

test('there are hundreds, each with its own name and a reason', () => {
  expect(vectors.length).toBeGreaterThan(600);
  expect(new Set(vectors.map(({ category, name }) => `${category}: ${name}`)).size).toBe(vectors.length);
  for (const { why } of vectors) expect(why).toMatch(/^\S.*[.!]$/);
});

test('every kind and every reason has its vectors', () => {
  const seen = new Set(vectors.flatMap(({ findings }) => findings.map((finding) => ('command' in finding ? `award ${finding.reason}` : 'reason' in finding ? finding.reason : finding.kind))));
  expect([...seen].sort()).toEqual(
    ['offer', 'award', 'attempt', 'cancel', 'veto', 'status', 'help', 'malformed', 'separator', 'too-many-decimals', 'zero', 'too-large', 'too-many-offers', 'award shares', 'award duplicate', 'award too-many', 'award malformed'].sort(),
  );
});

describe.each([...new Set(vectors.map(({ category }) => category))])('%s', (category) => {
  test.each(vectors.filter((vector) => vector.category === category))('$name: $why', ({ input, denoms, findings }) => {
    // As text, since the order of keys is published too.
    expect(JSON.stringify(parseCommands(input, new Map(Object.entries(denoms))))).toBe(JSON.stringify(findings));
  });
});
