import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stack/root.ts';
import type { Measure } from './benchmark.ts';

type Version = 'v3' | 'v0';
type Costs = Readonly<Record<'bytes' | 'createOperator' | 'fundSol' | 'perLowerBump' | 'fundSolWhereLamportsLie' | 'refund' | 'close', number>>;

const names: Readonly<Record<keyof Costs, string>> = {
  bytes: 'program', createOperator: 'create operator', fundSol: 'fund SOL, best bump', perLowerBump: 'each bump lower', fundSolWhereLamportsLie: 'fund SOL where lamports lie already', refund: 'refund', close: 'close',
};

/** Exact on every machine: read from the table that the escrow's own test compares with what it measures. */
export const measure: Measure = () => {
  const table = JSON.parse(readFileSync(join(root, 'packages/escrow/compute-units.json'), 'utf8')) as Readonly<Record<Version, Costs>>;
  return Promise.resolve({
    aim: 'fund at most 2,200 CU for SOL, refund 700, program 32 kB; award 900 and payout 1,000 are not there yet',
    baseline: 'the same program built for the older bytecode (SBPF v0)',
    conditions: 'Compute units and bytes, read from `packages/escrow/compute-units.json`, which a test compares with the built program.',
    figures: (Object.keys(names) as (keyof Costs)[]).map((key) => ({ name: names[key], unit: key === 'bytes' ? 'bytes' : 'CU', ours: table.v3[key], baseline: table.v0[key], ratio: table.v3[key] / table.v0[key], n: 1 })),
  });
};
