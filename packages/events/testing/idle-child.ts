import { setTimeout as sleep } from 'node:timers/promises';
import { openEventLog } from '../src/index.ts';
import { quiet } from './quiet-log.ts';

// Forked by a test: consumes a topic that nothing is written to, and tells how many timers that takes in two seconds.
const { url, topic } = JSON.parse(process.argv[2] ?? '{}') as { url: string; topic: string };
const warnings: string[] = [];
process.on('warning', (warning) => warnings.push(String(warning)));
let timers = 0;
const original = globalThis.setTimeout;
globalThis.setTimeout = Object.assign((...args: Parameters<typeof original>) => {
  timers++;
  return original(...args);
}, original) as typeof original;

await using log = await openEventLog(url, { clientId: 'idle', log: quiet, topics: [topic] });
await log.publish(topic, [{ key: 'k', value: '{}' }]);
const handled = Promise.withResolvers<undefined>();
await log.subscribe({ topics: [topic], group: 'idle', handle: () => Promise.resolve(handled.resolve(undefined)) });
await handled.promise;
timers = 0;
const used = process.cpuUsage();
await sleep(2_000);
const { user, system } = process.cpuUsage(used);
process.send?.({ timers, cpuMs: (user + system) / 1_000, warnings });
