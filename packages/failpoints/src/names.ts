/** Where a process can be told to die, and which durable step it has then done and which not yet. */
export interface Failpoint {
  /** The app it is passed in. */
  readonly app: 'github-app' | 'treasury';
  readonly after: string;
  readonly before: string;
}

/**
 * Every failpoint, in the order in which one offer passes them. Each stands in the sources once. A new durable step gets one
 * between itself and the next.
 */
export const failpoints = {
  'delivery-verified': { app: 'github-app', after: 'delivery verified', before: 'inbox row stored' },
  'delivery-stored': { app: 'github-app', after: 'inbox row stored', before: '202 answered' },
  'inbox-claimed': { app: 'github-app', after: 'attempt at the inbox row counted', before: 'it is handled' },
  'inbox-handled': { app: 'github-app', after: 'inbox row handled', before: 'its transaction committed' },
  'inbox-committed': { app: 'github-app', after: 'inbox row done, intents written', before: 'issue claimed' },
} as const satisfies Readonly<Record<string, Failpoint>>;

export type FailpointName = keyof typeof failpoints;

/** The four laws of not losing anything (ARCHITECTURE.md), each of which a test can switch off to see that it is missed. */
export const laws = ['inbox', 'outbox', 'intent', 'level'] as const;

export type Law = (typeof laws)[number];
