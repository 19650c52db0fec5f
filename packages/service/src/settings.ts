import { z } from 'zod';
import { isDoubloonError } from '@doubloon/errors';
import type { Setting, Settings } from './config.ts';

/** Text of any kind, as it is. */
export const text = (): z.ZodType<string, string> => z.string().refine((value) => value.trim() !== '', 'is blank');

/** A whole number in decimal digits. */
export const wholeNumber = ({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): z.ZodType<number, string> =>
  z.string()
    .refine((value) => /^\d{1,16}$/.test(value) && Number(value) >= min && Number(value) <= max, `is not a whole number from ${String(min)} to ${String(max)}`)
    .transform(Number);

const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time with its unit (`250ms`, `30s`, `15m`, `12h`, `90d`), as milliseconds. */
export const duration = (): z.ZodType<number, string> =>
  z.string()
    .refine((value) => /^\d{1,9}(ms|[smhd])$/.test(value), 'is not a duration such as 250ms, 30s, 15m, 12h or 90d')
    .transform((value) => Number.parseInt(value, 10) * milliseconds[value.replace(/\d+/, '') as keyof typeof milliseconds]);

/** An absolute URL of one of these schemes (`https`, without the colon). */
export const urlOf = (...schemes: readonly string[]): z.ZodType<string, string> =>
  z.string().refine((value) => schemes.some((scheme) => URL.parse(value)?.protocol === `${scheme}:`), `is not a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);

/** One word out of a few. */
export const oneOf = <const W extends string>(...words: readonly W[]): z.ZodType<W, string> =>
  z.string().refine((value): value is W => (words as readonly string[]).includes(value), `is not one of ${words.join(', ')}`) as z.ZodType<W, string>;

/** Whatever `read` makes of the text. A CONFIG_INVALID that it throws explains why not; other errors may quote the text, so they don't. */
export const parsedBy = <T>(read: (text: string) => T): z.ZodType<T, string> =>
  z.string().transform((value, context) => {
    try {
      return read(value);
    } catch (error) {
      const message = isDoubloonError(error, 'CONFIG_INVALID') ? error.facts.problems.join(', ') : 'is not of the form that is expected';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  });

/** `true` or `false`. */
export const yesOrNo = (): z.ZodType<boolean, string> => oneOf('true', 'false').transform((value) => value === 'true');

const port = (name: string, meaning: string, fallback: string) =>
  ({ name, meaning, schema: wholeNumber({ max: 65_535 }), default: fallback }) as const satisfies Setting;

/** What every service can be told: where it listens, where its probes are, how much it says, how long it takes to stop. */
export const serviceSettings = {
  host: { name: 'HOST', meaning: 'The address this service listens on.', schema: text(), default: '127.0.0.1' },
  port: port('PORT', 'The port this service listens on; 0 takes a free one.', '0'),
  internalHost: { name: 'INTERNAL_HOST', meaning: 'The address of the probes and metrics.', schema: text(), default: '127.0.0.1' },
  internalPort: port('INTERNAL_PORT', 'The port of the probes and metrics; 0 takes a free one.', '0'),
  logLevel: { name: 'LOG_LEVEL', meaning: 'The least important level that is logged.', schema: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), default: 'info' },
  stopWithin: { name: 'STOP_WITHIN', meaning: 'How long a stop may take before the process ends anyway.', schema: duration(), default: '25s' },
} as const satisfies Settings;

/** The database of a service. The URL holds a password, so it is a secret. */
export const databaseUrl = {
  name: 'DATABASE_URL',
  meaning: "The service's own database.",
  schema: urlOf('postgres', 'postgresql'),
  secret: true,
} as const satisfies Setting;
