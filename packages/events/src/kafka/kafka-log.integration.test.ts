import { describe, test } from 'vitest';
import { available } from '../../../../dev/kafka/cache.ts';
import { eventLogContract } from '../../testing/event-log.contract.ts';
import { startTestKafka } from '../../testing/restartable-kafka.ts';

const kafka = await available();
const missing = kafka.ok ? undefined : kafka.missing;

// A machine without Java or Maven may skip this, loudly; where CI says it tests everything, it may not.
if (missing === undefined || process.env['CI'] === 'true') eventLogContract('Kafka', startTestKafka);
else describe('EventLog on Kafka', () => test.skip(`skipped: a Kafka broker needs ${missing}, which is missing here`, () => undefined));
