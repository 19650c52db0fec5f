import { writeSync } from 'node:fs';

/** Prints a line at once, so that it is out when the process is killed right after. */
export const say = (line: string): void => void writeSync(1, `${line}\n`);

/** The settings that `startChild` was given. */
export const settings = (): Record<string, string> => JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;

/** Never settles. */
export const forever = (): Promise<never> => new Promise(() => setInterval(() => undefined, 60_000));
