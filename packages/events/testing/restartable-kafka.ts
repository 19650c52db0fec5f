import { prepare, startKafka } from '../../../dev/kafka/start-kafka.ts';
import type { EventLogServer } from './event-log.contract.ts';

/** A real broker on this machine. */
export async function startTestKafka(): Promise<EventLogServer> {
  await prepare();
  const broker = await startKafka();
  return {
    url: `kafka://${broker.bootstrap}`,
    crash: () => broker.stop('SIGKILL'),
    restart: () => broker.restart(),
    stop: async () => broker[Symbol.asyncDispose](),
  };
}
