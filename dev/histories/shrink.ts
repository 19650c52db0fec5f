/**
 * The smallest part of `ones` that still fails, or one near it: halves, then quarters, and so on, are left out as long as what
 * remains fails (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002). `fails` may take minutes, so
 * it is asked no more once `isOver`.
 */
export async function shrunk<T>(ones: readonly T[], fails: (some: readonly T[]) => Promise<boolean>, isOver: () => boolean): Promise<readonly T[]> {
  let kept = ones;
  for (let parts = 2; kept.length > 0 && !isOver();) {
    const size = Math.ceil(kept.length / parts);
    const smaller = await firstFailing(kept, size, fails, isOver);
    if (smaller !== undefined) {
      kept = smaller;
      parts = Math.max(2, parts - 1);
    } else if (size <= 1) break;
    else parts = Math.min(kept.length, parts * 2);
  }
  return kept;
}

async function firstFailing<T>(kept: readonly T[], size: number, fails: (some: readonly T[]) => Promise<boolean>, isOver: () => boolean): Promise<readonly T[] | undefined> {
  for (let from = 0; from < kept.length && !isOver(); from += size) {
    const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
    if (await fails(rest)) return rest;
  }
  return undefined;
}
