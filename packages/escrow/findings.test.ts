import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const at = (path: string) => new URL(path, import.meta.url);

/** `[veto war, Accretion H2, H3; OpenQ H-8] …` are three findings. */
function findingsIn(title: string): string[] {
  const found: string[] = [];
  let review = '';
  for (const tag of title.split(/[,;] /)) {
    const [, named, finding] = /^(?:(Accretion|OpenQ) )?([A-Z]-?\d*|\d{3})$/.exec(tag) ?? [];
    review = named ?? review;
    if (finding !== undefined) found.push(`${review} ${finding}`);
  }
  return found;
}

test('README.md names for each finding of other reviews the files whose tests keep it out, and no others', () => {
  const table = new Set<string>();
  for (const [, finding, files] of readFileSync(at('./README.md'), 'utf8').matchAll(/^\| ((?:Accretion|OpenQ) [^ :|]+)[^:|]*: .* \| ([^|]+) \|$/gm)) {
    for (const [, file] of (files ?? '').matchAll(/`([^`]+)`/g)) table.add(`${finding}: ${file}`);
  }
  const tests = new Set<string>();
  for (const file of readdirSync(at('./src')).filter((name) => name.endsWith('.test.ts'))) {
    for (const [, tags] of readFileSync(at(`./src/${file}`), 'utf8').matchAll(/'\[([^\]]+)\] /g)) {
      for (const finding of findingsIn(tags ?? '')) tests.add(`${finding}: ${file}`);
    }
  }
  expect(tests.size).toBeGreaterThan(20);
  expect([...table].sort()).toEqual([...tests].sort());
});
