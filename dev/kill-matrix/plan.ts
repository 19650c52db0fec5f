import { failpoints, type Failpoint, type FailpointName, type Law } from '@doubloon/failpoints';

/** Where one app is to die, and at which passing. */
export interface Kill {
  readonly name: FailpointName;
  readonly app: Failpoint['app'];
  readonly nth: number;
}

/** One history on an issue of its own. */
export interface Run {
  /** At most one of each app. */
  readonly kills: readonly Kill[];
  readonly lawOff?: Law;
  readonly ending: 'more' | 'less';
  /** What has to be there when the apps start, for what they do then and only then. */
  readonly before?: 'missed-delivery' | 'offer-out-of-time' | undefined;
}

/** How often a history passes a failpoint at least, where that is more than once. */
const passes: Partial<Record<FailpointName, number>> = {
  'delivery-verified': 6, 'delivery-stored': 6, 'inbox-claimed': 6, 'inbox-handled': 6, 'inbox-committed': 6,
  'issue-claimed': 3, 'intent-counted': 4, 'offer-opened': 3, 'intent-pursued': 3, 'intents-done': 3, 'bounty-read': 3, 'eyes-counted': 2, 'eyes-set': 2, 'issue-tended': 3,
  'event-enqueued': 6, 'transaction-committed': 6, 'outbox-counted': 4, 'outbox-published': 4, 'event-read': 5, 'event-handled': 4,
};
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

/** Every failpoint once. Two apps die in one history where that is possible: each at its own, neither waiting for the other. */
export function planAll(random: () => number): Run[] {
  const kills = (Object.keys(failpoints) as FailpointName[]).map((name) => named(name, random));
  const of = (app: Failpoint['app'], isPrepared: boolean) => kills.filter((kill) => kill.app === app && (preparations[kill.name] !== undefined) === isPrepared);
  const [apps, treasuries] = [of('github-app', false), of('treasury', false)];
  const pairs = Array.from({ length: Math.max(apps.length, treasuries.length) }, (_, place) => [apps[place], treasuries[place]].filter((kill) => kill !== undefined));
  return [...pairs, ...[...of('github-app', true), ...of('treasury', true)].map((kill) => [kill])].map((together) => runOf(together, random));
}

export const planOne = (name: FailpointName, random: () => number): Run => runOf([named(name, random)], random);

/** Where each law matters: with the law switched off, dying there loses or doubles something, and the oracle has to say so. */
const missed: readonly { readonly law: Law; readonly name: FailpointName; readonly nth: number; readonly says: RegExp }[] = [
  { law: 'inbox', name: 'delivery-verified', nth: 2, says: /acknowledged to GitHub and not stored/ },
  { law: 'outbox', name: 'transaction-committed', nth: 1, says: /the events are/ },
  { law: 'intent', name: 'comment-created', nth: 1, says: /2 living comments/ },
  { law: 'intent', name: 'signature-checked', nth: 1, says: /on the chain and nowhere written down/ },
  { law: 'level', name: 'delivery-verified', nth: 2, says: /waited/ },
  { law: 'level', name: 'signature-kept', nth: 1, says: /waited/ },
];

/** Runs that must fail, and what they have to say. */
export const planLaws = (random: () => number): { run: Run; says: RegExp }[] =>
  missed.map(({ law, name, nth, says }) => ({ run: runOf([{ name, nth, app: failpoints[name].app }], random, law), says }));
