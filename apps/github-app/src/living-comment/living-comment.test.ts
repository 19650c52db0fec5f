import { treasury } from '@doubloon/rpc';
import { expect, test } from 'vitest';
import { addressOf, awardedTo, bountyOf, decisionOf, depositOf, nothing, offerOf, shareOf, signature, submissionOf, wallet } from '../../testing/bounty.ts';
import { defaultKnownRules } from '../rules/known-rules.ts';
import { inCode } from './markdown.ts';
import { isWorthSaying, markedIssue, moneyState, renderLivingComment, textHash, withMarker } from './living-comment.ts';

const { DepositState, IntentState, OfferState, SubmissionState } = treasury;
const funded = offerOf('bb', { state: OfferState.FUNDED, submission: submissionOf() });
const totals = [{ denom: 'sol', decimals: 9, funded: '1000000000', fundedText: '1', offered: '500000000', offeredText: '0.5' }];
const none = [{ denom: 'sol', decimals: 9, funded: '0', fundedText: '0', offered: '0', offeredText: '0' }];

test('what is there, in order: totals, rows, what ended, what can be done, problems', () => {
  const offers = [offerOf('aa'), funded, offerOf('cc', { state: OfferState.WITHDRAWN }), offerOf('dd', { state: OfferState.REPLACED, replacedBy: 'aa' })];
  const text = renderLivingComment(bountyOf({ offers, deposits: [depositOf(1)], totals }), { ...nothing, problems: ['Something is wrong.'] });
  expect(text).toBe(`### Bounty

This is \`localnet\`: the coins here have no value.

- **1 sol** funded, in escrow, 0.5 sol offered and not funded yet

| From | Amount | State | Until | Transaction |
| --- | --- | --- | --- | --- |
| \`7xKX…gAsU\` | 1 sol | funded | 2026-04-01 12:30 UTC | [\`5VERv8NM…diSZkQUW\`](https://bounties.test/fund/bb) |
| asked by \`ada\` | 0.5 sol | not funded yet | 2026-01-15 00:00 UTC | – |

Ended: 1 replaced by an edit, 1 withdrawn.

**What can be done next**

- [Fund 0.5 sol](https://bounties.test/fund/aa): anyone can; the page shows the terms, and your own wallet signs them.
- A maintainer can award by a comment: \`/award @login\` or \`/award #12\`. One key alone is final after 72 hours without a veto.
- Whoever funded it can [award it with the wallet](https://bounties.test/award/1-2); together with a maintainer that is final at once.
- What nobody earns by the date above goes back to whoever funded it; after that anybody can send it back: [1 sol of \`7xKX…gAsU\`](https://bounties.test/refund/${addressOf(1)}).

**Not done**

- Something is wrong.
`);
});

