// node dev/kafka/main.ts [port] [folder]   a broker until Ctrl-C
// node dev/kafka/main.ts prepare           what a start needs, once
import { prepare, startKafka } from './start-kafka.ts';

const [first = '9092', dataDir] = process.argv.slice(2);
try {
  await prepare();
  if (first !== 'prepare') await run(Number(first));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(port: number): Promise<void> {
  const broker = await startKafka({ port, ...(dataDir === undefined ? {} : { dataDir }) });
  const stay = setInterval(() => undefined, 1 << 30);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(stay);
      void broker[Symbol.asyncDispose]();
    });
  }
  // Last: whoever reads this line may send the signal at once.
  console.log(`kafka://${broker.bootstrap}  (pid ${broker.pid}, log ${broker.logFile})`);
}
