import { readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import { DoubloonError } from '@doubloon/errors';
import { nearest } from './nearest.ts';

/** One thing an operator can set. A secret may also come from a file, by `NAME_FILE`, and has no default. */
export interface Setting {
  readonly name: string;
  /** One line for the table of settings. */
  readonly meaning: string;
  /** Reads the text of the variable, or `undefined` when it is not set: `.optional()` makes a setting one that may be left out. */
  readonly schema: z.ZodType<unknown, string | undefined>;
  readonly secret?: boolean;
  /** As an operator would write it; read by the same schema. */
  readonly default?: string;
}

export type Settings = Readonly<Record<string, Setting>>;

export interface Configuration<S extends Settings = Settings> {
  /** Names that begin with it belong to this app: one that is not in `settings` is a typing mistake, and refused. */
  readonly prefix: string;
  readonly settings: S;
}

/** What the settings say, frozen. `warnings` are sentences for the log, without values. */
export type Config<S extends Settings> = { readonly [K in keyof S]: z.output<S[K]['schema']> } & { readonly warnings: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the whole configuration once. An empty value counts as not set. Rejects with CONFIG_INVALID, which lists every
 * problem at once; neither a problem nor a warning ever holds a value.
 */
export function readConfig<S extends Settings>(env: Environment, { prefix, settings }: Configuration<S>): Config<S> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const values: Record<string, unknown> = {};

  for (const [key, setting] of Object.entries(settings)) {
    const source = textOf(env, setting, warnings);
    if ('problem' in source) {
      problems.push(source.problem);
      continue;
    }
    const read = setting.schema.safeParse(source.text ?? setting.default);
    if (read.success) values[key] = read.data;
    else problems.push(source.text === undefined && setting.default === undefined ? `${setting.name} is missing` : `${setting.name} ${reason(read.error)}`);
  }

  const known = namesOf(settings);
  for (const name of Object.keys(env)) {
    if (name.startsWith(prefix) && !known.includes(name)) problems.push(`${name} is not a setting, the nearest is ${nearest(name, known)}`);
  }
  if (problems.length > 0) throw new DoubloonError('CONFIG_INVALID', { problems });
  return Object.freeze({ ...values, warnings: Object.freeze(warnings) }) as Config<S>;
}

/** The rows of the table in the documentation, in the order of the settings. */
export function describeSettings(settings: Settings): readonly { name: string; meaning: string; default: string; secret: boolean; required: boolean }[] {
  return Object.values(settings).map(({ name, meaning, schema, secret = false, default: fallback }) => ({
    name: secret ? `${name} or ${name}_FILE` : name,
    meaning,
    default: fallback ?? '',
    secret,
    required: fallback === undefined && !schema.safeParse(undefined).success,
  }));
}

function namesOf(settings: Settings): readonly string[] {
  return Object.values(settings).flatMap(({ name, secret }) => (secret === true ? [name, `${name}_FILE`] : [name]));
}

function textOf(env: Environment, { name, secret }: Setting, warnings: string[]): { text: string | undefined } | { problem: string } {
  const text = env[name] || undefined;
  const file = (secret === true && env[`${name}_FILE`]) || undefined;
  if (file === undefined) return { text };
  if (text !== undefined) return { problem: `${name} and ${name}_FILE are both set: keep one` };
  try {
    if ((statSync(file).mode & 0o004) !== 0) warnings.push(`the file of ${name}_FILE can be read by every user of this machine`);
    const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return content === '' ? { problem: `${name}_FILE is an empty file` } : { text: content };
  } catch (error) {
    return { problem: `${name}_FILE can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})` };
  }
}

// The schemas below explain themselves without the value. What zod says by itself may quote it, so that is not passed on.
const reason = (error: z.ZodError): string => (error.issues[0]?.code === 'custom' ? error.issues[0].message : 'is not of the form that is expected');
