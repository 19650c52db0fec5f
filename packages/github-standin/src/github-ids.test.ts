import { expect, test } from 'vitest';
import { createIds, nodeId, type IdSpace } from './github-ids.ts';

const spaces: readonly IdSpace[] = ['account', 'app', 'installation', 'repository', 'issue', 'pullRequest', 'comment', 'reaction', 'label', 'hook'];

test('ids rise with gaps, in spaces that do not meet', () => {
  const next = createIds();
  const seen = spaces.flatMap((space) => {
    const ids = Array.from({ length: 1000 }, () => next(space));
    expect(ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0))).toBe(true);
    return ids;
  });
  expect(new Set(seen).size).toBe(spaces.length * 1000);
  expect(seen.every(Number.isSafeInteger)).toBe(true);
});

test('issue and comment ids do not fit into 31 bits', () => {
  const next = createIds();
  for (const space of ['issue', 'comment', 'pullRequest'] as const) expect(next(space)).toBeGreaterThan(2 ** 31);
});

test('a node id has the form of GitHub\'s', () => {
  // GitHub's own: user 583231 (octocat) is MDQ6… in the old form and U_kgDOAAjmPw in the new one.
  expect(nodeId('U', 583_231)).toBe('U_kgDOAAjmPw');
});
