import { describeSettings } from '@doubloon/service';
import { configurations } from './configuration-table.ts';

/** The apps that run as services. */
export const appNames: readonly string[] = configurations.map(([name]) => name);

interface SettingFacts {
  readonly name: string;
  readonly secret: boolean;
  readonly required: boolean;
}

/** What an app reads from its environment. */
export function settingsOf(app: string): readonly SettingFacts[] {
  const [, found] = configurations.find(([name]) => name === app) ?? [];
  if (found === undefined) throw new Error(`there is no app ${app}`);
  return describeSettings(found.settings).map(({ name, secret, required }) => ({ name: name.replace(/ or .*$/, ''), secret, required }));
}

/** The apps with a database of their own. */
export const databaseApps: readonly string[] = appNames.filter((app) => settingsOf(app).some(({ name }) => name === 'DATABASE_URL'));

/** What is wrong with giving an app variables of these names: unknown ones, and required ones that are missing. */
export function problemsOf(app: string, given: readonly string[]): readonly string[] {
  const settings = settingsOf(app);
  const known = settings.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  return [
    ...given.filter((name) => !known.includes(name)).map((name) => `${name} is no setting of ${app}`),
    ...settings.filter(({ name, required }) => required && !given.includes(name) && !given.includes(`${name}_FILE`)).map(({ name }) => `${app} needs ${name}`),
  ];
}
