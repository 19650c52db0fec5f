import { expect, test } from 'vitest';
import { seeded } from '../seeded.ts';
import type { Operation } from '../operation.ts';
import { historyOf } from './history-of.ts';
import { references, without } from './without.ts';

/** An operation with what it refers to in the place of where that stands. */
const spelledOut = (operations: readonly Operation[], operation: Operation): unknown => ({ ...operation, ...('of' in operation ? { of: 0 } : {}), ...('to' in operation && 'pull' in operation.to ? { to: 'pull' } : {}), refers: references(operation).map((of) => spelledOut(operations, operations[of] as Operation)) });

test('what is left refers to what it referred to before, and nothing to what is gone', () => {
  const random = seeded(1);
  for (let seed = 0; seed < 200; seed++) {
    const history = historyOf(seed, { repositories: 4 });
    const gone = [...history.operations.keys()].filter(() => random() < 0.2);
    const left = without(history, gone);
    const before = history.operations.map((one) => spelledOut(history.operations, one));
    const after = left.operations.map((one) => spelledOut(left.operations, one));
    let from = 0;
    for (const one of after) {
      const at = before.findIndex((other, place) => place >= from && JSON.stringify(other, text) === JSON.stringify(one, text));
      expect(at).toBeGreaterThanOrEqual(from);
      from = at + 1;
    }
    expect(left.operations.length).toBeLessThanOrEqual(history.operations.length - gone.length);
  }
});

const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

test('who goes takes along what refers to them, whatever refers to that', () => {
  const history = {
    seed: 1, repository: 0,
    operations: [
      { kind: 'say', by: 'worker', wishes: [], as: 'words', round: 0 }, { kind: 'say', by: 'funder', wishes: [{ denom: 'sol', amount: 1n }], as: 'prose', round: 0 },
      { kind: 'edit', of: 1, wishes: [{ denom: 'sol', amount: 2n }], round: 0 }, { kind: 'fund', by: 'funder', of: 2, wish: 0, way: 'call', twice: false, round: 0 },
      { kind: 'pull', by: 'worker', round: 1 }, { kind: 'sign-award', of: 3, to: [{ to: 'worker', bps: 10_000 }], round: 1 }, { kind: 'award', by: 'maintainer', to: { pull: 4 }, round: 2 },
    ] satisfies Operation[],
  };
  expect(without(history, [2]).operations.map(({ kind }) => kind)).toEqual(['say', 'say', 'pull', 'award']);
  expect(without(history, [2]).operations.at(-1)).toEqual({ kind: 'award', by: 'maintainer', to: { pull: 2 }, round: 2 });
  expect(without(history, [0]).operations.slice(1, 3)).toMatchObject([{ kind: 'edit', of: 0 }, { kind: 'fund', of: 1 }]);
  expect(without(history, [])).toEqual(history);
});
