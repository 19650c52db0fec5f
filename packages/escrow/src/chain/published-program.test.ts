import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addressOf, type Address } from '../address.ts';
import { localProgram as program } from '../program.ts';
import { publishedBuilds } from './published-builds.ts';
import { requirePublished } from './published-program.ts';

const published = await publishedBuilds();
const judge = (cluster: string, sha256: string, upgradeAuthority?: Address, announced?: Address) => () => { requirePublished(cluster, program, { upgradeAuthority, sha256 }, { builds: published, upgradeAuthority: announced }); };
const somebody = addressOf(new Uint8Array(32).fill(1));
const another = addressOf(new Uint8Array(32).fill(2));

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

test.each(['mainnet-beta', 'devnet', 'testnet'])('on %s only who was announced can replace the program, or nobody', (cluster) => {
  const [build = ''] = published;
  expect(judge(cluster, build, somebody, somebody)).not.toThrow();
  expect(judge(cluster, build, undefined, somebody)).not.toThrow();
  for (const announced of [undefined, another]) expect(judge(cluster, build, somebody, announced)).toThrow(expect.objectContaining({ code: 'PROGRAM_REFUSED', message: expect.stringContaining(`${somebody} can replace it`) as string }));
});

test('on a local chain whoever made it can replace it', () => {
  expect(judge('localnet', published[0] ?? '', somebody)).not.toThrow();
});
