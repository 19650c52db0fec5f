import { createContext, Script } from 'node:vm';
import { isDoubloonError } from '@doubloon/errors';
import type { Target } from './target.ts';

/** What became of one input: an outcome in a few words, or what must not be. */
export type Verdict = { readonly outcome: string } | { readonly fault: string };

/** On the clock; a machine that is busy is late, and what never ends is over it all the same. */
const usuallyLongestMs = 10_000;
const usualMs = 250;

const script = new Script('run()');
const room = createContext({ run: undefined });

const shapes = [Object, Array, Function, String, Number, Promise].map(({ prototype }) => prototype as object);
const keysOf = (shape: object): string => Reflect.ownKeys(shape).map(String).join();
const sound = shapes.map(keysOf);

/** Runs one input: what hangs is ended, and whatever it left on the prototypes of everything is found. */
export async function judge(target: Target, bytes: Uint8Array, longestMs = usuallyLongestMs): Promise<Verdict> {
  let [ended, ms] = await timed(target, bytes, longestMs);
  // A machine that starves us of its processor is no input that hangs.
  for (let more = 1; more <= 2 && 'fault' in ended && ended.fault.includes('timed out') && ms < (longestMs * 4 ** (more - 1)) / 2; more++) [ended, ms] = await timed(target, bytes, longestMs * 4 ** more);
  const polluted = shapes.findIndex((shape, at) => keysOf(shape) !== sound[at]);
  if (polluted !== -1) {
    for (const key of Reflect.ownKeys(Object.prototype)) if (!sound[0]?.split(',').includes(String(key))) Reflect.deleteProperty(Object.prototype, key);
    return { fault: 'it wrote on a prototype that everything has' };
  }
  if ('outcome' in ended && ms > (target.mostMs ?? usualMs)) return { fault: `it took ${String(ms)} ms of the processor` };
  return ended;
}

async function timed(target: Target, bytes: Uint8Array, longestMs: number): Promise<[Verdict, ms: number]> {
  const before = process.threadCpuUsage();
  const ended = await attempt(target, bytes, longestMs);
  const { user, system } = process.threadCpuUsage(before);
  return [ended, Math.round((user + system) / 1000)];
}

async function attempt(target: Target, bytes: Uint8Array, longestMs: number): Promise<Verdict> {
  let late: NodeJS.Timeout | undefined;
  try {
    // The virtual machine can end what does not end by itself, also in code from outside of it.
    room['run'] = () => target.run(bytes);
    const begun = script.runInContext(room, { timeout: longestMs }) as string | Promise<string>;
    if (typeof begun === 'string') return { outcome: begun };
    const never = new Promise<never>((_, reject) => { late = setTimeout(() => { reject(new Error('it never answered')); }, longestMs); });
    return { outcome: await Promise.race([begun, never]) };
  } catch (error) {
    if (isDoubloonError(error) && target.codes?.includes(error.code) === true) return { outcome: `${error.code} ${kindOf(error.message)}` };
    if (error instanceof Error && target.errors?.includes(error.name) === true) return { outcome: error.name };
    return { fault: error instanceof Error ? `${error.name}: ${error.message}\n${error.stack?.split('\n').slice(1, 6).join('\n') ?? ''}` : String(error) };
  } finally {
    clearTimeout(late);
  }
}

// One sentence of ours, whatever it quotes.
const kindOf = (message: string): string => message.replaceAll(/"[^]*"|“[^]*”|\d+|[1-9A-HJ-NP-Za-km-z]{20,}/g, '#').slice(0, 60);
