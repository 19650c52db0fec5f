import { openEventLog, type Position } from '@doubloon/events';
import type { Comment, Person } from './person.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

interface Told {
  readonly type: string;
  readonly id: string;
  readonly subject: string;
}

/** All that the event log has about one issue, once each of `types` is among it as often as it stands there. */
export async function readEvents({ stack: { eventLogUrl }, tell }: Teller, what: string, subject: string, types: readonly string[]): Promise<void> {
  await using log = await openEventLog(eventLogUrl, { clientId: 'demo', log: quiet, topics: ['bounty'] });
  const wanted = Map.groupBy(types, (type) => type);
  const told = await until(`the events ${[...wanted.keys()].join(', ')}`, async () => {
    const seen: (Told & Position)[] = [];
    for await (const { value, topic, partition, offset } of log.replay('bounty')) {
      const event = JSON.parse(value) as Told;
      if (event.subject === subject) seen.push({ ...event, topic, partition, offset });
    }
    const count = (type: string) => seen.filter((event) => event.type === `dev.doubloon.bounty.${type}.v1`).length;
    return [...wanted].every(([type, { length }]) => count(type) === length) ? seen : undefined;
  });
  tell(what, told.map(({ type, id, topic, partition, offset }) => `${topic} ${String(partition)}@${offset}  ${type}  id ${id}`));
}

/** The living comment, which is still the one that it was, once it says all of `wanted`. */
export async function readComment({ tell }: Pick<Teller, 'tell'>, person: Person, living: Comment, what: string, wanted: readonly (string | RegExp)[]): Promise<void> {
  const says = (body: string) => wanted.every((part) => (typeof part === 'string' ? body.includes(part) : part.test(body)));
  const now = await until(`the living comment to say ${wanted.map(String).join(', ')}`, () => person.livingComment(says)).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it says:\n${(await person.livingComment(() => true))?.text ?? 'nothing'}`, { cause: error });
  });
  if (now.html_url !== living.html_url) throw new Error('there are two living comments');
  tell(`${what} (${now.html_url}):`, now.text);
}
