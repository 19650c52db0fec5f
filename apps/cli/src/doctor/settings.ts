import { isDoubloonError } from '@doubloon/errors';
import { readConfig, text, type Settings } from '@doubloon/service';
import { fail, ok, warn, type Finding } from './finding.ts';
import { appNames, type AppName, type Environment, type Instance } from './instance.ts';
// Made by `just docs` from the settings each app reads: an app is not imported from here.
import described from './settings.json' with { type: 'json' };

interface Described {
  readonly prefix: string;
  readonly settings: readonly { readonly name: string; readonly secret: boolean; readonly required: boolean; readonly default: string }[];
}
const known: Readonly<Record<AppName, Described>> = described;

/** Names that only a test sets: with one of them a service ends itself, or breaks a law, on purpose. */
const onlyForTests = ['DOUBLOON_FAILPOINT', 'DOUBLOON_LAW_OFF'];

/** Whether each app would take its settings: none missing, misspelt or said twice, every file readable. */
export const checkSettings = (instance: Instance): readonly Finding[] => appNames.flatMap((app) => {
  const env = instance.apps[app];
  const check = `settings.${app}`;
  if (env === undefined) return [warn(check, `The settings of ${app} are not here.`, 'Point this command at the settings of all four services.')];
  const found = [...problemsOf(app, env).map((problem) => fail(check, `${problem}.`, `Set it right for ${app}; docs/configuration.md says what each one means.`)), ...dangers(app, env)];
  return found.length === 0 ? [ok(check, `${app} would take its settings.`)] : found;
});

function problemsOf(app: AppName, env: Environment): readonly string[] {
  const { prefix, settings } = known[app];
  // Of what form a value has to be only the app knows: here it is any text.
  const asAny = settings.map(({ name, secret, required, default: fallback }) => [name, { name, meaning: '', secret, schema: required ? text() : text().optional(), ...(fallback === '' ? {} : { default: fallback }) }]);
  try {
    readConfig(env, { prefix, settings: Object.fromEntries(asAny) as Settings });
    return [];
  } catch (error) {
    if (isDoubloonError(error, 'CONFIG_INVALID')) return error.facts.problems;
    throw error;
  }
}

function dangers(app: AppName, env: Environment): readonly Finding[] {
  const check = `settings.${app}`;
  const armed = onlyForTests.filter((name) => env[name]).map((name) => fail(check, `${name} is set: ${app} would end or misbehave on purpose.`, `Remove ${name}; it is for tests only.`));
  return armed.concat(app === 'web' ? dangersOfPages(env) : []);
}

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);

function dangersOfPages({ WEB_ORIGIN: origin = '', DEV_WALLET: devWallet }: Environment): readonly Finding[] {
  const url = URL.parse(origin);
  if (url === null || isLoopback(url.hostname)) return [];
  return [
    ...(url.protocol === 'https:' ? [] : [fail('settings.web', `WEB_ORIGIN is ${url.origin}: without https anybody on the way can change what people sign.`, 'Put a proxy with a certificate in front, and begin WEB_ORIGIN with https://.')]),
    ...(devWallet === 'true' ? [fail('settings.web', 'DEV_WALLET is true for pages that others can reach.', 'Remove DEV_WALLET.')] : []),
  ];
}
