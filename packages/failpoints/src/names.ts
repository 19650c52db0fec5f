/** Where a process can be told to die, and which durable step it has then done and which not yet. */
export interface Failpoint {
  /** The app it is passed in. */
  readonly app: 'github-app' | 'treasury' | 'identity';
  readonly after: string;
  readonly before: string;
  /** No history of dev/kill-matrix comes by it yet, because those end with the money in escrow; a test of the app's own dies there (`killed.integration.test.ts`). */
  readonly isUnplayed?: true;
}

/**
 * Every failpoint, in the order in which an offer passes them. Each stands in the sources once. A new durable step gets one
 * between itself and the next, and is passed by what dev/kill-matrix plays, or, in the identity service, by what its own test of dying plays.
 */
export const failpoints = {
  'delivery-verified': { app: 'github-app', after: 'delivery verified', before: 'inbox row stored' },
  'delivery-stored': { app: 'github-app', after: 'inbox row stored', before: '202 answered' },
  'inbox-claimed': { app: 'github-app', after: 'attempt at the inbox row counted', before: 'row handled' },
  'inbox-handled': { app: 'github-app', after: 'row handled', before: 'its transaction committed' },
  'inbox-committed': { app: 'github-app', after: 'row done and intents written', before: 'next row claimed, issue woken' },

  'issue-claimed': { app: 'github-app', after: 'attempt at the issue counted', before: 'its intents read' },
  'intent-counted': { app: 'github-app', after: 'attempt at the intent counted', before: 'treasury called' },
  'offer-opened': { app: 'github-app', after: 'offer opened by the treasury', before: 'its id kept' },
  'replacement-opened': { app: 'github-app', after: 'offer that replaces another opened and kept', before: 'the other one withdrawn' },
  'top-up-opened': { app: 'github-app', after: 'offer beyond what is funded opened', before: 'its id kept' },
  'intent-pursued': { app: 'github-app', after: 'treasury has done it', before: 'intent marked done' },
  'problem-told': { app: 'github-app', after: 'sentence for the living comment kept', before: 'intent marked done' },
  'awardees-kept': { app: 'github-app', after: 'ids of whom an award names kept', before: 'treasury asked to award', isUnplayed: true },
  'decision-ended': { app: 'github-app', after: 'answer of the treasury about a decision read', before: 'what became of it kept', isUnplayed: true },
  'decision-told': { app: 'github-app', after: 'what became of a decision kept', before: 'next intent pursued', isUnplayed: true },
  'intents-done': { app: 'github-app', after: 'intents marked done', before: 'bounty read' },
  'issue-told': { app: 'github-app', after: 'treasury told of the issue', before: 'noted as told', isUnplayed: true },
  'candidates-read': { app: 'github-app', after: 'pull requests that close the issue read', before: 'candidates kept', isUnplayed: true },
  'bounty-read': { app: 'github-app', after: 'bounty read', before: 'intention to write the living comment' },
  'comment-intended': { app: 'github-app', after: 'intention to create the living comment kept', before: 'GitHub asked whether it is there' },
  'comment-turn-taken': { app: 'github-app', after: 'its place among what we create counted', before: 'living comment created' },
  'comment-created': { app: 'github-app', after: 'living comment created', before: 'its id and hash kept' },
  'comment-edited': { app: 'github-app', after: 'living comment edited', before: 'its hash kept' },
  'comment-kept': { app: 'github-app', after: 'id and hash of the living comment kept', before: 'reactions' },
  'eyes-counted': { app: 'github-app', after: 'attempt at the reaction counted', before: 'reaction set' },
  'eyes-set': { app: 'github-app', after: 'reaction set', before: 'intent marked done' },
  'label-set': { app: 'github-app', after: 'label set', before: 'that kept' },
  'notice-intended': { app: 'github-app', after: 'intention to write a notice kept', before: 'GitHub asked whether it is there', isUnplayed: true },
  'notice-created': { app: 'github-app', after: 'notice created', before: 'its id kept', isUnplayed: true },
  'notice-kept': { app: 'github-app', after: 'id of the notice kept', before: 'next notice looked at', isUnplayed: true },
  'issue-tended': { app: 'github-app', after: 'everything done for the issue', before: 'issue marked so' },

  'event-enqueued': { app: 'treasury', after: 'state and event written', before: 'their transaction committed' },
  'transaction-committed': { app: 'treasury', after: 'state and event committed', before: 'caller answered' },
  'outbox-counted': { app: 'treasury', after: 'attempt at the messages counted', before: 'messages published' },
  'outbox-published': { app: 'treasury', after: 'messages published', before: 'messages removed from the outbox' },
  'signature-checked': { app: 'treasury', after: 'signed bytes checked', before: 'signature row and event committed' },
  'signature-kept': { app: 'treasury', after: 'signature row and event committed', before: 'wallet answered' },
  'submission-claimed': { app: 'treasury', after: 'attempt at the transaction counted', before: 'chain asked and transaction sent' },
  'transaction-sent': { app: 'treasury', after: 'transaction sent', before: 'noted as sent' },
  'sending-noted': { app: 'treasury', after: 'noted as sent', before: 'status looked up' },
  'transaction-seen': { app: 'treasury', after: 'transaction seen at finalized', before: 'noted as landed' },
  'landing-noted': { app: 'treasury', after: 'noted as landed', before: 'deposit read' },
  'deposit-read': { app: 'treasury', after: 'deposit read at finalized', before: 'deposit and event committed' },
  'deposit-credited': { app: 'treasury', after: 'deposit and event committed', before: 'next look at the chain' },
  'deposit-seen-changed': { app: 'treasury', after: 'change of a deposit seen twice at finalized', before: 'deposit and event committed', isUnplayed: true },
  'deposit-change-kept': { app: 'treasury', after: 'change of a deposit and event committed', before: 'next deposit looked at', isUnplayed: true },
  'decision-allowed': { app: 'treasury', after: 'decision allowed by the identity service', before: 'decision and its intents committed', isUnplayed: true },
  'decision-kept': { app: 'treasury', after: 'decision and its intents committed', before: 'caller answered', isUnplayed: true },
  'award-checked': { app: 'treasury', after: 'signed award checked, and signed by the relayer if it is for two', before: 'award committed', isUnplayed: true },
  'award-kept': { app: 'treasury', after: 'award committed', before: 'wallet answered', isUnplayed: true },
  'step-checked': { app: 'treasury', after: 'signed step of a deposit checked', before: 'step committed', isUnplayed: true },
  'step-kept': { app: 'treasury', after: 'step committed', before: 'wallet answered', isUnplayed: true },
  'relay-signed': { app: 'treasury', after: 'transaction built and signed by the relayer', before: 'transaction and its intents committed', isUnplayed: true },
  'relay-kept': { app: 'treasury', after: 'transaction and its intents committed', before: 'transaction sent', isUnplayed: true },
  'relay-claimed': { app: 'treasury', after: 'attempt at the relayer’s transaction counted', before: 'chain asked and transaction sent', isUnplayed: true },
  'relay-sent': { app: 'treasury', after: 'transaction of the relayer sent', before: 'noted as sent', isUnplayed: true },
  'relay-seen': { app: 'treasury', after: 'fate of the relayer’s transaction seen', before: 'fate committed and its intents free', isUnplayed: true },
  'relay-settled': { app: 'treasury', after: 'fate committed and its intents free', before: 'intents judged by their deposits', isUnplayed: true },
  'crank-due': { app: 'treasury', after: 'deposits seen to be due', before: 'intents for them committed', isUnplayed: true },
  'offer-due': { app: 'treasury', after: 'offer seen to be out of time', before: 'its end and the event committed' },

  'step-taken': { app: 'github-app', after: 'treasury has decided what follows by itself', before: 'step marked done', isUnplayed: true },

  'issue-found-again': { app: 'github-app', after: 'issue with our comment known again', before: 'next one looked for', isUnplayed: true },
  'sweep-page-read': { app: 'github-app', after: 'page of the delivery log read', before: 'what of it is missing noted' },
  'sweep-page-noted': { app: 'github-app', after: 'what is missing noted', before: 'next page read, or what was reached kept' },
  'sweep-reached-kept': { app: 'github-app', after: 'what was reached in the delivery log kept', before: 'missed delivery fetched' },
  'sweep-delivery-fetched': { app: 'github-app', after: 'missed delivery fetched', before: 'inbox row stored' },
  'sweep-delivery-stored': { app: 'github-app', after: 'inbox row stored', before: 'delivery not missed any more' },

  'event-read': { app: 'github-app', after: 'event read from the log', before: 'inbox row stored' },
  'event-handled': { app: 'github-app', after: 'inbox row stored', before: 'position in the log committed' },

  'sign-in-taken': { app: 'identity', after: 'sign-in taken away from its session', before: 'code exchanged at GitHub' },
  'person-known': { app: 'identity', after: 'user read at GitHub and the token given back', before: 'session of the user committed' },
  'link-checked': { app: 'identity', after: 'signed bytes of a link checked', before: 'their row written' },
  'link-kept': { app: 'identity', after: 'row of the signed bytes written', before: 'wallet answered' },
  'link-claimed': { app: 'identity', after: 'attempt at the link counted', before: 'attestor asked, or chain asked and link sent' },
  'link-attested': { app: 'identity', after: 'signed by the attestor', before: 'its signature kept' },
  'attestation-kept': { app: 'identity', after: 'signature of the attestor kept', before: 'link sent' },
  'link-sent': { app: 'identity', after: 'link sent', before: 'noted as sent' },
  'link-sending-noted': { app: 'identity', after: 'noted as sent', before: 'status looked up' },
  'link-seen': { app: 'identity', after: 'link seen at finalized', before: 'noted as landed' },
  'link-landing-noted': { app: 'identity', after: 'noted as landed', before: 'identity account read' },
  'identity-read': { app: 'identity', after: 'identity account read at finalized', before: 'identity and event committed' },
  'identity-kept': { app: 'identity', after: 'identity and event committed', before: 'next look at the chain' },
} as const satisfies Readonly<Record<string, Failpoint>>;

export type FailpointName = keyof typeof failpoints;

/** The four laws of not losing anything (ARCHITECTURE.md), each of which a test can switch off to see that it is missed. */
export const laws = ['inbox', 'outbox', 'intent', 'level'] as const;

export type Law = (typeof laws)[number];
