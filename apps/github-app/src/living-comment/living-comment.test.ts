import { create, treasury, type MessageInitShape } from '@doubloon/rpc';
import { expect, test } from 'vitest';
import { isWorthSaying, markedIssue, renderLivingComment, textHash, withMarker } from './living-comment.ts';

const { GetBountyResponseSchema, OfferState, SubmissionState } = treasury;
const wallet = '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU';
const deposit = '9aE476sH92Vz7DMPyq5WLPkrKWivxeuTKEFKd2sZZcde';
const signature = '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW';
const nothing = { problems: [], help: false };

const bountyOf = (init: MessageInitShape<typeof GetBountyResponseSchema>) => create(GetBountyResponseSchema, { cluster: { name: 'localnet', genesisHash: 'x' }, ...init } as MessageInitShape<typeof GetBountyResponseSchema>);

const offer = (id: string, more: object = {}) => ({
  id, text: '0.5', decimals: 9, money: { denom: 'sol', amount: '500000000' }, state: OfferState.OFFERED, offeredAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-15T00:00:00Z',
  offeredBy: { githubId: '1', login: 'ada' }, fundUrl: `https://bounties.test/fund/${id}`, ...more,
});
const held = { address: deposit, funder: wallet, money: { denom: 'sol', amount: '1000000000' }, deadline: '2026-04-01T12:30:00Z', signature, slot: '9', text: '1' };
const funded = (id: string, more: object = {}) => offer(id, {
  state: OfferState.FUNDED,
  submission: { signature, wallet, state: SubmissionState.FINALIZED, submittedAt: '2026-01-01T00:00:00Z' },
  deposit: held,
  ...more,
});
const totals = [{ denom: 'sol', decimals: 9, funded: '1000000000', fundedText: '1', offered: '500000000', offeredText: '0.5' }];

test('what is there, in order: totals, rows, what ended, what can be done, problems', () => {
  const text = renderLivingComment(bountyOf({ offers: [offer('aa'), funded('bb'), offer('cc', { state: OfferState.WITHDRAWN }), offer('dd', { state: OfferState.REPLACED, replacedBy: 'aa' })], totals }), { problems: ['Something is wrong.'], help: false });
  expect(text).toBe(`### Bounty

This is \`localnet\`: the coins here have no value.

- **1 sol** funded, in escrow, 0.5 sol offered and not funded yet

| From | Amount | State | Until | Transaction |
| --- | --- | --- | --- | --- |
| \`7xKX…gAsU\` | 1 sol | funded | 2026-04-01 12:30 UTC | [\`5VERv8NM…KdiSZkQUW\`](https://bounties.test/fund/bb) |
| asked by \`ada\` | 0.5 sol | not funded yet | 2026-01-15 00:00 UTC | – |

Ended: 1 replaced by an edit, 1 withdrawn.

**What can be done next**

- [Fund 0.5 sol](https://bounties.test/fund/aa): anyone can; the page shows the terms, and your own wallet signs them.
- What nobody earns by the date above goes back to whoever funded it; after that anybody can send it back.

**Not done**

- Something is wrong.
`.replace('KdiSZkQUW', signature.slice(-8)));
});

test.each([[OfferState.REFUNDED, 'refunded', '1 refunded'], [OfferState.PAID, 'paid', '1 awarded and paid out'], [OfferState.CLOSED, 'closed', '1 closed on the chain'], [OfferState.WITHDRAWN, 'refunded', '1 withdrawn']])('money that has left escrow is in no total and no row (%i, %s)', (state, end, said) => {
  const text = renderLivingComment(bountyOf({ offers: [funded('bb', { state, deposit: { ...held, end } })], totals: [{ denom: 'sol', decimals: 9, funded: '0', fundedText: '0', offered: '0', offeredText: '0' }] }), nothing);
  expect(text).toContain('There is no money on this issue.');
  expect(text).toContain(`Ended: ${said}`);
  expect(text).not.toMatch(/\bfunded|\|/);
});

