import { treasury } from '@doubloon/rpc';
import { expect, test } from 'vitest';
import { addressOf, awardedTo, bountyOf, decisionOf, depositOf, nothing, offerOf, shareOf, signature, type BountyInit } from '../../testing/bounty.ts';
import { defaultKnownRules } from '../rules/known-rules.ts';
import { award } from './award.ts';
import { next } from './next.ts';
import { namesOf } from './phrases.ts';

const { DepositState, IntentState, OfferState } = treasury;
const told = (init: BountyInit, own = nothing): string => {
  const bounty = bountyOf(init);
  return award(bounty, namesOf(bounty, own)).join('\n');
};

test('who gets what, when it is final, what is paid with its transaction, and what the rest waits for', () => {
  const shares = [
    shareOf('7', 7_000, '700000000', { settled: 'paid', signature, waitsFor: '' }),
    shareOf('8', 3_000, '300000000', { waitsFor: 'wallet', claimableUntil: '2026-05-05T10:00:00.000Z' }),
  ];
  expect(told({ deposits: [depositOf(1, awardedTo(shares))], decisions: [decisionOf([addressOf(1)])] }, { ...nothing, people: [{ id: '7', login: 'grace' }] })).toBe(`**Award**

- Awarded by a command of \`linus\` (id \`9\`), 2026-02-01 10:00 UTC. It is final.
  - \`grace\` (id \`7\`) gets 70 %: 0.7 sol paid ([\`5VERv8NM…diSZkQUW\`](https://bounties.test/bounties/1-2))
  - GitHub user id \`8\` gets 30 %: 0.3 sol waits for a wallet: whoever it is for can [link one](https://bounties.test/link) until 2026-05-05 10:00 UTC`);
});

