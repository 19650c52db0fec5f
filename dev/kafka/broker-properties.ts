import { writeFile } from 'node:fs/promises';

/** One node, broker and controller in one, made to start fast and to stay small. Port 0 lets the kernel choose; clients are told the bound one. */
export function brokerProperties({ dataDir, port, controllerPort }: { dataDir: string; port: number; controllerPort: number }): Readonly<Record<string, string | number | boolean>> {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'listeners': `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDir,
    'auto.create.topics.enable': false,
    // There is one node to replicate to.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // A first member would wait 3 s for others.
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed is known to be gone after this long, and may register again.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // An idle broker has nothing to write, and the cleaner's buffer alone would be 128 MB.
    'metadata.max.idle.interval.ms': 0,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'log.cleaner.io.buffer.size': 131_072,
    'log.index.size.max.bytes': 1_048_576,
    'log.retention.ms': -1,
    'metric.reporters': '',
    'num.network.threads': 2,
    'num.io.threads': 2,
    'background.threads': 2,
    'group.coordinator.threads': 1,
  };
}

export const writeProperties = (file: string, properties: Readonly<Record<string, string | number | boolean>>): Promise<void> =>
  writeFile(file, Object.entries(properties).map(([name, value]) => `${name}=${String(value)}\n`).join(''));
