import type { Pool } from 'pg';
import { measureQueues, sampling } from '@doubloon/postgres';
import { Counter, Gauge, type Registry } from '@doubloon/service';

export interface TreasuryMetrics {
  settled(outcome: 'finalized' | 'expired' | 'failed'): void;
  credited(): void;
  returned(): void;
  unverified(deposits: number): void;
}

const alive = `
  select count(*)::int as waiting, coalesce(extract(epoch from clock_timestamp() - min(submitted_at)), 0)::float8 as age
  from submission where state in ('recorded', 'sent', 'confirmed')`;

/** What can be counted, and what is read from the rows when it is asked for. */
export function createTreasuryMetrics(registry: Registry, pool: Pool): TreasuryMetrics {
  const registers = [registry];
  const sample = sampling(() => Promise.all([measureQueues(pool), pool.query<{ waiting: number; age: number }>(alive)]));
  const settled = new Counter({ name: 'treasury_submissions_settled_total', help: 'Signed transactions by what became of them', labelNames: ['outcome'], registers });
  const credited = new Counter({ name: 'treasury_deposits_credited_total', help: 'Deposits read from finalized state under our terms', registers });
  const returned = new Counter({ name: 'treasury_deposits_returned_total', help: 'Deposits that went back to their funder', registers });
  const unverified = new Gauge({ name: 'treasury_deposits_unverified', help: 'Deposits of our operator under other terms, which are never counted', registers });
  const age = new Gauge({ name: 'treasury_submissions_oldest_seconds', help: 'Age of the oldest signed transaction whose fate is open', registers });
  const dead = new Gauge({ name: 'treasury_outbox_dead', help: 'Events that could not be published and wait for an operator', registers });
  const outbox = new Gauge({ name: 'treasury_outbox_oldest_seconds', help: 'Age of the oldest event that is not published yet', registers });
  new Gauge({
    name: 'treasury_submissions_open', help: 'Signed transactions whose fate is open', registers,
    async collect() {
      const read = await sample();
      // A database that is away must not take the other series with it.
      if (read === undefined) return;
      const [queues, { rows }] = read;
      this.set(rows[0]?.waiting ?? 0);
      age.set(rows[0]?.age ?? 0);
      dead.set(queues.outboxDead);
      outbox.set(queues.outboxAge);
    },
  });
  return { settled: (outcome) => { settled.inc({ outcome }); }, credited: () => { credited.inc(); }, returned: () => { returned.inc(); }, unverified: (deposits) => { unverified.set(deposits); } };
}
