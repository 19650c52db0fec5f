import { available } from '../../../dev/kafka/cache.ts';
import { prepare, startKafka } from '../../../dev/kafka/start-kafka.ts';
import type { EventLogServer } from './event-log.contract.ts';

/** A real broker on this machine. */
export async function startTestKafka(): Promise<EventLogServer> {
  const can = await available();
  if (!can.ok) throw new Error(`a Kafka broker needs ${can.missing}, which is missing here`);
  await prepare();
  const broker = await startKafka();
  return {
    url: `kafka://${broker.bootstrap}`,
    crash: () => broker.stop('SIGKILL'),
    restart: () => broker.restart(),
    stop: async () => broker[Symbol.asyncDispose](),
  };
}
