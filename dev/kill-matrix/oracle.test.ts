import { expect, test } from 'vitest';
import { expected, judge, type Act, type Final } from './oracle.ts';

const sol = (amount: number): bigint => BigInt(amount * 1e9);

const acts: Act[] = [
  { kind: 'offer', source: '1', lamports: sol(0.5) },
  { kind: 'offer', source: '2', lamports: sol(0.25) },
  { kind: 'edit', source: '1', lamports: sol(0.75) },
  { kind: 'fund', source: '1', signature: 'signature', deposit: 'deposit' },
  { kind: 'delete', source: '2' },
  { kind: 'edit', source: '1', lamports: sol(1) },
];

const text = `### Bounty

- **0.75 sol** funded, in escrow, 0.25 sol offered and not funded yet

| From | Amount | State | Until | Transaction |
| --- | --- | --- | --- | --- |
| 7xKX…9abc | 0.75 sol | funded | 2027-02-19 16:00 UTC | [2wPSM7YM…](http://doubloon/fund/1) |
| asked by ada | 0.25 sol | not funded yet | 2026-12-05 16:00 UTC | – |

Ended: 1 replaced by an edit, 1 withdrawn.

**What can be done next**

- [Fund 0.25 sol](http://doubloon/fund/2): anyone can; the page shows the terms, and your own wallet signs them.
`;

const told = ['offered', 'offered', 'offered', 'replaced', 'submitted', 'funded', 'withdrawn', 'offered'];
const events = told.map((type, place) => ({ id: `${String(place)}:${type}`, type, sequence: BigInt(place + 1), partition: 3 }));

const right: Final = {
  living: [text],
  reactions: { 1: ['eyes'], 2: undefined },
  offers: [
    { source: '1', lamports: sol(0.5), state: 'replaced' },
    { source: '2', lamports: sol(0.25), state: 'withdrawn' },
    { source: '1', lamports: sol(0.75), state: 'funded' },
    { source: '1', lamports: sol(0.25), state: 'offered' },
  ],
  deposits: [{ address: 'deposit', signature: 'signature', lamports: sol(0.75) }],
  accounts: [{ address: 'deposit', lamports: sol(0.75) }],
  submissions: [{ signature: 'signature', state: 'finalized' }],
  events,
  unhandled: { 'the inbox': 0 },
  dead: { 'the inbox': 0 },
};
const [firstEvent, secondEvent, ...otherEvents] = events as [Final['events'][number], Final['events'][number], ...Final['events']];

test('the oracle is content with what is right', () => {
  expect(judge(acts, right)).toEqual([]);
});

test('a record that came twice is no event that came twice', () => {
  expect(judge(acts, { ...right, events: [firstEvent, secondEvent, firstEvent, secondEvent, ...otherEvents] })).toEqual([]);
});

test.each<[string, Partial<Final>, RegExp]>([
  ['two living comments', { living: [text, text] }, /2 living comments/],
  ['no living comment', { living: [] }, /0 living comments/],
  ['a wrong total', { living: [text.replace('0.75 sol**', '0.5 sol**')] }, /0 totals/],
  ['a row too many', { living: [text.replace('| asked by', '| asked by ada | 0.25 sol | not funded yet | – | – |\n| asked by')] }, /3 rows, and not 2/],
  ['a funded row that says otherwise', { living: [text.replace('| funded |', '| signed, on its way |')] }, /0 rows of what is funded/],
  ['a link too few', { living: [text.replace('- [Fund', '- Fund')] }, /0 links/],
  ['an end that is not told', { living: [text.replace(', 1 withdrawn', '')] }, /0 withdrawn, and not 1/],
  ['an offer opened twice', { offers: [...right.offers, { source: '1', lamports: sol(0.25), state: 'offered' }] }, /the offers are/],
  ['an offer lost', { offers: right.offers.slice(1) }, /the offers are/],
  ['an offer in another state', { offers: right.offers.map((offer) => ({ ...offer, state: 'offered' })) }, /the offers are/],
  ['a deposit that is not credited', { deposits: [] }, /deposits in the treasury are none/],
  ['a deposit that was credited twice', { deposits: [...right.deposits, ...right.deposits] }, /deposits in the treasury/],
  ['a second deposit on the chain', { accounts: [...right.accounts, { address: 'another', lamports: 1n }] }, /deposits on the chain/],
  ['a transaction that is not settled', { submissions: [{ signature: 'signature', state: 'sent' }] }, /signed transactions/],
  ['a signed transaction nobody wrote down', { submissions: [] }, /signed transactions are none/],
  ['a lost event', { events: events.slice(0, -1) }, /the events are/],
  ['an event told twice under two ids', { events: [...events, { id: 'another', type: 'funded', sequence: 9n, partition: 3 }] }, /the events are/],
  ['events out of order', { events: [secondEvent, firstEvent, ...otherEvents] }, /not in order/],
  ['a gap', { events: events.map((event) => ({ ...event, sequence: event.sequence + (event.sequence > 4n ? 1n : 0n) })) }, /not in order and without gaps/],
  ['events of one key in two partitions', { events: [{ ...firstEvent, partition: 1 }, secondEvent, ...otherEvents] }, /more than one partition/],
  ['no reaction', { reactions: { 1: [] } }, /reactions to 1 are none/],
  ['two reactions', { reactions: { 1: ['eyes', 'eyes'] } }, /reactions to 1 are eyes,eyes/],
  ['a row in the inbox', { unhandled: { 'the inbox': 1 } }, /1 of the inbox wait/],
  ['a dead letter', { dead: { 'the outbox': 2 } }, /2 of the outbox are dead/],
])('the oracle sees %s', (_, change, sentence) => {
  expect(judge(acts, { ...right, ...change }).join('\n')).toMatch(sentence);
});

test('less than what is funded changes nothing and is told', () => {
  const { offers, funded, offered, problems, events: of } = expected([...acts.slice(0, -1), { kind: 'edit', source: '1', lamports: sol(0.6) }]);
  expect({ count: offers.length, funded, offered, problems, of }).toEqual({ count: 3, funded: sol(0.75), offered: 0n, problems: 1, of: { offered: 3, replaced: 1, submitted: 1, funded: 1, withdrawn: 1 } });
});

test('a transaction that came too late is no funding, and the next one is', () => {
  const again: Act = { kind: 'fund', source: '1', signature: 'second', deposit: 'deposit' };
  const late = [...acts.slice(0, 4), { kind: 'lapse', source: '1', signature: 'signature' } as const, again, ...acts.slice(4)];
  const { funded, deposits, lapsed, events: of } = expected(late);
  expect({ funded, deposits, lapsed }).toEqual({ funded: sol(0.75), deposits: [{ address: 'deposit', signature: 'second', lamports: sol(0.75) }], lapsed: ['signature'] });
  expect(of).toEqual({ offered: 4, replaced: 1, submitted: 2, 'submission-expired': 1, funded: 1, withdrawn: 1 });
});

test('an offer out of time is expired, and what was said of it once is said once', () => {
  const { offers, events: of } = expected([{ kind: 'offer', source: '1', lamports: 5n }, { kind: 'expire', source: '1' }, { kind: 'delete', source: '1' }]);
  expect(offers).toEqual([{ source: '1', lamports: 5n, state: 'expired' }]);
  expect(of).toEqual({ offered: 1, 'offer-expired': 1 });
});