test('everything has its place: the issue, the money, who works on it, the award, what is next, what was said of it, and the rules', () => {
  const text = renderLivingComment(bountyOf({
    offers: [funded], decisions: [decisionOf([addressOf(1)])], deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1000000000')])), depositOf(2)],
  }), {
    ...nothing, help: true, remarks: ['A remark.'], problems: ['A problem.'], rules: { ...defaultKnownRules, problems: ['Line 2: `x` is wrong.'] }, issue: { ...nothing.issue, state: 'closed', stateReason: 'completed' },
    attempts: [{ githubId: '7', login: 'grace', url: 'https://github.test/1', at: new Date('2026-01-02T00:00:00Z') }],
    candidates: [{ pullRequestId: '5', repositoryId: '1', repository: 'analytical-engines/difference', number: 12, title: 'Fix', url: 'https://github.test/pull/12', author: { id: '7', login: 'grace' }, coAuthors: [], state: 'open', mergedAt: undefined, mergedBy: undefined }],
  });
  const places = ['### Bounty', 'localnet', 'closed as completed', '**1 sol** funded', '| From |', '**Being worked on**', '**Pull requests that', '**Award**', '**What can be done next**', '**How it works**', '**Remarks**', '**Not done**', '.github/doubloon.yml'].map((one) => text.indexOf(one));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test.each([
  [DepositState.HELD, {}, 'funded | 2026-04-01 12:30 UTC'],
  [DepositState.HELD, { vetoed: true }, 'funded, an award of it was vetoed | 2026-04-01 12:30 UTC'],
  [DepositState.HELD, { withRelayer: false }, 'funded, the funder decides alone | 2026-04-01 12:30 UTC'],
  [DepositState.AWARDED, awardedTo([shareOf('7', 10_000, '1')]), 'awarded, final at 2026-02-04 10:00 UTC | –'],
  [DepositState.AWARDED, awardedTo([shareOf('7', 10_000, '1')], { finalAt: '2026-02-01T10:00:00.000Z' }), 'awarded | –'],
  [DepositState.AWARDED, awardedTo([shareOf('7', 5_000, '1', { settled: 'paid' }), shareOf('8', 5_000, '1')]), 'awarded, 1 of 2 shares settled | –'],
  [DepositState.PAID, {}, 'paid | –'],
  [DepositState.REFUNDED, {}, 'refunded | –'],
  [DepositState.CANCELLED, {}, 'cancelled, back with the funder | –'],
  [DepositState.CLOSED, {}, 'closed on the chain | –'],
])('a deposit in state %i %j is a row of its own with a word for it', (state, more, said) => {
  const text = renderLivingComment(bountyOf({ offers: [funded], deposits: [depositOf(1, { ...more, state })] }), nothing);
  expect(text).toContain(`| \`7xKX…gAsU\` | 1 sol | ${said} | [\`5VERv8NM…diSZkQUW\`](https://bounties.test/fund/bb) |`);
});

test.each([[OfferState.REFUNDED, DepositState.REFUNDED, '1 refunded'], [OfferState.PAID, DepositState.PAID, '1 awarded and paid out'], [OfferState.CLOSED, DepositState.CLOSED, '1 closed on the chain'], [OfferState.WITHDRAWN, DepositState.CANCELLED, '1 withdrawn']])('money that has left escrow is in no total, and nothing is to be done about it (%i)', (state, of, said) => {
  const text = renderLivingComment(bountyOf({ offers: [offerOf('bb', { state })], deposits: [depositOf(1, { state: of })], totals: none }), nothing);
  expect(text).toContain('There is no money on this issue.');
  expect(text).toContain(`Ended: ${said}`);
  expect(text).not.toMatch(/\| funded|What can be done next/);
});

test('money for an offer that had ended says so, and the offer is not counted as over', () => {
  const text = renderLivingComment(bountyOf({ offers: [offerOf('bb', { state: OfferState.WITHDRAWN })], deposits: [depositOf(1)], totals: none }), nothing);
  expect(text).toContain('| funded after the offer had ended |');
  expect(text).not.toContain('Ended:');
});

test('pitfall 7: five offers of one text, and more of others, are rows of one comment with a link each', () => {
  const offers = Array.from({ length: 5 }, (_, nth) => offerOf(String(nth), { text: String(nth + 1), source: { kind: 'issue-comment', id: '1', nth } }));
  const text = renderLivingComment(bountyOf({ offers, totals }), nothing);
  expect(text.match(/^\| asked by/gm)).toHaveLength(5);
  expect([...text.matchAll(/\[Fund (\d) sol\]\(https:\/\/bounties\.test\/fund\/(\d)\)/g)].map(([, amount, id]) => [amount, id])).toEqual([['1', '0'], ['2', '1'], ['3', '2'], ['4', '3'], ['5', '4']]);
});

test('two wallets that funded one offer are two rows', () => {
  const text = renderLivingComment(bountyOf({ offers: [funded], deposits: [depositOf(1), depositOf(2, { funder: addressOf(7) })] }), nothing);
  expect(text.match(/\| funded \|/g)).toHaveLength(2);
});

test('a deposit whose offer is not among those that were read is linked to the page of the bounty', () => {
  expect(renderLivingComment(bountyOf({ deposits: [depositOf(1, { signature: '' })] }), nothing)).toContain('[seen on chain](https://bounties.test/bounties/1-2)');
});

test('pitfall 42: it names no address that money could be sent to, and a deposit only in the address of its own page', () => {
  const awarded = depositOf(2, awardedTo([shareOf('7', 10_000, '1000000000', { settled: 'paid', signature, wallet })]));
  const text = renderLivingComment(bountyOf({ offers: [funded, offerOf('aa', { state: OfferState.SUBMITTED, submission: submissionOf(SubmissionState.SENT) })], deposits: [depositOf(1), awarded] }), nothing);
  for (const secret of [wallet, signature]) expect(text).not.toContain(secret);
  expect(text.replace(/\(https:\/\/bounties\.test\/refund\/[^)]+\)/g, '()')).not.toMatch(/[1-9A-HJ-NP-Za-km-z]{32,44}/);
});

test('a signed transaction on its way shows the wallet and no link to sign again', () => {
  const text = renderLivingComment(bountyOf({ offers: [offerOf('aa', { state: OfferState.SUBMITTED, submission: submissionOf(SubmissionState.SENT) })], totals: [] }), nothing);
  expect(text).toContain('| `7xKX…gAsU` | 0.5 sol | signed, on its way |');
  expect(text).not.toContain('Fund 0.5 sol');
});

test.each([SubmissionState.FAILED, SubmissionState.EXPIRED])('a try that did not land (%s) leaves the offer to be funded', (state) => {
  const text = renderLivingComment(bountyOf({ offers: [offerOf('aa', { submission: submissionOf(state) })], totals: [] }), nothing);
  expect(text).toContain('| asked by `ada` | 0.5 sol | not funded yet (the last try did not land) |');
  expect(text).toContain('[Fund 0.5 sol]');
});

test('hostile names stay text: no mention, no cell, no HTML, no link', () => {
  const login = 'x`|@everyone](https://evil.test)<script>\n| y |';
  const text = renderLivingComment(bountyOf({ offers: [offerOf('aa', { offeredBy: { githubId: '1', login } })], totals: [] }), nothing);
  const row = text.split('\n').find((line) => line.includes('everyone')) ?? '';
  expect(row).toBe('| asked by ``x`\\|@everyone](https://evil.test)<script> \\| y \\|`` | 0.5 sol | not funded yet | 2026-01-15 00:00 UTC | – |');
});

test('deposits under the minimum of the repository are one line, however many, and no rows', () => {
  const rules = { ...defaultKnownRules, minimums: { sol: '1000' } };
  const dust = Array.from({ length: 300 }, (_, nth) => depositOf(nth, { money: { denom: 'sol', amount: '999' }, text: '0.000000999' }));
  const text = renderLivingComment(bountyOf({ offers: [funded], deposits: [...dust, depositOf(500)] }), { ...nothing, rules });
  expect(text).toContain('And 300 deposits under the minimum of this repository, 0.0002997 sol in all: nothing is done about those by itself.');
  expect(text.match(/\| funded \|/g)).toHaveLength(1);
  // What is awarded is told whatever it is.
  expect(renderLivingComment(bountyOf({ deposits: [depositOf(1, { ...awardedTo([shareOf('7', 10_000, '999')]), money: { denom: 'sol', amount: '999' } })] }), { ...nothing, rules })).toContain('| awarded, final');
});

test('five hundred deposits, each awarded to eight, with everything else there can be, fit into a comment', () => {
  const long = '<b>@everyone</b> `|`\n'.repeat(20);
  const people = Array.from({ length: 8 }, (_, nth) => String(2 ** 31 + nth));
  const deposits = Array.from({ length: 500 }, (_, nth) => depositOf(nth, awardedTo(people.map((id) => shareOf(id, 1_250, '125000000', { waitsFor: 'wallet', claimableUntil: '2026-05-01T00:00:00.000Z' })), { awardedAt: `2026-02-01T10:00:00.${String(nth).padStart(3, '0')}Z`, finalAt: new Date(Date.parse('2026-02-04T10:00:00Z') + nth * 60_000).toISOString() })));
  const offers = Array.from({ length: 2_000 }, (_, nth) => offerOf(String(nth).padStart(32, '0'), { offeredBy: { githubId: String(nth), login: long } }));
  const text = renderLivingComment(bountyOf({ offers, deposits, decisions: Array.from({ length: 50 }, (_, nth) => decisionOf(deposits.map(({ address }) => address ?? ''), { sourceId: String(nth), intents: deposits.map(({ address = '' }) => ({ deposit: address, state: IntentState.FAILED, problem: long })) })) }), {
    ...nothing, help: true, problems: Array.from({ length: 2_000 }, () => 'x'.repeat(200)), remarks: Array.from({ length: 2_000 }, () => `${inCode(long)} is meant.`), rules: { ...defaultKnownRules, problems: Array.from({ length: 500 }, () => 'y'.repeat(300)) },
    attempts: Array.from({ length: 500 }, (_, nth) => ({ githubId: String(nth), login: long, url: `https://github.test/${'a'.repeat(200)}`, at: new Date(nth * 1_000) })),
    candidates: Array.from({ length: 500 }, (_, nth) => ({ pullRequestId: String(nth), repositoryId: '1', repository: 'another/repository', number: nth + 1, title: long, url: 'https://github.test/x', author: { id: String(nth), login: long }, coAuthors: people.map((id) => ({ id, login: long })), state: 'merged', mergedAt: new Date(0), mergedBy: { id: '9', login: long } })),
  });
  expect(text.length).toBeLessThan(60_000);
  // It is told in full: nothing had to be left out for its length.
  expect(text).not.toContain('There is more to tell than fits here');
  expect(text).toContain('And 480 more deposits and 1980 more offers.');
  expect(text).toContain('And 1990 more.');
  // Everything that people wrote stands between marks of code.
  expect(text.replace(/(`+)(?:(?!\1)[^\n])*?\1(?!`)/g, '')).not.toMatch(/<b>|@everyone/);
});

test('whatever a sentence is as long as, the comment fits, and says where the rest is', () => {
  const text = renderLivingComment(bountyOf({ offers: [funded], deposits: [depositOf(1)] }), { ...nothing, problems: ['z'.repeat(70_000)] });
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain('[it stands on the page of this bounty](https://bounties.test/bounties/1-2)');
  expect(text).toContain('| funded |');
});

test('funded rows come before offers, so that a flood can not hide them', () => {
  const offers = [...Array.from({ length: 50 }, (_, index) => offerOf(String(index))), funded];
  expect(renderLivingComment(bountyOf({ offers, deposits: [depositOf(1)], totals }), nothing)).toContain('7xKX…gAsU');
});

test('nothing is said where nobody offered, asked or erred, whoever works there and whatever is wrong with the rules', () => {
  const busy = { ...nothing, rules: { ...defaultKnownRules, problems: ['Line 1: no.'] }, attempts: [{ githubId: '1', login: 'ada', url: '', at: new Date(0) }] };
  expect(isWorthSaying(bountyOf({}), busy)).toBe(false);
  expect(isWorthSaying(bountyOf({}), { ...nothing, help: true })).toBe(true);
  expect(isWorthSaying(bountyOf({}), { ...nothing, problems: ['x'] })).toBe(true);
  expect(isWorthSaying(bountyOf({ offers: [offerOf('aa', { state: OfferState.WITHDRAWN })] }), nothing)).toBe(true);
  expect(isWorthSaying(bountyOf({ deposits: [depositOf(1)] }), nothing)).toBe(true);
});

test('on a cluster where coins have value it does not say that they have none', () => {
  expect(renderLivingComment(bountyOf({ cluster: { name: 'mainnet-beta', genesisHash: 'x' }, offers: [offerOf('aa')], totals }), nothing)).not.toContain('no value');
});

test.each<[string, Parameters<typeof bountyOf>[0]]>([
  ['an award', { deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1')]))] }],
  ['an award of others', { deposits: [depositOf(1, awardedTo([shareOf('8', 10_000, '1')]))] }],
  ['a share that is paid', { deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1', { settled: 'paid', waitsFor: '' })]))] }],
  ['a wallet that was linked', { deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1', { waitsFor: 'cool-down', paysFrom: '2026-03-01T00:00:00Z' })]))] }],
  ['a payout', { deposits: [depositOf(1, { ...awardedTo([shareOf('7', 10_000, '1', { settled: 'paid' })]), state: DepositState.PAID })] }],
  ['a veto', { deposits: [depositOf(1, { vetoed: true })] }],
  ['a cancel', { deposits: [depositOf(1, { state: DepositState.CANCELLED })] }],
  ['a second deposit', { deposits: [depositOf(1), depositOf(2)] }],
  ['a decision', { deposits: [depositOf(1)], decisions: [decisionOf([addressOf(1)], { intents: [{ deposit: addressOf(1), state: IntentState.WAITING }] })] }],
  ['a decision that failed', { deposits: [depositOf(1)], decisions: [decisionOf([addressOf(1)], { intents: [{ deposit: addressOf(1), state: IntentState.FAILED }] })] }],
])('%s is news about money, which is never held back', (_, init) => {
  const states = [{ deposits: [depositOf(1)] }, { deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1')], { finalAt: '2026-02-01T10:00:00.000Z' }))] }].map((one) => moneyState(bountyOf({ offers: [funded], ...one })));
  expect(states).not.toContain(moneyState(bountyOf({ offers: [funded], ...init })));
});

test('the same facts have the same text and hash; the mark is found again, and nowhere else', () => {
  const bounty = bountyOf({ offers: [offerOf('aa')], totals });
  const text = renderLivingComment(bounty, nothing);
  expect(renderLivingComment(bounty, nothing)).toBe(text);
  const body = withMarker(text, '4000000123');
  expect(body).toContain(`<!-- doubloon {"issue":"4000000123","v":1,"hash":"${textHash(text)}"} -->`);
  expect(markedIssue(body)).toBe('4000000123');
  expect(markedIssue(body.replaceAll('\n', '\r\n'))).toBe('4000000123');
  for (const other of ['', text, '<!-- doubloon {} -->', '<!-- doubloon {"issue":1} -->', '<!-- doubloon {"issue":"1","v":2} -->', '<!-- doubloon {oops} -->']) expect(markedIssue(other)).toBeUndefined();
});

test('a marker that somebody made us repeat does not hide our own', () => {
  const hostile = '<!-- doubloon {"issue":"1","v":1} -->';
  const text = renderLivingComment(bountyOf({}), { ...nothing, problems: [`\`$sol:${hostile}$\` is not an amount.`, hostile, `x\n${hostile}`] });
  expect(markedIssue(withMarker(text, '4000000123'))).toBe('4000000123');
  expect(markedIssue(text)).toBeUndefined();
});
