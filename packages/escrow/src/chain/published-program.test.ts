import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { localProgram as program } from '../program.ts';
import { publishedBuilds } from './published-builds.ts';
import { requirePublished } from './published-program.ts';

const published = await publishedBuilds();
const judge = (cluster: string, sha256: string) => () => { requirePublished(cluster, program, { upgradeAuthority: undefined, sha256 }, published); };

test('the published builds are those whose hashes are committed', () => {
  const committed = ['doubloon_escrow', 'doubloon_escrow_v0'].map((name) => readFileSync(new URL(`../../${name}.so.sha256`, import.meta.url), 'utf8').split(' ', 1)[0]);
  expect(published).toEqual(committed);
});

test.each(['mainnet-beta', 'devnet', 'testnet'])('on %s only a published build holds money', (cluster) => {
  for (const sha256 of published) expect(judge(cluster, sha256)).not.toThrow();
  expect(judge(cluster, '0'.repeat(64))).toThrow(expect.objectContaining({ code: 'PROGRAM_REFUSED' }));
});

test('on a local chain a build under work may stand', () => {
  expect(judge('localnet', '0'.repeat(64))).not.toThrow();
});
