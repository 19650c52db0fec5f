import type { Pool } from 'pg';
import { measureQueues, sampling } from '@doubloon/postgres';
import { Counter, Gauge, type Registry } from '@doubloon/service';
import { Quota } from './github-quota.ts';
import { measureOverdue } from './reread/reread-row.ts';
import { measureSweep } from './sweep/sweep-row.ts';

/** What the App counts. Label values are few and fixed. */
export function createMeasures(metrics: Registry, pool: Pool) {
  const registers = [metrics];
  const queues = sampling(() => measureQueues(pool));
  const sweep = sampling(() => measureSweep(pool));
  const late = sampling(() => measureOverdue(pool));
  const queue = new Gauge({
    name: 'doubloon_inbox_age_seconds', help: 'Age of the oldest row of the inbox that waits.', registers,
    // Asked at each scrape; a database that is away leaves the last number standing.
    async collect() {
      const numbers = await queues();
      if (numbers === undefined) return;
      this.set(numbers.inboxAge);
      waiting.set(numbers.inboxWaiting);
      dead.set(numbers.inboxDead);
    },
  });
  const waiting = new Gauge({ name: 'doubloon_inbox_waiting', help: 'Rows of the inbox that wait.', registers });
  const dead = new Gauge({ name: 'doubloon_inbox_dead', help: 'Rows of the inbox whose attempts are used up.', registers });
  const sweepAge = new Gauge({
    name: 'doubloon_sweep_age_seconds', help: 'Since a round through the delivery log ended well, in any process.', registers,
    async collect() {
      const numbers = await sweep();
      if (numbers === undefined) return;
      // Where none ever did, it counts from our start: nothing good must not look fresh.
      this.set(numbers.age ?? process.uptime());
      missed.set(numbers.missed);
    },
  });
  const missed = new Gauge({ name: 'doubloon_sweep_missed', help: 'Deliveries known to be missed that are not in the inbox yet.', registers });
  const quota = new Quota();
  const quotaLeft = new Gauge({
    name: 'doubloon_github_quota_left', help: "Requests left of GitHub's hour: the lowest of all installations, by resource.", labelNames: ['resource'], registers,
    collect() {
      this.reset();
      for (const [resource, left] of quota.left(new Date())) this.set({ resource }, left);
    },
  });
  const overdue = new Gauge({
    name: 'doubloon_reread_overdue_seconds', help: 'How late the issue is that waits longest to be read again.', registers,
    async collect() {
      const seconds = await late();
      if (seconds !== undefined) this.set(seconds);
    },
  });
  return {
    quota, quotaLeft,
    queue, sweepAge, overdue,
    answers: new Counter({ name: 'doubloon_webhook_answers_total', help: 'Answers to deliveries, by status.', labelNames: ['status'], registers }),
    inHand: new Gauge({ name: 'doubloon_webhook_in_hand', help: 'Deliveries that are being stored.', registers }),
    keys: new Counter({ name: 'doubloon_webhook_signatures_total', help: 'Deliveries by the secret that signed them.', labelNames: ['secret'], registers }),
    sweepRounds: new Counter({ name: 'doubloon_sweep_rounds_total', help: 'Rounds through the delivery log, by how they ended.', labelNames: ['round'], registers }),
    sweepDeliveries: new Counter({ name: 'doubloon_sweep_deliveries_total', help: 'Deliveries that never reached us, by what became of them.', labelNames: ['what'], registers }),
    readings: new Counter({ name: 'doubloon_rereadings_total', help: 'Issues read again at GitHub, by how that ended.', labelNames: ['how'], registers }),
    writes: new Counter({ name: 'doubloon_living_comment_writes_total', help: 'Living comments written, by how.', labelNames: ['how'], registers }),
    commands: new Counter({ name: 'doubloon_commands_total', help: 'Commands about money in escrow that ended, by how.', labelNames: ['command', 'outcome'], registers }),
    notices: new Counter({ name: 'doubloon_notices_total', help: 'Comments written beside the living ones, by what for.', labelNames: ['kind'], registers }),
    refusals: new Counter({ name: 'doubloon_living_comment_refusals_total', help: 'Times that GitHub did not let us tend an issue, by reason.', labelNames: ['reason'], registers }),
  };
}

export type Measures = ReturnType<typeof createMeasures>;
