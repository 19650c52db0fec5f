import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until there is an answer. Rejects with what was waited for when there is none in `withinMs`. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 30_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${String(withinMs / 1000)} s for ${what}`);
    await sleep(50);
  }
}
