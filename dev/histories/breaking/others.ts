import type { AppName } from '../../stack/stack.ts';
import { nodeFaults, type Deed } from './break.ts';

/** What can be broken on a stack. */
export interface Place {
  readonly web: boolean;
  /** The event log is a Kafka broker. */
  readonly kafka: boolean;
}

type Draw = (random: () => number) => Deed;

const between = (random: () => number, from: number, to: number): number => Math.round(from + random() * (to - from));
const oneOf = <T>(random: () => number, ones: readonly T[]): T => ones[Math.floor(random() * ones.length)] as T;
const seconds = (random: () => number): number => between(random, 300, 3_000);

const told = [
  { event: 'issue_comment', action: 'created' }, { event: 'issue_comment', action: 'edited' }, { event: 'issue_comment', action: 'deleted' },
  { event: 'issues', action: 'closed' }, { event: 'issues', action: 'edited' }, { event: 'issue_comment' }, { event: 'issues' },
];
/** Only reading an issue again finds what such a one told, a quarter of an hour later: nothing that people wait for. */
const untraced = [{ event: 'issues', action: 'edited' }];
/** Where the App writes, and then where it or the identity service reads. */
const writes = [
  { method: 'POST', path: '/issues/[0-9]+/comments$' }, { method: 'PATCH', path: '/issues/comments/[0-9]+$' }, { method: 'POST', path: '/reactions$' }, { method: 'POST', path: '/labels$' },
];
const reads = [
  { method: 'GET', path: '/issues/[0-9]+/comments$' }, { method: 'GET', path: '/issues/[0-9]+$' }, { method: 'GET', path: '/app/hook/deliveries' }, { method: 'GET', path: '/contents/' },
  { method: 'GET', path: '/collaborators/' }, { method: 'POST', path: '/graphql$' }, { method: 'POST', path: '/access_tokens$' }, { path: '/repos/' }, { path: '/repositories/' },
];
const anywhere = [...writes, ...writes, ...reads];
const times = (random: () => number): number => between(random, 1, 3);

const hook = (fault: (random: () => number) => Extract<Deed, { what: 'hook' }>['fault'], events: readonly { event: string; action?: string }[] = told): Draw => (random) => ({ what: 'hook', ...oneOf(random, events), times: times(random), fault: fault(random) });
const api = (places: readonly { method?: string; path: string }[], fault: (random: () => number) => Extract<Deed, { what: 'api' }>['fault']): Draw => (random) => ({ what: 'api', ...oneOf(random, places), times: times(random), fault: fault(random) });
/** Where something was done, that matters where it was written; where not, anywhere. */
const either = (fault: (done: boolean, random: () => number) => Extract<Deed, { what: 'api' }>['fault']): Draw[] => [api(anywhere, (random) => fault(false, random)), api(writes, (random) => fault(true, random))];

/** Everything else than kills that can break there, each drawn with its facts. */
export function others({ web, kafka }: Place): Draw[] {
  const apps: readonly AppName[] = ['github-app', 'treasury', 'identity', ...(web ? (['web'] as const) : [])];
  const way = (to: 'postgres' | 'log' | 'github') => (['cut', 'reset', 'half-open', 'delay'] as const).map((how): Draw => (random) => ({ what: 'way', to, how, forMs: how === 'delay' ? seconds(random) : between(random, 200, 2_000) }));
  return [
    ...apps.map((who): Draw => (random) => ({ what: 'stall', who, forMs: seconds(random) })),
    (random) => ({ what: 'stall', who: 'postgres', forMs: between(random, 300, 2_000) }),

    hook(() => ({ kind: 'duplicate' })),
    hook((random) => ({ kind: 'late', by: { ms: between(random, 100, 3_000) } })),
    hook(() => ({ kind: 'lost', inLog: true })),
    hook(() => ({ kind: 'lost', inLog: false }), untraced),

    ...either((done, random) => ({ kind: 'unavailable', status: oneOf(random, [500, 502, 503] as const), done })),
    ...either((done) => ({ kind: 'reset', done })),
    (random) => ({ ...api(anywhere, () => ({ kind: 'hang' }))(random), times: 1 }) as Deed,
    (random) => ({ ...api(writes, (drawn) => ({ kind: 'hang', done: drawn() < 0.5 || { afterMs: 500 } }))(random), times: 1 }) as Deed,
    api(anywhere, (random) => ({ kind: 'slow', ms: seconds(random) })),
    (random) => ({ ...api(anywhere, (drawn) => ({ kind: 'primary-limit', status: oneOf(drawn, [403, 429] as const), resetSeconds: 2 }))(random), times: 1 }) as Deed,
    (random) => ({ ...api(anywhere, (drawn) => ({ kind: 'secondary-limit', status: oneOf(drawn, [403, 429] as const), retryAfter: 1 }))(random), times: 1 }) as Deed,
    (random) => ({ ...api(reads, () => ({ kind: 'not-found' }))(random), times: 1 }) as Deed,
    (random) => ({ ...api(anywhere, () => ({ kind: 'token-expired' }))(random), times: 1 }) as Deed,

    ...way('postgres'), ...way('github'), ...(kafka ? [] : way('log')),
    () => ({ what: 'restart', how: 'fast' }),
    () => ({ what: 'restart', how: 'immediate' }),
    ...(kafka ? (['kill', 'restart'] as const).map((how): Draw => (random) => ({ what: 'broker', how, forMs: seconds(random) })) : []),
    ...nodeFaults.map((how): Draw => (random) => ({ what: 'node', how, forMs: between(random, 300, 2_500) })),
    (random) => ({ what: 'clock', byMs: between(random, 5_000, 120_000) }),
  ];
}
