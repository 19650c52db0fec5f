import { isDoubloonError } from '@doubloon/errors';
import { openEventLog } from '@doubloon/events';
import { fail, ok, type Finding } from './finding.ts';
import { appNames, valueOf, type Instance } from './instance.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
/** Each with whoever makes it where it is missing. */
const topics = { bounty: 'treasury', identity: 'identity service' } as const;

/** Whether the event log answers, and holds the topics that the services talk by. All are told the same one, or it is told. */
export async function checkEventLog(instance: Instance): Promise<readonly Finding[]> {
  const users = appNames.flatMap((app) => {
    const url = valueOf(instance, app, 'EVENT_LOG_URL');
    return url === undefined ? [] : [{ app, url }];
  });
  const urls = [...new Set(users.map(({ url }) => url))];
  if (urls.length > 1) return [fail('events.log', `${users.map(({ app }) => app).join(', ')} are told different event logs.`, 'Set EVENT_LOG_URL of all of them to the same.')];
  return Promise.all(urls.map(checkLog));
}

async function checkLog(url: string): Promise<Finding> {
  const check = 'events.log';
  try {
    await using log = await openEventLog(url, { clientId: 'doctor', log: quiet, topics: [] });
    for (const topic of Object.keys(topics)) await log.ends(topic);
    return ok(check, `The event log answers and has the topics ${Object.keys(topics).join(' and ')}.`);
  } catch (error) {
    if (isDoubloonError(error, 'EVENT_TOPIC_UNKNOWN')) return fail(check, `The event log has no topic ${error.facts.topic}.`, `Start the ${Object.hasOwn(topics, error.facts.topic) ? topics[error.facts.topic as keyof typeof topics] : 'services'}: what publishes to a topic makes it where it is missing.`);
    if (isDoubloonError(error, 'CONFIG_INVALID')) return fail(check, error.message, 'Set EVENT_LOG_URL to kafka://host:port, or postgres://… for the embedded one.');
    return fail(check, 'The event log does not answer.', 'See that Kafka, or the PostgreSQL of the embedded log, runs where EVENT_LOG_URL says.');
  }
}
