import { DoubloonError } from '@doubloon/errors';
import { deadTopic, type Position } from '../event-log.ts';
import type { Database } from './session.ts';

// A topic that exists keeps its partitions: its keys must not move.
const create = `
  insert into event_log.partition (topic, partition)
  select topic, n from unnest($1::text[]) as topic, generate_series(0, $2::int - 1) as n
  where not exists (select from event_log.partition p where p.topic = topic.topic)
  on conflict do nothing`;

/** Creates the topics that are missing, and the topics for their dead records. */
export async function createTopics(db: Database, topics: readonly string[], partitions: number): Promise<void> {
  await db.query(create, [topics.flatMap((topic) => [topic, deadTopic(topic)]), partitions]);
}

const ends = `select topic, partition, next_offset as "offset" from event_log.partition where topic = any($1) order by topic, partition`;

/** Next offset of every partition of the topics that exist. */
export async function readEnds(db: Database, topics: readonly string[]): Promise<Position[]> {
  return (await db.query<Position>({ name: 'read-ends', text: ends, values: [topics] })).rows;
}

/** The same for one topic; `EVENT_TOPIC_UNKNOWN` when it was never created. */
export async function endsOf(db: Database, topic: string): Promise<Position[]> {
  const found = await readEnds(db, [topic]);
  if (found.length === 0) throw new DoubloonError('EVENT_TOPIC_UNKNOWN', { topic });
  return found;
}
