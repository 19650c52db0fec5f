import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startQuietStack } from '../bench/quiet-stack.ts';
import type { Stack } from '../stack/stack.ts';
import { residentBytes } from './samples.ts';

export const repository = 'analytical-engines/difference';

/** A stack without the website, for load: GitHub's limits of an hour would make each round take a day, so they are far away. */
export const startLoadedStack = (): Promise<Stack> => startQuietStack({
  web: false,
  limits: { perHour: 100_000_000, createsPerMinute: 100_000, createsPerHour: 100_000 },
  env: { 'github-app': { GITHUB_APP_SWEEP_EVERY: '5s', GITHUB_APP_SWEEP_PACE: '60000', LOG_LEVEL: 'error' } },
});

/** Where the App takes deliveries, and what they are signed with. */
export function receiverOf({ settingsFolder }: Stack): { readonly port: number; readonly secret: string } {
  const settings = readFileSync(join(settingsFolder, 'github-app.env'), 'utf8');
  const of = (name: string): string => new RegExp(`^${name}='(.*)'$`, 'm').exec(settings)?.[1] ?? '';
  return { port: Number(of('PORT')), secret: readFileSync(of('GITHUB_APP_WEBHOOK_SECRET_FILE'), 'utf8').trim() };
}

/** What GitHub tells of a comment that asks for nothing. */
export async function exampleOf({ github }: Stack): Promise<string> {
  github.comment('ada', repository, 1, 'This would help me a lot.');
  await github.delivered();
  return github.deliveries.at(-1)?.request.payload ?? '';
}

/** Looks at the resident memory of the App until disposed, and keeps the most. */
export function watchMemory(stack: Stack): AsyncDisposable & { readonly most: number } {
  const stop = new AbortController();
  let most = 0;
  const watching = (async (): Promise<void> => {
    for (; !stop.signal.aborted; await sleep(250, undefined, { signal: stop.signal }).catch(() => undefined)) most = Math.max(most, await residentBytes(stack.app('github-app').pid));
  })();
  return {
    get most() { return most; },
    async [Symbol.asyncDispose]() { stop.abort(); await watching; },
  };
}

/** How many of these deliveries the App knows, and how many of them it has handled. */
export async function countKnown(stack: Stack, guids: readonly string[]): Promise<{ known: number; done: number; dead: number }> {
  const db = new pg.Client({ connectionString: stack.databaseUrls['github-app'], application_name: 'load' });
  await db.connect();
  try {
    const { rows: [row] } = await db.query<{ known: number; done: number; dead: number }>('select count(*)::int as known, count(done_at)::int as done, count(dead_at)::int as dead from inbox where key = any ($1)', [guids]);
    return row ?? { known: 0, done: 0, dead: 0 };
  } finally {
    await db.end();
  }
}

/** Waits until the App has handled all of these; answers the seconds it took. Rejects after `withinS`. */
export async function untilHandled(stack: Stack, guids: readonly string[], withinS: number, count = guids.length): Promise<number> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  for (; ;) {
    const { done, dead } = await countKnown(stack, guids);
    if (done >= count) return seconds();
    if (dead > 0) throw new Error(`${String(dead)} deliveries are dead`);
    if (seconds() > withinS) throw new Error(`${String(done)} of ${String(count)} deliveries were handled within ${String(withinS)} s`);
    // Asking for very many is work, too.
    await sleep(Math.max(1_000, guids.length / 10));
  }
}
