import type { FailpointName, Law } from '@doubloon/failpoints';
import type { ApiFault, HookFault } from '@doubloon/github-standin';
import type { AppName } from '../../stack/stack.ts';
import type { Round } from '../operation.ts';

/** A failpoint, and at which passing of it a process dies there. */
export interface Card {
  readonly name: FailpointName;
  readonly nth: number;
}

/** What a node does to whoever asks it, for a while. */
export const nodeFaults = ['drop', 'lose-answers', 'internal', 'bad-gateway', 'never', 'late', 'behind', 'forget-statuses', 'unknown-blockhash', 'silent', 'away', 'cut'] as const;
export type NodeFault = (typeof nodeFaults)[number];

/** Something that breaks. Whatever lasts is healed after `forMs`. */
export type Deed =
  /** SIGKILL at once; then it is started armed with each card in turn, and dies there, or by SIGKILL after `withinMs`; then it is started unarmed. */
  | { readonly what: 'kills'; readonly app: AppName; readonly cards: readonly Card[]; readonly withinMs: number }
  /** SIGSTOP, then SIGCONT: a machine that stalls; for PostgreSQL with all of its processes a disk that does. */
  | { readonly what: 'stall'; readonly who: AppName | 'postgres'; readonly forMs: number }
  | { readonly what: 'hook'; readonly event: string; readonly action?: string; readonly times: number; readonly fault: HookFault }
  /** `path` is a regular expression. */
  | { readonly what: 'api'; readonly method?: string; readonly path: string; readonly times: number; readonly fault: ApiFault }
  /** Connections of the apps. After a silence they are reset, as by whoever comes back and knows nothing of them. */
  | { readonly what: 'way'; readonly to: 'postgres' | 'log' | 'github'; readonly how: 'cut' | 'reset' | 'half-open' | 'delay'; readonly forMs: number }
  | { readonly what: 'restart'; readonly how: 'fast' | 'immediate' }
  | { readonly what: 'broker'; readonly how: 'kill' | 'restart'; readonly forMs: number }
  | { readonly what: 'node'; readonly how: NodeFault; readonly forMs: number }
  /** GitHub's clock jumps ahead of ours by so much more, and stays there: were it to go back, an edit would be older than what it edits. */
  | { readonly what: 'clock'; readonly byMs: number }
  /** Each webhook of the batch that was acknowledged comes twice more, in any order. */
  | { readonly what: 'again' };

/** One thing that breaks in a batch of histories: in which round, and how long after its begin. */
export type Break = Deed & { readonly round: Round; readonly atMs: number };

export interface Plan {
  readonly seed: number;
  /** By round, and in a round by time. */
  readonly breaks: readonly Break[];
  /** All apps run without this law, all the time. */
  readonly lawOff?: Law;
}

/** What it is called in the report. */
export function kindOf(deed: Deed): string {
  switch (deed.what) {
    case 'kills': return 'kill';
    case 'stall': return deed.who === 'postgres' ? 'disk of PostgreSQL stalled' : 'process stalled';
    case 'hook': return deed.fault.kind === 'lost' ? `webhook lost, ${deed.fault.inLog ? 'failed' : 'unknown'} in the log` : deed.fault.kind === 'late' ? `webhook ${'ms' in deed.fault.by ? 'late' : 'overtaken'}` : 'webhook duplicated';
    case 'api': return `API: ${deed.fault.kind}${'done' in deed.fault && deed.fault.done !== false && deed.fault.done !== undefined ? ', but done' : ''}`;
    case 'way': return `connections to ${{ postgres: 'PostgreSQL', log: 'the event log', github: 'GitHub' }[deed.to]}: ${deed.how}`;
    case 'restart': return `PostgreSQL restarted, ${deed.how}`;
    case 'broker': return deed.how === 'kill' ? 'Kafka killed' : 'Kafka restarted';
    case 'node': return `node: ${deed.how}`;
    case 'clock': return 'clock of GitHub jumps';
    case 'again': return 'everything delivered again';
  }
}
