import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stack/root.ts';
import type { Measure } from './benchmark.ts';

/** What the aims are about, as `packages/escrow/COSTS.md` calls it. */
const named = ['fund_sol', 'one lower bump', 'award by one, one share', 'payout', 'payout of a whole deposit', 'refund', 'cancel', 'close', 'fund_token', 'payout of a token'];

const number = (text: string | undefined): number => Number((text ?? '').replaceAll(',', ''));

/** Exact on every machine: read from the table that the escrow's own test compares with what it measures. */
export const measure: Measure = () => {
  const costs = readFileSync(join(root, 'packages/escrow/COSTS.md'), 'utf8');
  const [, v3, v0] = /Program: ([\d,]+) bytes as SBPF v3, ([\d,]+) bytes as SBPF v0/.exec(costs) ?? [];
  const units = new Map(costs.split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|')).map(([, name = '', cost]) => [name.trim(), number(cost)]));
  return Promise.resolve({
    aim: 'fund at most 2,200 CU for SOL, award 900, payout 1,000, refund 700, program 32 kB',
    baseline: 'for the program its build for the older bytecode (SBPF v0); compute units have none here',
    conditions: 'Compute units and bytes, read from `packages/escrow/COSTS.md`, which a test compares with the built program.',
    figures: [
      { name: 'program', unit: 'bytes', ours: number(v3), baseline: number(v0), ratio: number(v3) / number(v0), n: 1 },
      ...named.map((name) => ({ name, unit: 'CU', ours: units.get(name) ?? Number.NaN, n: 1 })),
    ],
  });
};
