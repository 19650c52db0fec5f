import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { measureCosts, programBytes, renderCosts } from '../testing/costs.ts';

test('COSTS.md says what the committed program costs', { timeout: 120_000 }, () => {
  expect(readFileSync(new URL('../COSTS.md', import.meta.url), 'utf8')).toBe(renderCosts());
});

test('both builds cost the same, and no more than they did', { timeout: 120_000 }, () => {
  const [v3, v0] = [measureCosts('doubloon_escrow.so'), measureCosts('doubloon_escrow_v0.so')].map((costs) => Object.fromEntries(costs.map(({ name, units }) => [name, units])));
  expect(v0).toEqual(v3);
  const units = (name: string) => v3?.[name] ?? Infinity;
  expect(units('fund_sol')).toBeLessThanOrEqual(2200);
  expect(units('award by one, one share')).toBeLessThanOrEqual(900);
  expect(units('payout of a whole deposit')).toBeLessThanOrEqual(1000);
  expect(units('refund')).toBeLessThanOrEqual(700);
  const bytes = Object.fromEntries(programBytes());
  expect(bytes['v3']).toBeLessThanOrEqual(32 * 1024);
  expect(bytes['v0']).toBeLessThanOrEqual(35_200);
});

test('nothing in the program can panic: neither build calls what a panic would', () => {
  const names = readFileSync(new URL('../doubloon_escrow_v0.so', import.meta.url), 'latin1');
  expect(names).toContain('sol_log_data');
  for (const call of ['sol_panic_', 'abort']) expect(names).not.toContain(call);
});
