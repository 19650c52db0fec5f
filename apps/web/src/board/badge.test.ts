import { expect, test } from 'vitest';
import { malformed } from '../../testing/well-formed.ts';
import { badgeSvg, issueBadge, noBadge, repositoryBadge } from './badge.ts';
import type { BountyView } from './board-view.ts';

const sol = { text: '1.5', denom: 'SOL' };
const usdc = { text: '30', denom: 'USDC' };
const bounty = (more: Partial<BountyView>): BountyView => ({
  id: '1-2', standing: 'open', money: [sol], isFunded: true, offered: [], changedAt: '', deadline: '', funders: 1,
  issue: { repository: 'a/b', number: 1, title: '', url: '', isPullRequest: false, state: 'open', labels: [], language: '' }, ...more,
});

test.each([
  ['money in escrow', repositoryBadge({ inEscrow: [sol, usdc], offered: [sol] }), '1.5 SOL + 30 USDC', true],
  ['only offers', repositoryBadge({ inEscrow: [], offered: [sol] }), '1.5 SOL offered', false],
  ['nothing', repositoryBadge({ inEscrow: [], offered: [] }), 'none', false],
  ['many currencies', repositoryBadge({ inEscrow: ['A', 'B', 'C', 'D', 'E'].map((denom) => ({ text: '1', denom })), offered: [] }), '1 A + 1 B + 1 C + 2 more', true],
  ['an open bounty', issueBadge(bounty({})), '1.5 SOL', true],
  ['an offered one', issueBadge(bounty({ isFunded: false })), '1.5 SOL offered', false],
  ['an awarded one', issueBadge(bounty({ standing: 'awarded' })), '1.5 SOL awarded', false],
  ['a paid one', issueBadge(bounty({ standing: 'paid' })), '1.5 SOL paid', false],
  ['one that went back', issueBadge(bounty({ standing: 'ended', money: [] })), 'none', false],
  ['no bounty', issueBadge(undefined), 'none', false],
])('%s', (_name, badge, words, isMoney) => {
  expect(badge).toMatchObject({ words, isMoney });
});

test('says in words what it shows, and is well-formed whatever it is given', () => {
  for (const words of ['1.5 SOL', '<script>alert(1)</script>', '"&\u0000\ud800']) {
    const svg = badgeSvg({ ...noBadge('bounty'), words });
    expect(malformed(svg)).toBeUndefined();
    expect(svg).not.toContain('<script');
  }
  const svg = badgeSvg(issueBadge(bounty({})));
  expect(svg).toContain('role="img" aria-label="bounty: 1.5 SOL"');
  expect(svg).toContain('<title>bounty: 1.5 SOL</title>');
  expect(svg).not.toMatch(/href|url\(|style|script|@import/);
});

test('grows with its words', () => {
  const width = (words: string) => Number(/width="(\d+)"/.exec(badgeSvg(noBadge('bounty', words)))?.[1]);
  expect(width('1.5 SOL + 30 USDC')).toBeGreaterThan(width('none') + 60);
});
