import type { Pool } from 'pg';
import { treasury, type MessageInitShape } from '@doubloon/rpc';
import type { BountyKey } from '../offers/bounty-lock.ts';
import type { DecisionAction } from './touchable.ts';

interface Row {
  readonly action: DecisionAction;
  readonly source_kind: string;
  readonly source_id: string;
  readonly actor_id: string;
  readonly actor_login: string;
  readonly decided_at: Date;
  readonly intents: readonly { readonly deposit: string; readonly state: 'waiting' | 'alive' | 'done' | 'failed'; readonly signature: string | null; readonly problem: string | null; readonly sequence: string }[];
}

const { IntentState } = treasury;
const states = { waiting: IntentState.WAITING, alive: IntentState.WAITING, done: IntentState.DONE, failed: IntentState.FAILED };

const decisions = `
  select action, source_kind, source_id, actor_id, actor_login, decided_at,
    (select json_agg(json_build_object('deposit', deposit, 'state', state, 'signature', signature, 'problem', problem, 'sequence', sequence::text) order by id) from relayer_intent i where i.decision = n.id) as intents
  from decision n`;
// A pull request may close several issues, and decides about each of them.
const bySource = `${decisions} where action = $1 and source_kind = $2 and source_id = $3 and (source_kind <> 'pull-request' or (repository_id, issue_id) in (select * from places_of($4, $5)))`;
const ofBounty = `${decisions} where (repository_id, issue_id) in (select * from places_of($1, $2)) order by id desc limit 50`;

const view = ({ action, source_kind: sourceKind, source_id: sourceId, actor_id: githubId, actor_login: login, decided_at: at, intents }: Row): MessageInitShape<typeof treasury.DecisionSchema> => ({
  action, sourceKind, sourceId, actor: { githubId, login }, decidedAt: at.toISOString(),
  intents: intents.map(({ deposit, state, signature, problem, sequence }) => ({ deposit, state: states[state], signature: signature ?? '', problem: problem ?? '', sequence })),
});

/** What a comment decided, or a pull request about this issue, and what has become of it; `undefined` when it decided nothing. */
export async function decisionBySource(pool: Pool, action: DecisionAction, { sourceKind, sourceId, repositoryId, issueId }: { sourceKind: string; sourceId: string } & BountyKey): Promise<MessageInitShape<typeof treasury.DecisionSchema> | undefined> {
  const { rows: [row] } = await pool.query<Row>(bySource, [action, sourceKind, sourceId, repositoryId, issueId]);
  return row && view(row);
}

/** What comments decided on an issue, newest first. */
export async function decisionsOf(pool: Pool, { repositoryId, issueId }: BountyKey): Promise<MessageInitShape<typeof treasury.DecisionSchema>[]> {
  return (await pool.query<Row>(ofBounty, [repositoryId, issueId])).rows.map(view);
}
