import { expect, test } from 'vitest';
import { historyOf } from '../generate/history-of.ts';
import { expected } from '../model/expected.ts';
import { judge } from './judge.ts';
import { actedOut } from './testing/acted-out.ts';
import { rightFinal } from './testing/right-final.ts';

test('what is right is accepted, whatever the history', () => {
  for (let seed = 0; seed < 400; seed++) {
    const history = historyOf(seed, { repositories: 4 });
    const acts = actedOut(history);
    expect({ seed, says: judge(history, acts, rightFinal(history, acts, expected(history, acts))) }).toEqual({ seed, says: [] });
  }
});
