import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../stack/root.ts';

/** How long each table keeps what it has, in the words of docs/running.md, by `database.table`. */
export type RetentionTable = ReadonlyMap<string, string>;

/** Of the event log, and of the apps. */
export const databases = ['treasury', 'identity', 'github-app', 'event-log'] as const;
/** What shares the tables of an app: the event log has no inbox. */
const shared = databases.filter((name) => name !== 'event-log');

/** Reads the table of docs/running.md. */
export async function readRetention(): Promise<RetentionTable> {
  const text = await readFile(join(root, 'docs/running.md'), 'utf8');
  const section = text.split('## What is kept how long')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|').map((cell) => cell.trim())).slice(1).filter(([, database]) => database !== '---');
  return new Map(rows.flatMap(([, database = '', table = '', kept = '']) =>
    (database === 'all' ? (table === 'schema_history' ? databases : shared) : [database]).map((name) => [`${name}.${table}`, kept] as const)));
}

/** It grows with the work, as it is meant to. */
export const isKeptForEver = (table: RetentionTable, name: string): boolean => /for ever/.test(table.get(name) ?? '');
