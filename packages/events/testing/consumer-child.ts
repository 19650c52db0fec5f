import { setTimeout as sleep } from 'node:timers/promises';
import { openEventLog } from '../src/index.ts';
import { quiet } from './quiet-log.ts';

// Forked by startConsumerProcess: consumes slowly until it is killed, and tells its parent of each record it finished.
const { url, topic, group } = JSON.parse(process.argv[2] ?? '{}') as { url: string; topic: string; group: string };
const log = await openEventLog(url, { clientId: 'contract-child', log: quiet, topics: [topic] });
await log.subscribe({ topics: [topic], group, async handle(record) {
  await sleep(5);
  process.send?.({ n: (JSON.parse(record.value) as { n: number }).n });
} });
process.send?.({ joined: true });
