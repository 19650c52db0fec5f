// Runs one benchmark in this process, which nothing else has warmed or filled, and prints its result as one line of JSON.
import type { Measure, Result } from './benchmark.ts';

const [benchmark = ''] = process.argv.slice(2);
const { measure } = (await import(`./${benchmark}.bench.ts`)) as { measure: Measure };
const result: Result = { benchmark, ...(await measure()) };
console.log(JSON.stringify(result, (_, value: unknown) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value)));
