import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brokerProperties, writeProperties } from './broker-properties.ts';
import { cached, classArchive, classPath, demandKafka, java } from './cache.ts';
import { warmGroupCoordinator } from './group-coordinator.ts';

const readyLimitMs = 90_000;
const stopLimitMs = 60_000;

export interface KafkaOptions {
  /** Kept after the end, and used again when a broker has filled it before. Without it a temporary one goes with the broker. */
  readonly dataDir?: string;
  /** A free one unless told. A restart keeps it. */
  readonly port?: number;
  /** Options of the Java machine in place of the class archive. */
  readonly jvm?: readonly string[];
}

/** A running broker. Disposing it stops it and removes what was temporary. */
export interface Kafka extends AsyncDisposable {
  /** host:port */
  readonly bootstrap: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the broker is gone; SIGKILL is a crash. The data stays. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on its port and data, after a stop if it runs. Resolves when it answers. */
  restart(): Promise<void>;
}

// Ends the Java machine when this end of its stdin closes, so that even a kill -9 of Node leaves no broker behind; then
// removes what was temporary. It must not die of the TERM that tells it of the machine's normal end while it does so.
const deadMan = `
  exec 3<&0
  "$@" </dev/null & jvm=$!
  echo "pid $jvm"
  (
    cat <&3 >/dev/null
    trap '' TERM
    kill $jvm 2>/dev/null
    for n in 1 2 3 4 5 6 7 8 9 10; do kill -0 $jvm 2>/dev/null || break; sleep 1; done
    kill -9 $jvm 2>/dev/null
    [ -z "$SCRATCH" ] || rm -rf "$SCRATCH"
  ) & watch=$!
  exec 3<&-
  wait $jvm; code=$?
  kill $watch 2>/dev/null
  exit $code`;

interface Running {
  readonly pid: number;
  readonly port: number;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

async function launch(args: readonly string[], logFile: string, fixedPort: number, scratch: string): Promise<Running> {
  const log = await open(logFile, 'w');
  const shell = spawn('sh', ['-c', deadMan, 'kafka', java, ...args], { env: { ...process.env, SCRATCH: scratch }, stdio: ['pipe', log.fd, log.fd], detached: true });
  const exited = once(shell, 'close');
  await log.close();
  const said = (): Promise<string> => readFile(logFile, 'utf8');
  const end = async (signal: 'SIGTERM' | 'SIGKILL', pid: number): Promise<void> => {
    if (shell.exitCode === null) process.kill(pid, signal);
    const hard = setTimeout(() => {
      if (shell.exitCode === null) process.kill(pid, 'SIGKILL');
    }, stopLimitMs);
    await exited;
    clearTimeout(hard);
    shell.stdin?.end();
  };

  for (const until = Date.now() + readyLimitMs; ; await sleep(50)) {
    const text = await said();
    const pid = Number(/^pid (\d+)$/m.exec(text)?.[1]);
    const port = fixedPort === 0 ? Number(/PLAINTEXT: resolved ephemeral port to (\d+)/.exec(text)?.[1]) : fixedPort;
    const failed = shell.exitCode !== null || Date.now() > until;
    if (failed || (/Kafka Server started/.test(text) && port > 0)) {
      shell.unref();
      (shell.stdin as Socket | null)?.unref();
      if (!failed) return { pid, port, end: (signal) => end(signal, pid) };
      if (pid > 0) await end('SIGKILL', pid);
      throw new Error(`Kafka did not start; its last words:\n${text.split('\n').slice(-40).join('\n')}`);
    }
  }
}

/** A formatted data folder, made once by Kafka's own tool and copied from then on: that saves a start of Java per broker. */
const formatted = (jars: string): Promise<string> =>
  cached('formatted', async (part) => {
    const config = `${part}.properties`;
    await writeProperties(config, brokerProperties({ dataDir: part, port: 0, controllerPort: 0 }));
    // Any 16 bytes will do as the id of a cluster of one.
    const args = ['format', '--standalone', '-t', 'ZG91Ymxvb24tZGV2ZWxvcA', '-c', config];
    await promisify(execFile)(java, ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', jars, 'kafka.tools.StorageTool', ...args]);
  });

/** Starts Apache Kafka on this machine and resolves when it answers, groups included. Rejects with what the machine lacks for it. */
export async function startKafka({ dataDir: kept, port = 0, jvm }: KafkaOptions = {}): Promise<Kafka> {
  await demandKafka();
  const jars = await classPath();
  const archive = await classArchive();
  const scratch = await mkdtemp(join(tmpdir(), 'kafka-'));
  const dataDir = kept ?? join(scratch, 'data');
  const config = join(scratch, 'broker.properties');
  const logFile = join(scratch, 'broker.log');
  if (!existsSync(join(dataDir, 'meta.properties'))) await cp(await formatted(jars), dataDir, { recursive: true });

  const start = async (wantedPort: number): Promise<Running> => {
    await writeProperties(config, brokerProperties({ dataDir, port: wantedPort, controllerPort: 0 }));
    const running = await launch([
      '-Xmx512m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto',
      ...(jvm ?? (archive.exists ? [`-XX:SharedArchiveFile=${archive.path}`] : [])),
      '-Dorg.slf4j.simpleLogger.logFile=System.out', '-Dorg.slf4j.simpleLogger.showDateTime=true', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      // These two lines tell the bound port and that it is ready.
      '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.metadata.ListenerInfo=info', '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
      '-cp', jars, 'kafka.Kafka', config,
    ], logFile, wantedPort, scratch);
    try {
      await warmGroupCoordinator(running.port, readyLimitMs);
    } catch (error) {
      await running.end('SIGKILL');
      throw error;
    }
    return running;
  };

  let running: Running | undefined;
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    await running?.end(signal);
    running = undefined;
  };
  const dispose = async (): Promise<void> => {
    await stop();
    await rm(scratch, { recursive: true, force: true });
  };
  const first = await start(port).catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  running = first;
  return {
    bootstrap: `127.0.0.1:${first.port}`,
    logFile,
    get pid() {
      return running?.pid ?? 0;
    },
    stop,
    async restart() {
      await stop();
      running = await start(first.port);
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** Once per machine and idempotent (20 s): everything a start needs, and the class archive that makes each later start faster. */
export async function prepare(): Promise<void> {
  await demandKafka();
  const archive = await classArchive();
  await cached(archive.name, async (part) => {
    const broker = await startKafka({ jvm: [`-XX:ArchiveClassesAtExit=${part}`] });
    await broker[Symbol.asyncDispose]();
  });
}
