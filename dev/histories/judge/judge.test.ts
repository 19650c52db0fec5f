import { expect, test } from 'vitest';
import { historyOf } from '../generate/history-of.ts';
import { expected, type Expected } from '../model/expected.ts';
import type { Final } from '../final.ts';
import type { Act, History, Part } from '../operation.ts';
import { judge, judgeRest } from './judge.ts';
import { mayBeLate } from './said.ts';
import { actedOut } from './testing/acted-out.ts';
import { rightFinal } from './testing/right-final.ts';

interface Played {
  readonly history: History;
  readonly acts: readonly Act[];
  readonly wanted: Expected;
  readonly final: Final;
}

const all = Array.from({ length: 250 }, (_, seed): Played => {
  const history = historyOf(seed, { repositories: 4 });
  const acts = actedOut(history);
  const wanted = expected(history, acts);
  return { history, acts, wanted, final: rightFinal(history, acts, wanted) };
});

test('what is right is accepted, whatever the history', () => {
  for (const { history, acts, final } of all) expect({ seed: history.seed, says: judge(history, acts, final) }).toEqual({ seed: history.seed, says: [] });
});

/** Whatever the first history is that has it. */
const where = (has: (played: Played) => boolean): Played => {
  const found = all.find(has);
  if (found === undefined) throw new Error('no history has that');
  return found;
};

const isShown = ({ final }: Played): boolean => final.ours.some(({ body }) => body.startsWith('### Bounty'));
const isFunded = (played: Played): boolean => isShown(played) && played.final.accounts.some(({ held }) => held > 0n);
const isPaid = (played: Played): boolean => isShown(played) && played.wanted.deposits.some(({ state }) => state === 'paid');
const hasWindow = ({ final }: Played): boolean => final.ours.some(({ body }) => body.includes('"kind":"window"') && body.includes('issue-comment'));
const inText = (change: (text: string) => string) => ({ ours }: Final): Partial<Final> => ({ ours: ours.map((one) => (one.body.startsWith('### Bounty') ? { ...one, body: change(one.body) } : one)) });
const renumbered = (events: Final['events']): Final['events'] => events.map((event, place) => ({ ...event, sequence: BigInt(place + 1) }));
const someone = ({ received }: Final): Part => (Object.keys(received) as Part[]).find((part) => received[part].sol > 0n) ?? 'funder';
const more = (final: Final, sol: bigint): Final['received'] => ({ ...final.received, [someone(final)]: { ...final.received[someone(final)], sol: final.received[someone(final)].sol + sol } });
const lastOf = <T>(some: readonly T[]): T[] => some.slice(-1);
const again = (event: Final['events'][number]): Final['events'][number] => ({ ...event, id: `${event.id}:again` });

