import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the core takes nothing that a browser lacks: no Node modules, no Buffer, no web3.js', () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(10);
  for (const name of files) {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const imports = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from);
    for (const from of imports) expect(from).toMatch(/^(\.\/[\w-]+\.ts|@noble\/(curves|hashes)\/[\w-]+\.js|@doubloon\/errors)$/);
    expect(source).not.toMatch(/\bBuffer\.|\bprocess\./);
  }
});
