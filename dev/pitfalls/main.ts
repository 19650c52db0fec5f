// `just guards`: takes guards away in a copy of the tree, one at a time, to see that the tests would notice.
import { parseArgs } from 'node:util';
import { seeded, shuffled } from '../histories/seeded.ts';
import { pitfalls } from './pitfalls.ts';
import { copyTree } from './tree-copy.ts';
import { tryWithout } from './try-without.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '5' }, seed: { type: 'string' }, only: { type: 'string', multiple: true, default: [] }, all: { type: 'boolean', default: false } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const drawn = shuffled(pitfalls.filter(({ isSlow }) => isSlow !== true), seeded(seed)).slice(0, Number(values.count));
const chosen = values.all ? pitfalls : values.only.length > 0 ? pitfalls.filter(({ number }) => values.only.includes(String(number))) : drawn;

console.log(`seed ${String(seed)}: without the guards of ${chosen.map(({ number }) => number).join(', ')}, one at a time`);
using copy = copyTree();
let hasFailed = false;
for (const pitfall of chosen) {
  const began = performance.now();
  const problem = await tryWithout(copy, pitfall);
  if (problem !== undefined) hasFailed = true;
  console.log(`${problem === undefined ? 'noticed    ' : 'NOT NOTICED'} ${String(pitfall.number).padStart(2)} ${pitfall.guard.file} (${((performance.now() - began) / 1000).toFixed(1)} s)${problem === undefined ? '' : `\n${problem}`}`);
}
console.log(hasFailed ? 'A guard can be lost without a test that notices.' : 'Each loss was noticed.');
process.exitCode = hasFailed ? 1 : 0;
