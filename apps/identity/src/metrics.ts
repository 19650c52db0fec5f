import type { Pool } from 'pg';
import type { FailureCode } from '@doubloon/errors';
import { measureQueues, sampling } from '@doubloon/postgres';
import { Counter, Gauge, type Registry } from '@doubloon/service';
import { decisionOutcomes, type DecisionOutcome } from './authorize/authorize.ts';
import { actions, type Action } from './authorize/facts.ts';
import type { Scan } from './links/watcher.ts';

export interface IdentityMetrics {
  decided(action: Action, outcome: DecisionOutcome): void;
  settled(outcome: 'landed' | 'expired' | 'failed'): void;
  scanned(scan: Scan): void;
  /** Whether the attestor in force is one of our keys. */
  attestorInForce(isOurs: boolean): void;
  chainFailed(code: FailureCode): void;
  /** How a round of that name ended: `good`, or the code of its failure. */
  roundEnded(round: string, outcome: string): void;
}

const open = "select count(*)::int as count, coalesce(extract(epoch from clock_timestamp() - min(submitted_at)), 0)::float8 as age from link_submission where state in ('recorded', 'sent', 'confirmed')";

/** What can be counted, and what is read from the rows when it is asked for. */
export function createIdentityMetrics(registry: Registry, { pool }: { pool: Pool }): IdentityMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: readonly string[] = []) => new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });

  const settled = counter('doubloon_links_settled_total', 'Signed transactions of links by what became of them: landed, expired or failed.', ['outcome']);
  const decisions = counter('doubloon_decisions_total', 'Answers to whether somebody may do something: allowed, denied, or failed because not all could be read.', ['action', 'outcome']);
  const disputed = gauge('doubloon_identities_disputed', 'Identities that the database says more of than the chain.');
  const attestor = gauge('doubloon_attestor_in_force', 'Whether the attestor in force is a key of this service: 1, or 0 while nobody can link.');
  const chainFailures = counter('doubloon_chain_failures_total', 'Questions to the node that failed, by code.', ['code']);
  const rounds = counter('doubloon_rounds_total', 'Rounds of sender, watcher, scan and the others by outcome: good, or the code of the failure.', ['round', 'outcome']);
  // From the start on, so that the first of them is a rise from zero.
  for (const outcome of ['landed', 'expired', 'failed']) settled.inc({ outcome }, 0);
  for (const action of actions) for (const outcome of decisionOutcomes) decisions.inc({ action, outcome }, 0);

  const sample = sampling(() => Promise.all([measureQueues(pool), pool.query<{ count: number; age: number }>(open)]));
  const age = gauge('doubloon_link_age_seconds', 'Age of the oldest signed transaction of a link whose fate is open.');
  const outboxAge = gauge('doubloon_outbox_age_seconds', 'Age of the oldest event that is not published yet.');
  const outboxWaiting = gauge('doubloon_outbox_waiting', 'Events that are not published yet.');
  const outboxDead = gauge('doubloon_outbox_dead', 'Events that could not be published and wait for an operator.');
  new Gauge({
    name: 'doubloon_links_open', help: 'Signed transactions of links whose fate is open.', registers,
    async collect() {
      const read = await sample();
      // A database that is away must not take the other series with it.
      if (read === undefined) return;
      const [queues, { rows: [links] }] = read;
      this.set(links?.count ?? 0);
      age.set(links?.age ?? 0);
      outboxAge.set(queues.outboxAge);
      outboxWaiting.set(queues.outboxWaiting);
      outboxDead.set(queues.outboxDead);
    },
  });

  return {
    decided: (action, outcome) => { decisions.inc({ action, outcome }); },
    settled: (outcome) => { settled.inc({ outcome }); },
    scanned: (scan) => { disputed.set(scan.disputed); },
    attestorInForce: (isOurs) => { attestor.set(isOurs ? 1 : 0); },
    chainFailed: (code) => { chainFailures.inc({ code }); },
    roundEnded: (round, outcome) => { rounds.inc({ round, outcome }); },
  };
}
