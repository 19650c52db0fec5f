import { failpoints, type FailpointName, type Law } from '@doubloon/failpoints';
import { seeded, shuffled } from '../seeded.ts';
import type { AppName } from '../../stack/stack.ts';
import type { Round } from '../operation.ts';
import { kindOf, type Break, type Card, type Plan } from './break.ts';
import { others, type Place } from './others.ts';

/** Of a run of batches, each of which gets the next cards of the same decks. */
export interface PlanOptions extends Place {
  readonly batch: number;
  /** How long people act in a round, about. */
  readonly roundMs?: number;
}

const rounds = [0, 1, 2, 3, 4] as const satisfies readonly Round[];
type MortalApp = 'github-app' | 'treasury' | 'identity';

/** How many failpoints each app is dealt in a round. All of a deck are dealt in some seven batches. */
const cardsIn: Readonly<Record<MortalApp, readonly number[]>> = { 'github-app': [2, 1, 2, 1, 1], treasury: [2, 1, 1, 2, 1], identity: [2, 0, 1, 0, 0] };
/** A process that does not come by its failpoint dies all the same. */
const withinMs = 4_000;
const othersPerBatch = 26;

/** What only the first part of most histories passes, or only the later ones. */
const early = /^(?:offer-opened|comment-(?:intended|turn-taken|created|kept)|eyes-|label-set|signature-|submission-|transaction-s|sending-|landing-|deposit-(?:read|credited)|link-|attestation-|identity-|sign-in-|person-)/;
const late = /^(?:awardees-|decision-|award-|step-|relay-|crank-|deposit-seen|deposit-change|notice-|problem-|top-up-|candidates-)/;
const stageOf = (name: string): number => (early.test(name) ? 0 : late.test(name) ? 2 : 1);
/** Passed many times by any batch, so that a process can also die at a later passing. */
const often = /^(?:delivery-|inbox-|issue-(?:claimed|tended)|intent-|intents-|bounty-read|event-|transaction-committed|outbox-|sweep-page)/;

/** The cards of one batch: the next ones of a deck that is shuffled anew when all were dealt. */
function dealt(app: MortalApp, { seed, batch }: { seed: number; batch: number }, random: () => number): Card[] {
  const deck = (Object.keys(failpoints) as FailpointName[]).filter((name) => failpoints[name].app === app);
  const count = cardsIn[app].reduce((sum, one) => sum + one, 0);
  return Array.from({ length: count }, (_, place) => {
    const nth = batch * count + place;
    const name = shuffled(deck, seeded(seed ^ Math.imul(1 + Math.floor(nth / deck.length), 0x9e3779b1)))[nth % deck.length] as FailpointName;
    return { name, nth: often.test(name) ? 1 + Math.floor(random() * 4) : 1 };
  });
}

/** What breaks in one batch of histories. The same seed and batch plan the same. */
export function planBreaks(seed: number, { batch, roundMs = 6_000, ...place }: PlanOptions): Plan {
  const random = seeded(seed + Math.imul(batch + 1, 0x85ebca6b));
  const at = (from = 0, to = 1): number => Math.floor((from + random() * (to - from)) * roundMs);
  const round = (): Round => rounds[Math.floor(random() * rounds.length)] ?? 0;
  const kills = (['github-app', 'treasury', 'identity'] as const).flatMap((app) => {
    const cards = dealt(app, { seed, batch }, random).sort((one, other) => stageOf(one.name) - stageOf(other.name));
    return rounds.flatMap((of): Break[] => {
      const mine = cards.splice(0, cardsIn[app][of]);
      return mine.length === 0 ? [] : [{ what: 'kills', app, cards: mine, withinMs, round: of, atMs: at(0, 0.4) }];
    });
  });
  const web: Break[] = place.web ? [0, 1].map(() => ({ what: 'kills', app: 'web', cards: [], withinMs, round: round(), atMs: at() })) : [];
  const deck = others(place);
  const rest = Array.from({ length: othersPerBatch }, (_, nth): Break => {
    const card = batch * othersPerBatch + nth;
    const draw = shuffled(deck, seeded(seed ^ Math.imul(1 + Math.floor(card / deck.length), 0xc2b2ae35)))[card % deck.length];
    if (draw === undefined) throw new Error('there is nothing else to break');
    return { ...draw(random), round: round(), atMs: at() };
  });
  const again: Break = { what: 'again', round: rounds[2 + Math.floor(random() * 3)] ?? 4, atMs: at() };
  return { seed, breaks: inOrder([...kills, ...web, ...rest, again]) };
}

const inOrder = (breaks: readonly Break[]): Break[] => breaks.toSorted((one, other) => one.round - other.round || one.atMs - other.atMs || kindOf(one).localeCompare(kindOf(other)));

/** Where each law matters: with the law switched off, dying there loses or doubles something. */
const missed: Readonly<Record<Law, readonly FailpointName[]>> = {
  inbox: ['delivery-verified'],
  outbox: ['transaction-committed'],
  intent: ['comment-created', 'signature-checked'],
  level: ['delivery-verified', 'signature-kept'],
};

/** What breaks while all apps run without a law: they die where it matters most, again and again. */
export function planLawless(law: Law, seed: number): Plan {
  const random = seeded(seed);
  const breaks = ([0, 1, 2] as const).flatMap((round) => (['github-app', 'treasury'] as const).flatMap((app): Break[] => {
    const cards = missed[law].filter((name) => failpoints[name].app === app).flatMap((name) => [2, 1, 3].map((nth) => ({ name, nth: Math.min(nth, often.test(name) ? nth : 1) })));
    return cards.length === 0 ? [] : [{ what: 'kills', app: app as AppName, cards, withinMs: 3_000, round, atMs: Math.floor(random() * 300) }];
  }));
  // What never arrives only a look on a timer finds.
  const lost: Break[] = law === 'level' ? (['issue_comment', 'issues'] as const).map((event) => ({ what: 'hook', event, times: 5, fault: { kind: 'lost', inLog: true }, round: 0, atMs: 0 })) : [];
  return { seed, breaks: inOrder([...lost, ...breaks]), lawOff: law };
}