test.each<[what: string, has: (played: Played) => boolean, change: (final: Final) => Partial<Final>, says: RegExp]>([
  ['a second living comment', isShown, ({ ours }) => ({ ours: [...ours, ...ours.slice(0, 1)], everWritten: ours.length + 1 }), /^doubled: there are 2 living comments/],
  ['no living comment', isShown, ({ ours }) => ({ ours: ours.slice(1), everWritten: ours.length - 1 }), /^lost: there is no living comment/],
  ['a living comment that was written and is gone', isShown, ({ ours }) => ({ everWritten: ours.length + 1 }), /^doubled: the App wrote/],
  ['a comment in a silent repository', ({ history }) => history.repository === 2, () => ({ ours: [{ id: '9', body: '### Bounty\n\n<!-- doubloon {"issue":"77"} -->' }], everWritten: 1 }), /^wrong: there are 1 living comments/],
  ['a comment that is neither', isShown, ({ ours }) => ({ ours: [...ours, { id: '9', body: 'Hello.' }], everWritten: ours.length + 1 }), /^wrong: the App wrote what is neither/],
  ['a living comment with an old row', isFunded, inText((text) => text.replace('| funded |', '| signed, on its way |')), /things on their way/],
  ['a living comment without a row', isFunded, inText((text) => text.replace(/\n\|[^\n]*\| funded \|[^\n]*/, '')), /^lost: the living comment has \d+ rows/],
  ['a living comment with another total', isFunded, inText((text) => text.replace(/\*\*([\d.]+) (sol|usdc)\*\* funded/, '**9$1 $2** funded')), /^wrong: the totals/],
  ['a living comment that says that nothing is paid', isPaid, inText((text) => text.replace('awarded and paid out', 'refunded')), /paid out/],
  ['a living comment with another share', isPaid, inText((text) => text.replace(/ paid \(/, ' waits for a wallet (')), /^wrong: the shares in the living comment/],
  ['a living comment without its award', isPaid, inText((text) => text.replace(/\*\*Award\*\*[^]*?\n\n(?=\*\*|$)/, '')), /^lost: the living comment has 0 awards/],
  ['a living comment that does not know an offer', (played) => isShown(played) && played.final.offers.some(({ state }) => state === 'offered'), inText((text) => text.replace(/- \[Fund [^\n]*\n/, '')), /^lost: the living comment has \d+ links to fund/],
  ['a living comment that forgot why', (played) => isShown(played) && !mayBeLate(played.history, played.wanted) && played.final.ours[0]?.body.includes('- `/award` [here]') === true && !played.wanted.decisions.some(({ kind, isDone }) => kind === 'award' && isDone), inText((text) => text.replaceAll('- `/award` [here]', '- Hm')), /^lost: the living comment says 0 times why no award was done/],
  ['a living comment that forgot who is at it', (played) => !mayBeLate(played.history, played.wanted) && played.final.ours[0]?.body.includes('**Being worked on**') === true, inText((text) => text.replace('**Being worked on**', '**Hm**')), /^lost: the living comment has 0 people at it/],
  ['a notice twice', hasWindow, ({ ours }) => ({ ours: [...ours, ...lastOf(ours)], everWritten: ours.length + 1 }), /^doubled: notice/],
  ['a notice that is missing', hasWindow, ({ ours }) => ({ ours: ours.filter(({ body }) => !body.includes('"kind":"window"')), everWritten: ours.filter(({ body }) => !body.includes('"kind":"window"')).length }), /^lost: notice window/],
  ['a notice to somebody who got nothing', isShown, ({ ours, people }) => ({ ours: [...ours, { id: '99', body: `You.\n\n<!-- doubloon-notice {"issue":"77","v":1,"kind":"wallet","for":"${people.maintainer.githubId}"} -->` }], everWritten: ours.length + 1 }), /^wrong: notice wallet .* no reason/],
  ['no label', isPaid, () => ({ labels: [] }), /^wrong: the labels are none/],
  ['both labels', isPaid, () => ({ labels: ['bounty', 'bounty: paid'] }), /^wrong: the labels/],
  ['no eyes', ({ final }) => Object.values(final.reactions).some((one) => one?.join() === 'eyes'), ({ reactions }) => ({ reactions: Object.fromEntries(Object.entries(reactions).map(([id, one]) => [id, one?.join() === 'eyes' ? [] : one])) }), /^lost: the reactions to comment/],
  ['a reaction twice', ({ final }) => Object.values(final.reactions).some((one) => one?.join() === 'eyes'), ({ reactions }) => ({ reactions: Object.fromEntries(Object.entries(reactions).map(([id, one]) => [id, one?.join() === 'eyes' ? ['eyes', 'eyes'] : one])) }), /^doubled: reaction eyes/],
  ['a command that is said to have failed', ({ wanted }) => wanted.decisions.some(({ isDone, isContested }) => isDone && !isContested), ({ reactions }) => ({ reactions: Object.fromEntries(Object.entries(reactions).map(([id, one]) => [id, one?.map((kind) => (kind === '+1' ? 'confused' : kind))])) }), /^wrong: the reactions to comment .* eyes and confused|confused and eyes/],
  ['an offer that was lost', ({ final }) => final.offers.some(({ state }) => state === 'offered'), ({ offers }) => ({ offers: offers.filter(({ state }) => state !== 'offered') }), /^lost: the offers of comment/],
  ['an offer that was opened twice', ({ final }) => final.offers.length > 0, ({ offers }) => ({ offers: [...offers, { ...offers[0], id: 'another' } as Final['offers'][number]] }), /^doubled: the offers of comment/],
  ['an offer that should have been withdrawn', ({ final }) => final.offers.some(({ state }) => state === 'withdrawn'), ({ offers }) => ({ offers: offers.map((one) => (one.state === 'withdrawn' ? { ...one, state: 'offered' } : one)) }), /^wrong: the offers of comment/],
  ['an offer of something that asks for nothing', ({ final }) => Object.values(final.reactions).some((one) => one?.length === 0), ({ offers, reactions }) => ({ offers: [...offers, { id: 'x', source: Object.entries(reactions).find(([, one]) => one?.length === 0)?.[0] ?? '', denom: 'sol', amount: 1n, state: 'offered' }] }), /^wrong: the offers of comment .* should not be there/],
  ['a deposit that is not credited', ({ final }) => final.deposits.length > 0, ({ deposits }) => ({ deposits: deposits.slice(1) }), /^lost: the deposits in the treasury/],
  ['a deposit that was credited twice', ({ final }) => final.deposits.length > 0, ({ deposits }) => ({ deposits: [...deposits, ...deposits.slice(0, 1)] }), /^doubled: the deposits in the treasury/],
  ['a deposit of one base unit less', ({ final }) => final.deposits.length > 0, ({ deposits }) => ({ deposits: deposits.map((one) => ({ ...one, amount: one.amount - 1n })) }), /^wrong: the deposits in the treasury/],
  ['a deposit that is still to be paid', isPaid, ({ deposits }) => ({ deposits: deposits.map((one) => (one.state === 'paid' ? { ...one, state: 'awarded' } : one)) }), /^wrong: the deposits in the treasury/],
  ['an account that nobody knows', () => true, ({ accounts }) => ({ accounts: [...accounts, { address: 'another', denom: 'sol', amount: 5n, state: 'funded', award: undefined, held: 5n }] }), /^wrong: the accounts on the chain: another/],
  ['an account that holds one base unit less', isFunded, ({ accounts }) => ({ accounts: accounts.map((one) => (one.held > 0n ? { ...one, held: one.held - 1n } : one)) }), /^lost: .* were deposited/],
  ['an account that was never closed', ({ wanted }) => wanted.deposits.some(({ endedIn }) => endedIn === 1), ({ accounts, deposits }) => ({ accounts: [...accounts, ...deposits.slice(0, 1).map(({ address, denom, amount }) => ({ address, denom, amount, state: 'paid', award: undefined, held: 0n }))] }), /^(wrong|doubled): the accounts on the chain/],
  ['somebody who got one base unit less', ({ final }) => final.received[someone(final)].sol > 0n, (final) => ({ received: more(final, -1n) }), /^lost: \w+ got \d+ sol/],
  ['somebody who was paid twice', ({ final }) => final.received[someone(final)].sol > 0n, (final) => ({ received: more(final, final.received[someone(final)].sol) }), /^doubled: \w+ got \d+ sol/],
  ['a payout to somebody else', ({ final }) => final.received[someone(final)].sol > 0n, (final) => ({ received: { ...final.received, [someone(final)]: final.received.maintainer, maintainer: final.received[someone(final)] } }), /^doubled: maintainer got/],
  ['a share that is paid to somebody else', ({ final }) => final.accounts.some(({ award }) => award !== undefined), ({ accounts }) => ({ accounts: accounts.map((one) => ({ ...one, award: one.award && { ...one.award, shares: one.award.shares.map((share) => ({ ...share, githubId: '1' })) } })) }), /^wrong: the shares of deposit/],
  ['a transaction that is still under way', ({ final }) => final.submissions.length > 0, ({ submissions }) => ({ submissions: submissions.map((one) => ({ ...one, state: 'sent' })) }), /^stuck: transaction/],
  ['a transaction that was forgotten', ({ final }) => final.submissions.length > 0, ({ submissions }) => ({ submissions: submissions.slice(1) }), /^lost: the treasury knows nothing/],
  ['a transaction that landed and is said to have expired', ({ final }) => final.submissions.length > 0, ({ submissions }) => ({ submissions: submissions.map((one) => ({ ...one, state: 'expired' })) }), /^wrong: transaction .* has landed/],
  ['a relayed transaction that landed unseen', () => true, () => ({ relayed: [{ signature: 'r', state: 'expired', hasLanded: true }] }), /^wrong: relayed transaction/],
  ['a link that was lost', ({ wanted }) => wanted.links.size > 0, () => ({ links: {} }), /^lost: \w+ is not linked/],
  ['a link to another wallet', ({ wanted }) => wanted.links.size > 0, ({ links }) => ({ links: Object.fromEntries(Object.keys(links).map((part) => [part, 'another'])) }), /^wrong: \w+ is linked to another/],
  ['a decision that was never taken over', ({ wanted }) => wanted.decisions.some(({ isDone, isContested }) => isDone && !isContested), () => ({ decisions: [] }), /^lost: the \w+ in \d+ was never decided/],
  ['a decision that was taken twice', ({ final }) => final.decisions.length > 0, ({ decisions }) => ({ decisions: [...decisions, ...decisions] }), /^doubled: the \w+ in \d+ was decided 2 times/],
  ['a decision about one deposit less', ({ wanted }) => wanted.decisions.some(({ deposits, isContested }) => deposits.length > 1 && !isContested), ({ decisions }) => ({ decisions: decisions.map((one) => ({ ...one, deposits: Object.fromEntries(Object.entries(one.deposits).slice(1)) })) }), /^lost: what the \w+ in \d+ is about/],
  ['a decision of somebody who may not', ({ wanted }) => wanted.decisions.some(({ isDone, kind }) => !isDone && kind === 'award'), ({ decisions }) => ({ decisions: [...decisions, { source: where(({ wanted }) => wanted.decisions.some(({ isDone, kind }) => !isDone && kind === 'award')).wanted.decisions.find(({ isDone, kind }) => !isDone && kind === 'award')?.comment ?? '', kind: 'award', deposits: { x: 'done' } }] }), /which nobody may/],
  ['an event that was lost', ({ final }) => final.events.length > 1, ({ events }) => ({ events: renumbered(events.slice(1)) }), /^lost: event "offered/],
  ['an event twice, with another place', ({ final }) => final.events.length > 1, ({ events }) => ({ events: [...events, { ...events[0], sequence: BigInt(events.length + 1) } as Final['events'][number]] }), /^doubled: event .* has two places/],
  ['an event twice, under another id', ({ final }) => final.events.length > 0, ({ events }) => ({ events: renumbered([...events, ...lastOf(events).map(again)]) }), /^doubled: event/],
  ['an event of a payout twice', isPaid, ({ events }) => ({ events: renumbered([...events, ...events.filter(({ type }) => type === 'paid').map(again)]) }), /^doubled: event "paid/],
  ['a gap in the events', ({ final }) => final.events.length > 3, ({ events }) => ({ events: events.map((event, place) => (place < 2 ? event : { ...event, sequence: event.sequence + 1n })) }), /^lost: the events are not in order/],
  ['events out of their order', ({ final }) => final.events.length > 1, ({ events }) => ({ events: events.toReversed() }), /^wrong: the events are not in order/],
  ['events of an issue in two partitions', ({ final }) => final.events.length > 1, ({ events }) => ({ events: events.map((event, place) => ({ ...event, partition: place % 2 })) }), /more than one partition/],
  ['an event of what never happened', ({ final }) => final.deposits.length > 0, ({ events, deposits }) => ({ events: [...events, { id: 'x', type: 'cancelled', sequence: BigInt(events.length + 1), partition: 2, data: { deposit: deposits[0]?.address, amount: '1' } }] }), /^wrong: event "cancelled/],
])('%s is seen', (_, has, change, says) => {
  const played = where((one) => has(one));
  const said = judge(played.history, played.acts, { ...played.final, ...change(played.final) });
  expect(said.filter((one) => says.test(one))).not.toEqual([]);
  expect(said.filter((one) => !/^(lost|doubled|wrong|stuck): /.test(one))).toEqual([]);
});

test('a record that came twice is no event that came twice', () => {
  const { history, acts, final } = where(({ final: { events } }) => events.length > 2);
  expect(judge(history, acts, { ...final, events: [...final.events.slice(0, 2), ...final.events] })).toEqual([]);
});

test('a transaction of which nobody heard counts by whether it landed', () => {
  const { history, acts, final } = where(({ wanted }) => wanted.deposits.length > 0);
  const isFund = ({ of }: Act): boolean => history.operations[of]?.kind === 'fund';
  const unheard = acts.map((act): Act => (isFund(act) ? { ...act, outcome: 'unknown', signed: (act.signed ?? []).map((one) => ({ ...one, hasLanded: false })) } : act));
  expect(judge(history, unheard, final)).toEqual([]);
  const never = { ...rightFinal(history, unheard, expected(history, unheard)), submissions: final.submissions.map((one) => ({ ...one, state: 'expired' })) };
  expect(judge(history, unheard, never)).toEqual([]);
  // What was acknowledged counts, whatever the rest says.
  expect(judge(history, acts, never).some((one) => one.startsWith('lost: '))).toBe(true);
});

test('what was refused and has landed is wrong, and what was done and never landed is lost', () => {
  const { history, acts, final } = where(({ wanted }) => wanted.deposits.length > 0);
  const as = (outcome: Act['outcome'], hasLanded: boolean) => acts.map((act): Act => (history.operations[act.of]?.kind === 'fund' ? { ...act, outcome, signed: (act.signed ?? []).map((one) => ({ ...one, hasLanded })) } : act));
  expect(judge(history, as('refused', true), final)).toContainEqual(expect.stringMatching(/^wrong: operation \d+ was refused, and has landed/));
  expect(judge(history, as('done', false), final)).toContainEqual(expect.stringMatching(/^lost: operation \d+ was said to be done/));
});

test('a stack at rest has nothing left to do, nothing dead and no gauge above zero', () => {
  expect(judgeRest({ unhandled: { inbox: 0 }, dead: { outbox: 0 }, gauges: { g: 0 } })).toEqual([]);
  expect(judgeRest({ unhandled: { inbox: 2 }, dead: { outbox: 1 }, gauges: { g: 0.5 } })).toEqual(['stuck: 2 of inbox wait', 'lost: 1 of outbox are dead', 'stuck: 0.5 of g is what a gauge says at rest']);
});