test.each<[string, object, string]>([
  ['a veto', { waitsFor: 'award', paysFrom: '2026-02-04T10:00:00.000Z' }, 'waits for the award to be final, until 2026-02-04 10:00 UTC'],
  ['a cool-down', { waitsFor: 'cool-down', paysFrom: '2026-02-05T10:00:00.000Z' }, 'waits for the cool-down of the wallet that was linked, until 2026-02-05 10:00 UTC'],
  ['a change', { waitsFor: 'change', paysFrom: '2026-02-06T10:00:00.000Z' }, 'waits for a change of wallet that is under way, until 2026-02-06 10:00 UTC'],
  ['an objection', { waitsFor: 'contested' }, 'waits, since the old wallet objected to a change: that is settled [there](https://bounties.test/link)'],
  ['anybody', { waitsFor: 'relayer' }, 'can be paid by anybody'],
  ['nothing', { waitsFor: '' }, 'is to be paid'],
  ['nobody: it went back', { waitsFor: '', settled: 'refunded' }, 'went back to the funder, since nobody claimed it in time'],
])('a share that waits for %s says so', (_, more, said) => {
  expect(told({ deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1000000000', more)]))] })).toContain(`1 sol ${said}`);
});

test('pitfall 24: whoever decided and is paid by it is shown to be in conflict, and nobody else', () => {
  const deposits = [depositOf(1, awardedTo([shareOf('9', 5_000, '500000000'), shareOf('7', 5_000, '500000000')]))];
  expect(told({ deposits, decisions: [decisionOf([addressOf(1)])] })).toContain('  - **Conflict of interest**: `linus` (id `9`) decided this and is paid by it.');
  expect(told({ deposits, decisions: [decisionOf([addressOf(1)], { actor: { githubId: '7', login: 'grace' } })] })).toContain('**Conflict of interest**: `grace`');
  expect(told({ deposits, decisions: [decisionOf([addressOf(1)], { actor: { githubId: '10', login: 'ada' } })] })).not.toContain('Conflict');
  // A decision about another deposit, or one that failed, decided nothing here.
  expect(told({ deposits, decisions: [decisionOf([addressOf(2)])] })).not.toContain('Conflict');
  expect(told({ deposits, decisions: [decisionOf([addressOf(1)], { intents: [{ deposit: addressOf(1), state: IntentState.FAILED }] })] })).not.toContain('Conflict');
  expect(told({ deposits: [depositOf(1, awardedTo([shareOf('9', 10_000, '1')], { by: ['funder'] }))], decisions: [decisionOf([addressOf(1)])] })).not.toContain('Conflict');
});

test('deposits that were awarded alike are told together, with exact sums of each denom and state', () => {
  const usdc = { money: { denom: 'usdc', amount: '10000001' }, text: '10.000001' };
  const totals = [{ denom: 'sol', decimals: 9, funded: '1', fundedText: '', offered: '0', offeredText: '' }, { denom: 'usdc', decimals: 6, funded: '1', fundedText: '', offered: '0', offeredText: '' }];
  const shares = (one: string, other: string, more = {}) => [shareOf('7', 6_667, one, more), shareOf('8', 3_333, other)];
  const deposits = [
    depositOf(1, awardedTo(shares('666700000', '333300000'))), depositOf(2, awardedTo(shares('666700001', '333300000'))), depositOf(3, { ...usdc, ...awardedTo(shares('6667001', '3333000')) }),
    depositOf(4, awardedTo(shares('666700000', '333300000', { settled: 'paid', signature }))),
  ];
  const text = told({ deposits, totals, decisions: [decisionOf([1, 2, 3, 4].map(addressOf))] });
  expect(text.match(/Awarded by/g)).toHaveLength(1);
  expect(text).toContain(', 4 deposits.');
  expect(text).toContain('gets 66.67 %: 1.333400001 sol, 6.667001 usdc waits for the award to be final; 0.6667 sol paid (');
  expect(text).toContain('gets 33.33 %: 0.9999 sol, 3.333 usdc waits');
});

test('of several decisions about a deposit the newest is the one that stands', () => {
  const decisions = [decisionOf([addressOf(1)], { sourceId: '2', actor: { githubId: '10', login: 'ada' } }), decisionOf([addressOf(1)], { sourceId: '1' })];
  expect(told({ deposits: [depositOf(1, awardedTo([shareOf('9', 10_000, '1')]))], decisions })).toMatch(/a command of `ada`(?![^]*Conflict)/);
});

test('awards of other people, by other keys or final at another time are told apart', () => {
  const deposits = [
    depositOf(1, awardedTo([shareOf('7', 10_000, '1')])), depositOf(2, awardedTo([shareOf('8', 10_000, '1')])), depositOf(3, awardedTo([shareOf('7', 10_000, '1')], { by: ['funder', 'relayer'], finalAt: '2026-02-01T10:00:00.000Z' })),
    depositOf(4, awardedTo([shareOf('7', 10_000, '1')], { by: ['approver'] })),
  ];
  const text = told({ deposits });
  expect(text.match(/Awarded by/g)).toHaveLength(4);
  expect(text).toContain('Awarded by the wallet of the funder and a command, 2026-02-01 10:00 UTC. It is final.');
  expect(text).toContain('Awarded by the wallet of the approver, 2026-02-01 10:00 UTC. Final at 2026-02-04 10:00 UTC; it can be vetoed until then.');
});

test('a decision that is on its way or came to nothing is told with its reason, as code, until there is a newer one or the money is gone', () => {
  const decisions = [
    decisionOf([], { action: 'veto', sourceId: '1', intents: [{ deposit: addressOf(1), state: IntentState.WAITING }, { deposit: addressOf(2), state: IntentState.WAITING }] }),
    decisionOf([], { action: 'cancel', sourceId: '2', intents: [1, 3, 4].map((nth) => ({ deposit: addressOf(nth), state: IntentState.FAILED, problem: 'It is `awarded` <b>already</b>.' })) }),
  ];
  expect(told({ deposits: [depositOf(1), depositOf(2), depositOf(3), depositOf(4, { state: DepositState.CANCELLED })], decisions })).toBe(`**Award**

- The veto by \`linus\` (id \`9\`), 2 deposits, is on its way
- The cancel by \`linus\` (id \`9\`), 1 deposit, could not be carried out: \`\`It is \`awarded\` <b>already</b>.\`\``);
  expect(told({ deposits: [depositOf(1)] })).toBe('');
  expect(told({ deposits: [depositOf(1)], decisions: [decisionOf([addressOf(1)], { action: 'veto' }), ...decisions] })).toBe('');
});

test('the newest logins that are known are shown beside the ids, which are what counts; nobody is mentioned', () => {
  const hostile = '@everyone`|\n<img>';
  const text = told({ offers: [offerOf('aa', { offeredBy: { githubId: '7', login: hostile } })], deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1')]))] });
  expect(text).toContain('``@everyone`| <img>`` (id `7`) gets 100 %');
  expect(text.split('\n')).toHaveLength(4);
});

test('what can be done next names who can do it and where', () => {
  const lines = (init: BountyInit) => next(bountyOf(init), nothing).join('\n');
  const open = lines({ deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1')]))] });
  expect(open).toContain(`Until 2026-02-04 10:00 UTC the award can be vetoed: by a maintainer or a linked funder who writes \`/veto\`, or with the wallet of [1 sol of \`7xKX…gAsU\`](https://bounties.test/refund/${addressOf(1)}).`);
  expect(open).not.toContain('/award');
  const alone = lines({ deposits: [depositOf(1, { withRelayer: false })] });
  expect(alone).toContain('About [1 sol of `7xKX…gAsU`](https://bounties.test/award/1-2) the funder decides alone, with the wallet; no comment does.');
  expect(alone).not.toContain('/award @login');
  expect(lines({ deposits: [depositOf(1, { vetoed: true })] })).toContain('was vetoed: two have to decide now');
  for (const state of [DepositState.PAID, DepositState.REFUNDED, DepositState.CANCELLED, DepositState.CLOSED]) expect(lines({ deposits: [depositOf(1, { state })] })).toBe('');
  // Final, by two keys at once or since a share was paid: nothing is left to veto.
  expect(lines({ deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1')], { finalAt: '2026-02-01T10:00:00.000Z' }))] })).toBe('');
  expect(lines({ deposits: [depositOf(1, awardedTo([shareOf('7', 5_000, '1', { settled: 'paid' }), shareOf('8', 5_000, '1')]))] })).toBe('');
  const late = lines({ offers: [offerOf('bb', { state: OfferState.WITHDRAWN })], deposits: [depositOf(1)] });
  expect(late).toContain(`[1 sol of \`7xKX…gAsU\`](https://bounties.test/refund/${addressOf(1)}) came for an offer that had ended: a maintainer can send it back by \`/cancel\`.`);
  expect(late).not.toContain('/award @login');
  const many = lines({ deposits: Array.from({ length: 500 }, (_, nth) => depositOf(nth)) });
  expect(many).toContain('[495 more](https://bounties.test/bounties/1-2)');
  expect(many.length).toBeLessThan(2_500);
  // Dust takes nobody's place.
  const dusty = next(bountyOf({ deposits: [...Array.from({ length: 50 }, (_, nth) => depositOf(nth, { money: { denom: 'sol', amount: '1' } })), depositOf(77)] }), { ...nothing, rules: { ...defaultKnownRules, minimums: { sol: '2' } } }).join('\n');
  expect(dusty).toContain(addressOf(77));
  expect(dusty).not.toContain(' more]');
});

test('the page to award on comes with whoever did merged work, once each, and nobody else', () => {
  const [grace, maggie] = [{ id: '2', login: 'grace' }, { id: '3', login: 'maggie' }];
  const work = { pullRequestId: '1', repositoryId: '1', repository: 'analytical-engines/difference', title: 'x', url: 'https://github.test/p', mergedAt: new Date(0), mergedBy: undefined };
  const candidates = [
    { ...work, number: 4, state: 'merged', author: grace, coAuthors: [maggie] }, { ...work, number: 5, state: 'merged', author: maggie, coAuthors: [] },
    { ...work, number: 6, state: 'merged', author: undefined, coAuthors: [] }, { ...work, number: 7, state: 'open', author: { id: '4', login: 'mallory' }, coAuthors: [] },
  ] as const;
  const text = next(bountyOf({ deposits: [depositOf(1)], offers: [offerOf('bb', { state: OfferState.FUNDED })] }), { ...nothing, candidates }).join('\n');
  expect(text).toContain('(https://bounties.test/award/1-2?login=grace&login=maggie)');
});
