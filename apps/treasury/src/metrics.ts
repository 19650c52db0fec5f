import type { Pool } from 'pg';
import type { BountyEvent } from '@doubloon/domain';
import type { FailureCode } from '@doubloon/errors';
import { measureQueues, sampling } from '@doubloon/postgres';
import { Counter, Gauge, type Registry } from '@doubloon/service';
import type { Scan } from './deposits/scan-deposits.ts';

export interface TreasuryMetrics {
  settled(outcome: 'landed' | 'expired' | 'failed'): void;
  credited(): void;
  changed(type: BountyEvent['type']): void;
  relayed(outcome: 'landed' | 'expired' | 'failed' | 'refused'): void;
  scanned(scan: Scan): void;
  chainFailed(code: FailureCode): void;
  /** How a round of that name ended: `good`, or the code of its failure. */
  roundEnded(round: string, outcome: string): void;
}

/** What is known of those whose fate is open: not handed over, perhaps handed over, taken by the node, seen, or final with their deposit not credited yet. */
const states = ['waiting', 'unknown', 'sent', 'confirmed', 'final'] as const;

const open = `
  select case when state = 'recorded' then case when attempts = 0 then 'waiting' else 'unknown' end when state = 'finalized' then 'final' else state end as state,
    count(*)::int as count, extract(epoch from clock_timestamp() - min(submitted_at))::float8 as age
  from submission where state in ('recorded', 'sent', 'confirmed', 'finalized') and next_at < 'infinity' group by 1`;

/** What can be counted, and what is read from the rows when it is asked for. */
export function createTreasuryMetrics(registry: Registry, { pool, now }: { pool: Pool; now: () => Date }): TreasuryMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: readonly string[] = []) => new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });

  const settled = counter('doubloon_submissions_settled_total', 'Signed transactions by what became of them: landed, expired or failed.', ['outcome']);
  const credited = counter('doubloon_deposits_credited_total', 'Deposits read from finalized state under our terms.');
  const changed = counter('doubloon_deposit_changes_total', 'What has become of deposits: awarded, vetoed, paid, refunded (a share or all of it), cancelled or closed.', ['change']);
  const relayed = counter('doubloon_relayed_total', 'Transactions that the relayer signed, by what became of them, and those that it refused to sign because they would take too much from it.', ['outcome']);
  const unverified = gauge('doubloon_deposits_unverified', 'Deposits of our operator under other terms, which are never counted.');
  const disputed = gauge('doubloon_deposits_disputed', 'Deposits that are held to be over and whose money stands on the chain.');
  const chainFailures = counter('doubloon_chain_failures_total', 'Questions to the node that failed, by code.', ['code']);
  const rounds = counter('doubloon_rounds_total', 'Rounds of sender, watcher, scan and the others by outcome: good, or the code of the failure.', ['round', 'outcome']);

  // From the start on, so that the first of them is a rise from zero.
  for (const outcome of ['landed', 'expired', 'failed']) settled.inc({ outcome }, 0);

  for (const outcome of ['landed', 'expired', 'failed', 'refused']) relayed.inc({ outcome }, 0);

  const goodAt = new Map<string, number>();
  new Gauge({
    name: 'doubloon_round_age_seconds', help: 'Time since the last good round of sender, watcher, scan, refunds, expiry, relayer and cranks.', labelNames: ['round'], registers,
    collect() { for (const [round, at] of goodAt) this.set({ round }, (now().getTime() - at) / 1000); },
  });

  const sample = sampling(() => Promise.all([measureQueues(pool), pool.query<{ state: string; count: number; age: number }>(open)]));
  const age = gauge('doubloon_submission_age_seconds', 'Age of the oldest signed transaction whose fate is open.');
  const outboxAge = gauge('doubloon_outbox_age_seconds', 'Age of the oldest event that is not published yet.');
  const outboxWaiting = gauge('doubloon_outbox_waiting', 'Events that are not published yet.');
  const outboxDead = gauge('doubloon_outbox_dead', 'Events that could not be published and wait for an operator.');
  new Gauge({
    name: 'doubloon_submissions', help: 'Signed transactions whose fate is open, by state: waiting, unknown, sent, confirmed or final.', labelNames: ['state'], registers,
    async collect() {
      const read = await sample();
      // A database that is away must not take the other series with it.
      if (read === undefined) return;
      const [queues, { rows }] = read;
      for (const state of states) this.set({ state }, rows.find((row) => row.state === state)?.count ?? 0);
      age.set(Math.max(0, ...rows.map((row) => row.age)));
      outboxAge.set(queues.outboxAge);
      outboxWaiting.set(queues.outboxWaiting);
      outboxDead.set(queues.outboxDead);
    },
  });

  return {
    settled: (outcome) => { settled.inc({ outcome }); },
    credited: () => { credited.inc(); },
    changed: (change) => { changed.inc({ change }); },
    relayed: (outcome) => { relayed.inc({ outcome }); },
    scanned: (scan) => {
      unverified.set(scan.unverified);
      disputed.set(scan.disputed);
    },
    chainFailed: (code) => { chainFailures.inc({ code }); },
    roundEnded: (round, outcome) => {
      rounds.inc({ round, outcome });
      // A round that never was good counts from its first one.
      if (outcome === 'good' || !goodAt.has(round)) goodAt.set(round, now().getTime());
    },
  };
}
