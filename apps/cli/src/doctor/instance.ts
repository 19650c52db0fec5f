import { readFileSync } from 'node:fs';

/** The apps that run as services. */
export const appNames = ['github-app', 'treasury', 'identity', 'web'] as const;
export type AppName = (typeof appNames)[number];
export type Environment = Readonly<Record<string, string>>;

/** What each app of an installation is started with, as far as it is known. */
export interface Instance {
  readonly apps: Readonly<Partial<Record<AppName, Environment>>>;
  readonly now: () => Date;
}

/** What an app would read: `NAME`, or the content of the file of `NAME_FILE`; `undefined` when it has none or can't be read. */
export function valueOf({ apps }: Instance, app: AppName, name: string): string | undefined {
  const env = apps[app] ?? {};
  const text = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (text !== undefined || file === undefined) return text;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch {
    // Told by the check of settings.
    return undefined;
  }
}
