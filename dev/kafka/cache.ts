import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const kafkaVersion = '4.3.1';
export const java = process.env['JAVA_HOME'] === undefined ? 'java' : join(process.env['JAVA_HOME'], 'bin', 'java');

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'doubloon', `kafka-${kafkaVersion}`);

/** Whether this machine can run a broker: Java 17 or newer, and Maven or what it has brought before. */
export async function available(): Promise<{ ok: true } | { ok: false; missing: 'java' | 'mvn' }> {
  const works = (command: string, args: readonly string[]) => run(command, args).then(({ stdout, stderr }) => stdout + stderr, () => undefined);
  const version = /version "(\d+)/.exec((await works(java, ['-version'])) ?? '')?.[1];
  if (version === undefined || Number(version) < 17) return { ok: false, missing: 'java' };
  if (!existsSync(join(cache, 'jars')) && (await works('mvn', ['-v'])) === undefined) return { ok: false, missing: 'mvn' };
  return { ok: true };
}

/** Rejects with a sentence that says what this machine lacks. */
export async function demandKafka(): Promise<void> {
  const can = await available();
  if (!can.ok) throw new Error(`Kafka needs ${can.missing === 'java' ? 'Java 17 or newer' : 'Maven (mvn), once'}, which this machine doesn't have`);
}

/**
 * Makes `name` in the cache once: `make` fills a folder or file of its own, which takes the name in one step. Two processes at
 * once both make it, and the one that comes second uses what the first has put there.
 */
export async function cached(name: string, make: (part: string) => Promise<void>): Promise<string> {
  const path = join(cache, name);
  if (existsSync(path)) return path;
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, `.${name}-${randomUUID()}-`));
  try {
    const part = join(scratch, name);
    await make(part);
    await rename(part, path).catch((error: unknown) => {
      if (!existsSync(path)) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return path;
}

/** The class path of the broker; brought by Maven the first time (17 s, 45 MB). */
export async function classPath(): Promise<string> {
  const jars = await cached('jars', async (part) => {
    const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
    await run('mvn', ['-q', '-B', '-f', pom, 'org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies', `-DoutputDirectory=${part}`]);
  });
  return (await readdir(jars)).sort().map((jar) => join(jars, jar)).join(delimiter);
}

/** Where the class archive (AppCDS) of this Java and this class path is, or would be. With it a broker starts in about half the time. */
export async function classArchive(): Promise<{ name: string; path: string; exists: boolean }> {
  const { stderr } = await run(java, ['-version']);
  const name = `classes-${createHash('sha256').update(await classPath()).update(stderr).digest('hex').slice(0, 12)}.jsa`;
  const path = join(cache, name);
  return { name, path, exists: existsSync(path) };
}
