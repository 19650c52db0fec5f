import { deadTopic } from '@doubloon/events';
import type { Pool } from 'pg';
import type { Rest } from '../final.ts';
import type { Stage } from '../play/stage.ts';
import { depositsOf } from './chain.ts';
import { gaugesOf } from './gauges.ts';

const topics = ['bounty', 'identity'] as const;
/** Who hears of what. */
const groups = { bounty: ['github-app'], identity: ['github-app', 'treasury'] } as const satisfies Record<(typeof topics)[number], readonly string[]>;

const outbox = '(select count(*) from outbox)';
const ofApp = `
  (select count(*) from inbox where done_at is null and dead_at is null) as "inbox of the App",
  (select count(*) from intent where done_at is null) as "intents of the App",
  (select count(*) from living_comment where due_at < now() + interval '1 minute') as "issues due",
  (select count(*) from automatic_step where done_at is null and due_at < now()) as "automatic steps",
  (select count(*) from notice where comment_id is null) as "notices",
  (select count(*) from missed_delivery where given_up_at is null) as "missed deliveries"`;
const ofTreasury = `
  ${outbox} as "outbox of the treasury",
  (select count(*) from submission where state in ('recorded', 'sent', 'confirmed') or (state = 'finalized' and not exists (select from deposit where deposit.address = submission.deposit))) as "signed transactions",
  (select count(*) from relayer_intent where state in ('waiting', 'alive')) as "intents of the relayer",
  (select count(*) from relayer_transaction where state in ('recorded', 'sent', 'confirmed')) as "transactions of the relayer"`;
const ofIdentity = `
  ${outbox} as "outbox of the identity service",
  (select count(*) from link_submission where state in ('recorded', 'sent', 'confirmed')) as "links"`;
const deadInApp = `
  (select count(*) from inbox where dead_at is not null) as "inbox of the App",
  (select count(*) from missed_delivery where given_up_at is not null) as "deliveries given up"`;

/**
 * What of the whole stack is not done yet. It is asked for often while that is much, so that who has read how much of the event log and of the chain,
 * what was given up, and what the apps tell of themselves are only asked for when the databases have nothing left to do.
 */
export async function restOf(stage: Stage): Promise<Rest> {
  const { treasury, app, identity } = stage;
  const rows = Object.assign({}, ...await Promise.all([counts(app, ofApp), counts(treasury, ofTreasury), counts(identity, ofIdentity)])) as Rest['unhandled'];
  if (!isNothing(rows)) return { unhandled: rows, dead: {}, gauges: {} };
  const unhandled = { ...rows, ...await behindOf(stage), 'changes of deposits that the treasury has not seen': await unseen(stage) };
  if (!isNothing(unhandled)) return { unhandled, dead: {}, gauges: {} };
  const [inApp, inTreasury, inIdentity, inLog, gauges] = await Promise.all([
    counts(app, deadInApp), counts(treasury, '(select count(*) from outbox_dead) as "outbox of the treasury"'), counts(identity, '(select count(*) from outbox_dead) as "outbox of the identity service"'),
    Promise.all(topics.map(async (topic) => [`event log: ${deadTopic(topic)}`, (await stage.log.ends(deadTopic(topic))).reduce((sum, { offset }) => sum + Number(offset), 0)] as const)),
    gaugesOf(stage),
  ]);
  return { unhandled, dead: { ...inApp, ...inTreasury, ...inIdentity, ...Object.fromEntries(inLog) }, gauges };
}

const isNothing = (all: Readonly<Record<string, number>>): boolean => Object.values(all).every((count) => count === 0);

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

/** Deposits that stand otherwise on the chain than in the rows: whoever looks there has not come to them yet. */
async function unseen(stage: Stage): Promise<number> {
  const [byIssue, { rows }] = await Promise.all([depositsOf(stage), stage.treasury.query<{ address: string; sequence: string }>('select address, sequence from deposit where not gone')]);
  const onChain = new Map([...byIssue.values()].flat().map(({ address, deposit }) => [address as string, deposit.sequence]));
  const known = new Map(rows.map(({ address, sequence }) => [address, BigInt(sequence)]));
  return [...new Set([...onChain.keys(), ...known.keys()])].filter((address) => onChain.get(address) !== known.get(address)).length;
}
