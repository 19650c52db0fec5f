// node dev/kafka/main.ts [port] [folder]   a broker until Ctrl-C
// node dev/kafka/main.ts prepare           what a start needs, once
import { available } from './cache.ts';
import { prepare, startKafka } from './start-kafka.ts';

const can = await available();
const [first = '9092', dataDir] = process.argv.slice(2);
if (!can.ok) {
  console.error(`Kafka needs ${can.missing === 'java' ? 'Java 17 or newer' : 'Maven (mvn), once'}, which this machine doesn't have`);
  process.exitCode = 1;
} else if (first === 'prepare') {
  await prepare();
} else {
  await prepare();
  const broker = await startKafka({ port: Number(first), ...(dataDir === undefined ? {} : { dataDir }) });
  console.log(`kafka://${broker.bootstrap}  (pid ${broker.pid}, log ${broker.logFile})`);
  const stay = setInterval(() => undefined, 1 << 30);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(stay);
      void broker[Symbol.asyncDispose]();
    });
  }
}
