import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../stack/stack.ts';
import { readStanding, underWay } from './read-standing.ts';
import { differences, hashOf, type Standing } from './standing.ts';

/** What is the same for so long stays so: longer than the rounds of the apps are apart, as drills set them. */
const stillMs = 4_000;
const everyMs = 500;
const withinMs = 90_000;

/** Waits until nothing moves any more, and answers where everything stands then. */
export async function atRest(stack: Stack): Promise<Standing> {
  const end = Date.now() + withinMs;
  let [standing, since] = [await readStanding(stack), Date.now()];
  for (;;) {
    await sleep(everyMs);
    const [now, waiting] = [await readStanding(stack), await underWay(stack)];
    if (waiting > 0 || hashOf(now) !== hashOf(standing)) [standing, since] = [now, Date.now()];
    else if (Date.now() - since >= stillMs) return now;
    if (Date.now() > end) throw new Error(`it does not come to rest within ${String(withinMs / 1000)} s: ${String(waiting)} pieces of work wait`);
  }
}

/** Waits until everything stands as wanted, and stays so. Rejects with what is different. */
export async function comesBack(stack: Stack, wanted: Standing): Promise<void> {
  const end = Date.now() + withinMs;
  let [wrong, since]: [string[], number] = [['nothing was read'], Date.now()];
  for (;;) {
    wrong = differences(wanted, await readStanding(stack));
    if (wrong.length > 0 || (await underWay(stack)) > 0) since = Date.now();
    else if (Date.now() - since >= stillMs) return;
    if (Date.now() > end) throw new Error(`it does not come back within ${String(withinMs / 1000)} s: ${wrong.join('; ') || 'there is work under way'}`);
    await sleep(everyMs);
  }
}
