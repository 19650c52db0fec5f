import { openPool } from '@doubloon/postgres';
import type { Pool } from 'pg';
import type { AppName, Stack } from '../stack/stack.ts';

export const databases = ['treasury', 'github-app', 'identity'] as const;
export type DatabaseName = (typeof databases)[number];

/** The repository that all drills play in; each on issues of its own. */
export const repository = 'analytical-engines/difference';

/** A running stack, and the word to tell what is done with it. */
export interface Site {
  readonly stack: Stack;
  /** What all apps logged so far. */
  readonly lines: readonly string[];
  /** What is done, with its evidence. */
  say(what: string, evidence?: string | readonly string[]): void;
}

/** Something that an operator has to be able to do. Rejects with what is not as it must be. */
export interface Drill {
  readonly name: string;
  readonly what: string;
  run(site: Site): Promise<void>;
}

/** Those that keep records; the website keeps none. */
export const apps: readonly AppName[] = ['identity', 'treasury', 'github-app'];

export const stopAll = async ({ stack }: Pick<Site, 'stack'>): Promise<void> => { for (const name of apps) await stack.app(name).stop(); };
export const startAll = async ({ stack }: Pick<Site, 'stack'>, env: Partial<Record<AppName, Readonly<Record<string, string>>>> = {}): Promise<void> => {
  await Promise.all(apps.map((name) => stack.app(name).start(env[name])));
};

/** Asks a database without keeping a connection: it may be dropped next. */
export async function asking<T>(url: string, ask: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = openPool({ url, name: 'drills', max: 2 });
  try {
    return await ask(pool);
  } finally {
    await pool.end();
  }
}

/** Rejects with the sentence when it does not hold. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
