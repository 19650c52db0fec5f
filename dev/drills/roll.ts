import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, migrationsFolder } from '@doubloon/postgres';
import type { App } from '../stack/app.ts';
import { must, type DatabaseName, type Drill, type Site } from './site.ts';
import { startBeside } from './settings.ts';
import { startTraffic } from './traffic.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const rolled = ['treasury', 'github-app', 'identity'] as const satisfies readonly DatabaseName[];

/** The next version comes while this one runs, and goes again. What a version is to the other is its schema: the code of both is this. */
export const roll: Drill = {
  name: 'roll',
  what: 'a newer schema comes under running apps, which run beside the next ones for a while and take over again; one that is not marked as compatible is refused',
  async run(site) {
    const { stack, say } = site;
    await using folders = new AsyncDisposableStack();
    const next = folders.adopt(await mkdtemp(join(tmpdir(), 'doubloon-next-')), (folder) => rm(folder, { recursive: true }));
    const traffic = await startTraffic(site, 'During a roll');

    for (const app of rolled) await addMigration(next, app, true);
    for (const app of rolled) await migrate({ url: stack.databaseUrls[app], folder: join(next, app), log: quiet });
    say('forward: the schemas of the next version, marked as compatible, are applied under the running apps');

    const beside: App[] = [];
    beside.push(...(await Promise.all(rolled.map(async (name) => folders.use(await startBeside(stack, name, () => undefined))))));
    say('apps that know only the version before start on them, beside those that run', beside.map(({ name, pid }) => `${name} ${String(stack.app(name as DatabaseName).pid)} and ${String(pid)}`));
    await Promise.all(rolled.map((name) => stack.app(name).start()));
    say('the first of each kind was stopped and started again; the second went on meanwhile');
    await Promise.all(beside.map((app) => app.stop()));

    for (const app of rolled) await migrate({ url: stack.databaseUrls[app], folder: join(next, app), to: 'down', log: quiet });
    await Promise.all(rolled.map((name) => stack.app(name).start()));
    say('back: the schemas of the version before, and the apps started again');
    say(await traffic.stop());
    await refuses(site, folders);
  },
};

async function refuses({ stack, say }: Site, folders: AsyncDisposableStack): Promise<void> {
  const unmarked = folders.adopt(await mkdtemp(join(tmpdir(), 'doubloon-next-')), (folder) => rm(folder, { recursive: true }));
  await addMigration(unmarked, 'treasury', false);
  const [url, folder] = [stack.databaseUrls.treasury, join(unmarked, 'treasury')];
  await migrate({ url, folder, log: quiet });
  const refusal = await startBeside(stack, 'treasury', () => undefined).then(async (app) => {
    await app.stop();
    return undefined;
  }, (error: unknown) => String(error));
  await migrate({ url, folder, to: 'down', log: quiet });
  must(refusal?.includes('SCHEMA_INCOMPATIBLE') === true, `a schema that is not marked was not refused as it should: ${refusal ?? 'the app started'}`);
  say('a schema that is newer and not marked is refused', /"msg":"([^"]*schema[^"]*)"/i.exec(refusal)?.[1] ?? refusal.split('\n').at(-1) ?? '');
}

/** The folder of an app's migrations with one more. */
async function addMigration(folder: string, app: string, isMarked: boolean): Promise<void> {
  await cp(migrationsFolder(app), join(folder, app), { recursive: true });
  const version = (await readdir(join(folder, app))).filter((file) => file.endsWith('.up.sql')).length + 1;
  const name = join(folder, app, `${String(version).padStart(6, '0')}_of_the_next_version`);
  const mark = isMarked ? `insert into schema_compatibility (version, compatible_with) values (${String(version)}, ${String(version - 1)});\n` : '';
  await writeFile(`${name}.up.sql`, `create table of_the_next_version (one boolean);\n${mark}`);
  await writeFile(`${name}.down.sql`, `drop table of_the_next_version;\n${isMarked ? `delete from schema_compatibility where version = ${String(version)};\n` : ''}`);
}
