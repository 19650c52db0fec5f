import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './target.ts';

const folder = join(import.meta.dirname, 'corpus');

/** Inputs that are kept for a target: what broke it once, and one for each outcome that was ever met. In the order of their names. */
export function readCorpus({ name }: Pick<Target, 'name'>): { readonly file: string; readonly bytes: Uint8Array }[] {
  const of = join(folder, name);
  return existsSync(of) ? readdirSync(of).sort().map((file) => ({ file, bytes: readFileSync(join(of, file)) })) : [];
}

/** Keeps an input under the name of its content, so that none is kept twice. Answers where. */
export function keepInput({ name }: Pick<Target, 'name'>, bytes: Uint8Array, prefix = ''): string {
  const of = join(folder, name);
  mkdirSync(of, { recursive: true });
  const file = `${prefix}${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
  writeFileSync(join(of, file), bytes);
  return join('dev/fuzz/corpus', name, file);
}

/** Sound inputs of today and all that is kept. */
export const inputsOf = (target: Target): Uint8Array[] =>
  [...target.samples().map((sample) => (typeof sample === 'string' ? new TextEncoder().encode(sample) : sample)), ...readCorpus(target).map(({ bytes }) => bytes)];
