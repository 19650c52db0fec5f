import { isDoubloonError } from '@doubloon/errors';
import { openEventLog } from '@doubloon/events';
import { fail, ok, type Finding } from './finding.ts';
import { appNames, valueOf, type Instance } from './instance.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const topics = ['bounty'];

/** Whether the event log answers, and holds the topics that the services talk by. All are told the same one, or it is told. */
export async function checkEventLog(instance: Instance): Promise<readonly Finding[]> {
  const users = appNames.flatMap((app) => {
    const url = valueOf(instance, app, 'EVENT_LOG_URL');
    return url === undefined ? [] : [{ app, url }];
  });
  const urls = [...new Set(users.map(({ url }) => url))];
  if (urls.length > 1) return [fail('events.log', `${users.map(({ app }) => app).join(', ')} are told different event logs.`, 'Set EVENT_LOG_URL of all of them to the same.')];
  const found = await Promise.all(urls.map(checkLog));
  return found;
}

async function checkLog(url: string): Promise<Finding> {
  const check = 'events.log';
  try {
    await using log = await openEventLog(url, { clientId: 'doctor', log: quiet, topics: [] });
    for (const topic of topics) await log.ends(topic);
    return ok(check, `The event log answers and has ${topics.length === 1 ? 'the topic' : 'the topics'} ${topics.join(' and ')}.`);
  } catch (error) {
    if (isDoubloonError(error, 'EVENT_TOPIC_UNKNOWN')) return fail(check, `The event log has no topic ${error.facts.topic}.`, 'Start the treasury: it makes the topics that are missing.');
    if (isDoubloonError(error, 'CONFIG_INVALID')) return fail(check, error.message, 'Set EVENT_LOG_URL to kafka://host:port, or postgres://… for the embedded one.');
    return fail(check, 'The event log does not answer.', 'See that Kafka, or the PostgreSQL of the embedded log, runs where EVENT_LOG_URL says.');
  }
}
