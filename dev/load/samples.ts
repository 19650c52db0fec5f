import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Stack } from '../stack/stack.ts';

/** What was measured at one time: a number for each thing that is to stay flat, by `kind what`. */
export interface Sample {
  /** Seconds from the start. */
  readonly at: number;
  readonly values: ReadonlyMap<string, number>;
}

const services = ['treasury', 'identity', 'github-app'] as const;
type Service = (typeof services)[number];

/** Resident bytes of a process. */
export async function residentBytes(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024;
}

/** Bytes of JavaScript in use, which goes up and down with the collector's rounds. */
export async function heapBytes(internalUrl: string): Promise<number> {
  const text = await (await fetch(`${internalUrl}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes\{[^}]*\} (\S+)/m.exec(text)?.[1] ?? Number.NaN);
}

/** The databases of a stack, and of its event log. */
export const databasesOf = ({ databaseUrls, eventLogUrl }: Stack): Readonly<Record<string, string>> => ({ ...databaseUrls, 'event-log': eventLogUrl });

const tablesOf = `select schemaname || '.' || relname as name, pg_total_relation_size(relid)::float8 as bytes from pg_stat_user_tables where schemaname in ('public', 'event_log')`;
const connectionsOf = "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and application_name <> 'load' and datname = current_database()";

/** Rows and bytes of each table, and connections to each database. */
async function databaseValues(name: string, url: string): Promise<[string, number][]> {
  const db = new pg.Client({ connectionString: url, application_name: 'load' });
  await db.connect();
  try {
    const found: [string, number][] = [];
    for (const { name: table, bytes } of (await db.query<{ name: string; bytes: number }>(tablesOf)).rows) {
      const { rows: [row] } = await db.query<{ n: number }>(`select count(*)::int as n from ${table}`);
      const short = `${name}.${table.replace(/^\w+\./, '')}`;
      found.push([`rows ${short}`, row?.n ?? 0], [`bytes ${short}`, bytes]);
    }
    found.push([`connections ${name}`, (await db.query<{ n: number }>(connectionsOf)).rows[0]?.n ?? 0]);
    return found;
  } finally {
    await db.end();
  }
}

/** Everything that is to stay flat, as it is now. `heap` is the least of each app since the last sample. */
export async function takeSample(stack: Stack, at: number, heap: ReadonlyMap<Service, number>): Promise<Sample> {
  const values: [string, number][] = [];
  for (const name of services) {
    const { pid } = stack.app(name);
    values.push([`memory ${name}`, await residentBytes(pid)], [`handles ${name}`, (await readdir(`/proc/${String(pid)}/fd`)).length], [`heap ${name}`, heap.get(name) ?? Number.NaN]);
  }
  for (const [name, url] of Object.entries(databasesOf(stack))) values.push(...(await databaseValues(name, url)));
  return { at, values: new Map(values) };
}

/** Keeps the least heap that was seen of each app: what is left when the collector has just been there. */
export class LeastHeap {
  readonly #least = new Map<Service, number>();

  async look(stack: Stack): Promise<void> {
    for (const name of services) {
      const now = await heapBytes(stack.app(name).internalUrl).catch(() => Number.NaN);
      if (!Number.isNaN(now)) this.#least.set(name, Math.min(now, this.#least.get(name) ?? Infinity));
    }
  }

  /** What was seen since it was asked for last. */
  take(): ReadonlyMap<Service, number> {
    const taken = new Map(this.#least);
    this.#least.clear();
    return taken;
  }
}
