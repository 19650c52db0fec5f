import { deadTopic } from '@doubloon/events';
import { measureQueues } from '@doubloon/postgres';
import type { Pool } from 'pg';
import type { Rest } from '../final.ts';
import type { Stage } from '../play/stage.ts';
import { gaugesOf } from './gauges.ts';

const topics = ['bounty', 'identity'] as const;
/** Who hears of what. */
const groups = { bounty: ['github-app'], identity: ['github-app', 'treasury'] } as const satisfies Record<(typeof topics)[number], readonly string[]>;

/** What of the whole stack is not done yet. The gauges are asked for only when nothing else is under way. */
export async function restOf(stage: Stage): Promise<Rest> {
  const { treasury, app, identity } = stage;
  const [ofTreasury, ofApp, ofIdentity, own, money, links, behind, dead] = await Promise.all([
    measureQueues(treasury), measureQueues(app), measureQueues(identity),
    counts(app, `
      (select count(*) from intent where done_at is null) as "intents of the App",
      (select count(*) from living_comment where due_at < now() + interval '1 minute') as "issues due",
      (select count(*) from automatic_step where done_at is null and due_at < now()) as "automatic steps",
      (select count(*) from notice where comment_id is null) as "notices",
      (select count(*) from missed_delivery where given_up_at is null) as "missed deliveries",
      (select count(*) from missed_delivery where given_up_at is not null) as "deliveries given up"`),
    counts(treasury, `
      (select count(*) from submission where state in ('recorded', 'sent', 'confirmed') or (state = 'finalized' and not exists (select from deposit where deposit.address = submission.deposit))) as "signed transactions",
      (select count(*) from relayer_intent where state in ('waiting', 'alive')) as "intents of the relayer",
      (select count(*) from relayer_transaction where state in ('recorded', 'sent', 'confirmed')) as "transactions of the relayer"`),
    counts(identity, "(select count(*) from link_submission where state in ('recorded', 'sent', 'confirmed')) as \"links\""),
    behindOf(stage),
    Promise.all(topics.map(async (topic) => [`event log: ${deadTopic(topic)}`, (await stage.log.ends(deadTopic(topic))).reduce((sum, { offset }) => sum + Number(offset), 0)] as const)),
  ]);
  const { 'deliveries given up': givenUp = 0, ...ofGitHub } = own;
  const unhandled = { 'inbox of the App': ofApp.inboxWaiting, 'outbox of the treasury': ofTreasury.outboxWaiting, 'outbox of the identity service': ofIdentity.outboxWaiting, ...ofGitHub, ...money, ...links, ...behind };
  const isAtRest = Object.values(unhandled).every((count) => count === 0);
  return {
    unhandled,
    dead: { 'inbox of the App': ofApp.inboxDead, 'outbox of the treasury': ofTreasury.outboxDead, 'outbox of the identity service': ofIdentity.outboxDead, 'deliveries given up': givenUp, ...Object.fromEntries(dead) },
    gauges: isAtRest ? await gaugesOf(stage) : {},
  };
}

async function counts(pool: Pool, columns: string): Promise<Readonly<Record<string, number>>> {
  const { rows: [row] } = await pool.query<Record<string, string>>(`select ${columns}`);
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, count]) => [name, Number(count)]));
}

async function behindOf({ log }: Stage): Promise<Readonly<Record<string, number>>> {
  const all = await Promise.all(topics.flatMap((topic) => groups[topic].map(async (group) => {
    const [ends, positions] = await Promise.all([log.ends(topic), log.positions(topic, group)]);
    return [`event log: ${topic} for ${group}`, ends.reduce((sum, { offset }, partition) => sum + Number(offset) - Number(positions[partition]?.offset ?? 0), 0)] as const;
  })));
  return Object.fromEntries(all);
}
