import { expect, test } from 'vitest';
import { ownPath } from './own-path.ts';

const ours = 'https://bounties.example';

test.each(['/link', '/identity/id/5?from=link#top'])('%s is ours', (path) => {
  expect(ownPath(path, ours, '/else')).toBe(path);
});

test.each(['', 'link', '//evil.example', '/\\evil.example', '\\\\evil.example', 'https://evil.example/', 'https://bounties.example/link', 'javascript:alert(1)', '/\t/evil.example', '/\n/evil.example', '/.//evil.example', '/link/..//evil.example', '/%2e//evil.example'])(
  '%j leads elsewhere, or is no path',
  (path) => expect(ownPath(path, ours, '/else')).toBe('/else'),
);
