import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { UsageProblem } from '../usage-problem.ts';
import { appNames, type AppName, type Environment } from './instance.ts';

type Apps = Readonly<Partial<Record<AppName, Environment>>>;

/** Reads a folder of `treasury.env`, `web.env` and so on: what `node --env-file` would start each app with. Throws `UsageProblem` when there is none. */
export async function readFolder(folder: string): Promise<Apps> {
  const found = await Promise.all(appNames.map(async (app) => {
    const text = await readFile(join(folder, `${app}.env`), 'utf8').catch(() => undefined);
    return text === undefined ? [] : [[app, parseEnv(text) as Environment] as const];
  }));
  const apps = Object.fromEntries(found.flat());
  if (Object.keys(apps).length === 0) throw new UsageProblem(`There is none of ${appNames.map((app) => `${app}.env`).join(', ')} in ${folder}.`);
  return apps;
}

/** Reads what `docker compose config --format json` prints: the environment of each service of ours, resolved. Throws `UsageProblem`. */
export function readCompose(json: string): Apps {
  let project: unknown;
  try {
    project = JSON.parse(json);
  } catch (cause) {
    throw new UsageProblem('What came on standard input is no JSON: pipe "docker compose config --format json" into this command.', { cause });
  }
  const { services } = (project ?? {}) as { services?: Readonly<Record<string, { environment?: Readonly<Record<string, unknown>> | null } | null>> | null };
  const apps = Object.fromEntries(appNames.flatMap((app) => {
    const service = services?.[app];
    return service === undefined || service === null ? [] : [[app, Object.fromEntries(Object.entries(service.environment ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)]))]];
  }));
  if (Object.keys(apps).length === 0) throw new UsageProblem(`The Compose project has none of the services ${appNames.join(', ')}.`);
  return apps;
}
