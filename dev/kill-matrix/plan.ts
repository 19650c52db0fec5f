import { failpoints, type Failpoint, type FailpointName, type Law } from '@doubloon/failpoints';
import { shuffled } from '../histories/seeded.ts';

/** Where one app is to die, and at which passing. */
export interface Kill {
  readonly name: FailpointName;
  readonly app: Failpoint['app'];
  readonly nth: number;
}

/** One history on an issue of its own. */
export interface Run {
  /** Those of one app die one after the other: each is armed when the app starts again after the one before it. */
  readonly kills: readonly Kill[];
  readonly lawOff?: Law;
  readonly ending: 'more' | 'less';
  /** What has to be there when the apps start, for what they do then and only then. */
  readonly before?: 'missed-delivery' | 'offer-out-of-time' | undefined;
}

/** What the histories played here pass: those of the identity service are passed by the test of its own in apps/identity, and some wait for histories that go beyond the funding. */
export const played = (Object.keys(failpoints) as FailpointName[]).filter((name) => failpoints[name].app !== 'identity' && !('isUnplayed' in failpoints[name]));

/** How often a history passes a failpoint at least. Once, where nothing is said. */
const passes: Partial<Record<FailpointName, number>> = {
  'delivery-verified': 3, 'delivery-stored': 3, 'inbox-claimed': 3, 'inbox-handled': 3, 'inbox-committed': 3,
  'issue-claimed': 2, 'intent-counted': 2, 'offer-opened': 2, 'intent-pursued': 2, 'intents-done': 2, 'bounty-read': 2, 'issue-tended': 2,
  'event-enqueued': 6, 'transaction-committed': 6, 'outbox-counted': 4, 'outbox-published': 4, 'event-read': 3, 'event-handled': 2,
};
/** Passed when a process starts, or early in a history and then never again: nothing can die before them. */
const first: ReadonlySet<FailpointName> = new Set(['sweep-page-read', 'sweep-page-noted', 'sweep-reached-kept', 'comment-intended', 'comment-turn-taken', 'comment-created', 'comment-kept', 'offer-opened', 'replacement-opened', 'eyes-counted', 'eyes-set']);
/** Passed at the end only: nothing can die after them. */
const last: ReadonlySet<FailpointName> = new Set(['top-up-opened', 'problem-told']);
const endings: Partial<Record<FailpointName, Run['ending']>> = { 'top-up-opened': 'more', 'problem-told': 'less' };
const preparations: Partial<Record<FailpointName, NonNullable<Run['before']>>> = {
  'offer-due': 'offer-out-of-time', 'sweep-delivery-fetched': 'missed-delivery', 'sweep-delivery-stored': 'missed-delivery',
};

const named = (name: FailpointName, random: () => number): Kill => ({ name, app: failpoints[name].app, nth: 1 + Math.floor(random() * (passes[name] ?? 1)) });

function runOf(kills: readonly Kill[], random: () => number, lawOff?: Law): Run {
  const drawn = random() < 0.5 ? 'more' : 'less';
  const ending = kills.map(({ name }) => endings[name]).find((one) => one !== undefined) ?? drawn;
  return { kills, ending, before: kills.map(({ name }) => preparations[name]).find((one) => one !== undefined), ...(lawOff === undefined ? {} : { lawOff }) };
}

/**
 * Each of them once. The two apps die in one history, each at its own and neither waiting for the other, and the App twice
 * where that is possible.
 */
export function planAll(random: () => number): Run[] {
  const kills = played.map((name) => named(name, random));
  const plain = shuffled(kills.filter(({ name }) => preparations[name] === undefined), random);
  const treasury = plain.filter(({ app }) => app === 'treasury');
  const place = ({ name }: Kill): number => (first.has(name) ? 0 : last.has(name) ? 2 : 1);
  const app = plain.filter((kill) => kill.app === 'github-app').sort((one, other) => place(one) - place(other));
  const half = Math.ceil(app.length / 2);
  // What is left of a history when the app has died once is passed by each of them once, its last edit if nothing else.
  const later = app.slice(half).reverse().map((kill) => ({ ...kill, nth: 1 }));
  const together = Array.from({ length: Math.max(half, treasury.length) }, (_, row) => [...app.slice(0, half).slice(row, row + 1), ...later.slice(row, row + 1), ...treasury.slice(row, row + 1)]);
  return [...together, ...kills.filter(({ name }) => preparations[name] !== undefined).map((kill) => [kill])].map((of) => runOf(of, random));
}

/** Where each law matters: with the law switched off, dying there loses or doubles something, and the oracle has to say so. */
const missed: readonly { readonly law: Law; readonly name: FailpointName; readonly nth: number; readonly says: RegExp }[] = [
  { law: 'inbox', name: 'delivery-verified', nth: 2, says: /acknowledged to GitHub and not stored/ },
  { law: 'outbox', name: 'transaction-committed', nth: 1, says: /the events are/ },
  { law: 'intent', name: 'comment-created', nth: 1, says: /wrote 2 living comments/ },
  { law: 'intent', name: 'signature-checked', nth: 1, says: /on the chain and nowhere written down/ },
  { law: 'level', name: 'delivery-verified', nth: 2, says: /waited/ },
  { law: 'level', name: 'signature-kept', nth: 1, says: /waited/ },
];

/** Runs that must fail, and what they have to say. */
export const planLaws = (random: () => number): { run: Run; says: RegExp }[] =>
  missed.map(({ law, name, nth, says }) => ({ run: runOf([{ name, nth, app: failpoints[name].app }], random, law), says }));