test('it names no address that money could be sent to', () => {
  const text = renderLivingComment(bountyOf({ offers: [funded('bb')], totals }), nothing);
  for (const secret of [wallet, deposit, signature]) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/[1-9A-HJ-NP-Za-km-z]{32,44}/);
});

test('a signed transaction on its way shows the wallet and no link to sign again', () => {
  const text = renderLivingComment(bountyOf({ offers: [offer('aa', { state: OfferState.SUBMITTED, submission: { signature, wallet, state: SubmissionState.SENT, submittedAt: '2026-01-01T00:00:00Z' } })], totals: [] }), nothing);
  expect(text).toContain('| `7xKX…gAsU` | 0.5 sol | signed, on its way |');
  expect(text).not.toContain('Fund 0.5 sol');
});

test.each([SubmissionState.FAILED, SubmissionState.EXPIRED])('a try that did not land (%s) leaves the offer to be funded', (state) => {
  const text = renderLivingComment(bountyOf({ offers: [offer('aa', { submission: { signature, wallet, state, submittedAt: '2026-01-01T00:00:00Z' } })], totals: [] }), nothing);
  expect(text).toContain('| asked by `ada` | 0.5 sol | not funded yet (the last try did not land) |');
  expect(text).toContain('[Fund 0.5 sol]');
});

test('hostile names stay text: no mention, no cell, no HTML, no link', () => {
  const login = 'x`|@everyone](https://evil.test)<script>\n| y |';
  const text = renderLivingComment(bountyOf({ offers: [offer('aa', { offeredBy: { githubId: '1', login } })], totals: [] }), nothing);
  const row = text.split('\n').find((line) => line.includes('everyone')) ?? '';
  expect(row).toBe('| asked by ``x`\\|@everyone](https://evil.test)<script> \\| y \\|`` | 0.5 sol | not funded yet | 2026-01-15 00:00 UTC | – |');
});

test('a flood of offers and problems stays far below the size of a comment', () => {
  const offers = Array.from({ length: 2_000 }, (_, index) => offer(String(index).padStart(32, '0')));
  const text = renderLivingComment(bountyOf({ offers, totals }), { problems: Array.from({ length: 2_000 }, () => 'x'.repeat(200)), help: true });
  expect(text.length).toBeLessThan(20_000);
  expect(text).toContain('And 1980 more, counted above.');
  expect(text).toContain('And 1990 more.');
});

test('funded rows come before offers, so that a flood can not hide them', () => {
  const offers = [...Array.from({ length: 50 }, (_, index) => offer(String(index))), funded('bb')];
  expect(renderLivingComment(bountyOf({ offers, totals }), nothing)).toContain('7xKX…gAsU');
});

test('nothing is said where nobody offered, asked or erred', () => {
  expect(isWorthSaying(bountyOf({}), nothing)).toBe(false);
  expect(isWorthSaying(bountyOf({}), { problems: [], help: true })).toBe(true);
  expect(isWorthSaying(bountyOf({}), { problems: ['x'], help: false })).toBe(true);
  expect(isWorthSaying(bountyOf({ offers: [offer('aa', { state: OfferState.WITHDRAWN })] }), nothing)).toBe(true);
});

test('on a cluster where coins have value it does not say that they have none', () => {
  expect(renderLivingComment(bountyOf({ cluster: { name: 'mainnet-beta', genesisHash: 'x' }, offers: [offer('aa')], totals }), nothing)).not.toContain('no value');
});

test('the same facts have the same text and hash; the mark is found again, and nowhere else', () => {
  const bounty = bountyOf({ offers: [offer('aa')], totals });
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
  const text = renderLivingComment(bountyOf({}), { ...nothing, problems: [`\`$sol:${hostile}$\` is not an amount.`, hostile] });
  expect(markedIssue(withMarker(text, '4000000123'))).toBe('4000000123');
  expect(markedIssue(text)).toBeUndefined();
});
