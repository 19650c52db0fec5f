import type { Pool } from 'pg';
import { deleteInBatches, pruneBatch } from '@doubloon/postgres';
import type { Evidence } from '../github/reader.ts';
import type { Decision } from './decide.ts';
import type { LeftOut } from './divide.ts';
import { actorOf } from './facts.ts';
import type { Gathered } from './gather.ts';
import type { Asking } from './request.ts';

export interface DecisionRecord {
  readonly id: string;
  readonly asking: Asking;
  readonly gathered: Gathered;
  readonly leftOut: readonly LeftOut[];
  readonly evidence: readonly Evidence[];
  readonly decision: Decision;
  /** Who asked: a service, by its token. */
  readonly caller: string | undefined;
  readonly askedAt: Date;
  readonly decidedAt: Date;
}

const insert = 'insert into decision (id, decided_at, action, repository_id, issue_id, actor_id, allowed, reason_code, inputs) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)';
const forget = `delete from decision where id in (select id from decision where decided_at < $1 order by decided_at limit ${pruneBatch})`;

/** Amounts as decimal text, maps as objects. */
const asJson = (value: object): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one instanceof Map ? Object.fromEntries(one as Map<string, unknown>) : one));

/** Writes down a decision with all that it rested on. It counts only once this has resolved. */
export async function keepDecision(pool: Pool, { id, asking, gathered, leftOut, evidence, decision, caller, askedAt, decidedAt }: DecisionRecord): Promise<void> {
  const { facts, rulesSha, textSha256 } = gathered;
  const inputs = asJson({ caller, asking, facts, leftOut, evidence, rulesSha, textSha256, askedAt, reason: decision.allowed ? undefined : decision.reason });
  await pool.query(insert, [id, decidedAt, asking.action, asking.repositoryId, asking.issueId, actorOf(facts)?.id, decision.allowed, decision.allowed ? null : decision.code, inputs]);
}

/** Deletes decisions of before a time, and answers how many: a portion of them, so that nobody waits for long. */
export async function forgetDecisions(pool: Pool, before: Date): Promise<number> {
  return deleteInBatches(pool, forget, [before]);
}
