import type { Final } from '../final.ts';
import type { Expected } from '../model/expected.ts';
import type { Deposit } from '../model/money.ts';
import { isClosed } from './money.ts';

type Event = Final['events'][number];

const text = ({ data }: Event, name: string): string => (typeof data[name] === 'string' || typeof data[name] === 'number' ? String(data[name]) : '');
export const shortType = (type: string): string => /^dev\.doubloon\.bounty\.(.+)\.v1$/.exec(type)?.[1] ?? type;

/** Between these many times. */
type Times = readonly [least: number, most: number];

export function judgeEvents(wanted: Expected, final: Final): string[] {
  const first = [...new Map(final.events.toReversed().map((event) => [event.id, event])).values()].sort((a, b) => final.events.indexOf(a) - final.events.indexOf(b));
  const sequences = first.map(({ sequence }) => sequence);
  const repeated = final.events.filter((event) => first.some((one) => one.id === event.id && one.sequence !== event.sequence));
  return [
    ...(new Set(final.events.map(({ partition }) => partition)).size > 1 ? ['wrong: the events of one issue are in more than one partition'] : []),
    ...repeated.map(({ id }) => `doubled: event ${id} has two places`),
    ...(sequences.every((sequence, place) => sequence === BigInt(place + 1)) ? [] : [`${new Set(sequences).size < sequences.length ? 'doubled' : sequences.length < Number(sequences.reduce((most, one) => (one > most ? one : most), 0n)) ? 'lost' : 'wrong'}: the events are not in order and without gaps: ${sequences.map(String).join(', ')}`]),
    ...judgeCounts(wanted, final, first),
  ];
}

function judgeCounts(wanted: Expected, final: Final, events: readonly Event[]): string[] {
  const counts = new Map<string, number>();
  for (const event of events) {
    const key = keyOf(event);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const times = new Map<string, Times>([...ofOffers(wanted, final, counts), ...ofTransactions(final, events, wanted), ...wanted.deposits.flatMap((one) => ofDeposit(one, counts))]);
  return [...new Set([...counts.keys(), ...times.keys()])].flatMap((key) => {
    const [is, [least, most]] = [counts.get(key) ?? 0, times.get(key) ?? [0, 0]];
    if (is >= least && is <= most) return [];
    return [`${is < least ? 'lost' : most === 0 ? 'wrong' : 'doubled'}: event "${key}" is told ${String(is)} times, and not ${least === most ? String(least) : `${String(least)} to ${String(most)}`}`];
  });
}

/** What happened to what. */
function keyOf(event: Event): string {
  const type = shortType(event.type);
  switch (type) {
    case 'offered': case 'offer-expired': return `${type} ${text(event, 'offerId')}`;
    case 'replaced': case 'withdrawn': return `ended ${text(event, 'offerId')}`;
    case 'submitted': case 'submission-expired': return `${type} ${text(event, 'signature')}`;
    case 'paid': return `${type} ${text(event, 'deposit')} ${text(event, 'share')} ${text(event, 'amount')}`;
    case 'refunded': return `${type} ${text(event, 'deposit')} ${text(event, 'share') || 'whole'} ${text(event, 'amount')}`;
    default: return `${type} ${text(event, 'deposit')} ${text(event, 'amount')}`;
  }
}

function ofOffers({ texts }: Expected, { offers }: Final, counts: ReadonlyMap<string, number>): [string, Times][] {
  return offers.flatMap(({ id, source, state }): [string, Times][] => {
    const isOver = state === 'replaced' || state === 'withdrawn';
    const wordings = texts.find((one) => one.id === source)?.wordings ?? 1;
    // An edit that is taken back opens the same offer again, as often as it is.
    const offered = counts.get(`offered ${id}`) ?? 0;
    const ended = offered - (isOver ? 0 : 1);
    return [[`offered ${id}`, [1, wordings]], [`ended ${id}`, [Math.max(0, ended), Math.max(0, ended)]]];
  });
}

function ofTransactions({ submissions }: Final, events: readonly Event[], { deposits }: Expected): [string, Times][] {
  const told = new Set(events.filter(({ type }) => shortType(type) === 'submitted').map((event) => text(event, 'signature')));
  return [
    ...deposits.flatMap(({ signature }): [string, Times][] => (submissions.some((one) => one.signature === signature) ? [[`submitted ${signature}`, [1, 1]]] : [])),
    // Among what was signed are steps that are no funding: of those no event tells.
    ...submissions.flatMap(({ signature, state }): [string, Times][] => (!told.has(signature) ? [] : [[`submitted ${signature}`, [1, 1]], [`submission-expired ${signature}`, state === 'finalized' ? [0, 0] : [1, 1]]])),
  ];
}

function ofDeposit(one: Deposit, counts: ReadonlyMap<string, number>): [string, Times][] {
  const { address, award, undone, state } = one;
  const whole = `${address} ${String(one.amount)}`;
  const standing = award === undefined ? 0 : 1;
  const awarded = counts.get(`awarded ${whole}`) ?? 0;
  const forGood = undone.some(({ how }) => how === 'vetoed') ? 1 : 0;
  // What was undone between two looks was never seen, but that it was vetoed for good stands in the account.
  const vetoed: Times = [Math.max(forGood, awarded - standing), Math.max(forGood, undone.length)];
  return [
    [`funded ${whole}`, [1, 1]],
    [`awarded ${whole}`, [standing, standing + undone.length]],
    [`vetoed ${whole}`, vetoed],
    [`cancelled ${whole}`, state === 'cancelled' ? [1, 1] : [0, 0]],
    [`refunded ${address} whole ${String(one.amount)}`, state === 'refunded' && award === undefined ? [1, 1] : [0, 0]],
    [`closed ${whole}`, isClosed(one) ? [1, 1] : [0, 0]],
    ...(award?.shares ?? []).flatMap(({ amount, settled }, share): [string, Times][] => (settled === undefined ? [] : [[`${settled} ${address} ${String(share)} ${String(amount)}`, [1, 1]]])),
  ];
}
