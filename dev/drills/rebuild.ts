import { join } from 'node:path';
import { migrate } from '@doubloon/postgres';
import { root } from '../stack/root.ts';
import { readStanding } from './read-standing.ts';
import { atRest, comesBack } from './rest.ts';
import { asking, databases, must, startAll, stopAll, type Drill, type Site } from './site.ts';
import { differences, hashOf } from './standing.ts';
import { play } from './story.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** All records are gone, the event log among them, and GitHub's delivery log does not reach back so far. The chain and what stands at GitHub bring them back. */
export const rebuild: Drill = {
  name: 'rebuild',
  what: 'the databases of treasury, App and identity service and the event log are lost; all of it comes back from the chain and GitHub',
  async run(site) {
    const { stack, say } = site;
    await play(site);
    const before = await atRest(stack);
    await stopAll(site);
    const hash = hashOf(before);
    say('everything stands still, and the apps are stopped', [`hash ${hash}`, ...Object.entries(before).map(([part, lines]) => `${part}: ${String((lines as string[]).length)}`)]);

    const url = (name: string): string => (name === 'event-log' ? stack.eventLogUrl : stack.databaseUrls[name as keyof typeof stack.databaseUrls]);
    for (const name of [...databases, 'event-log']) await emptied(url(name), name);
    say('the four databases were dropped, and made anew with their migrations');
    must(differences(before, await readStanding(stack)).length > 0, 'nothing was lost: the drill shows nothing');

    stack.github.faults.api({ path: /^\/app\/hook\/deliveries/, times: Infinity }, { kind: 'unavailable' });
    await startAll(site);
    say('the apps are started; GitHub does not hand out its delivery log, as if all of this were older than three days');
    await comesBack(stack, before);
    say('the same offers, deposits, awards, payouts and identities are there, the same comments of ours, and no transaction was sent', `hash ${hashOf(await readStanding(stack))}`);

    stack.github.faults.clear();
    await untilSwept(site);
    await comesBack(stack, before);
    must(hashOf(await readStanding(stack)) === hash, 'the hash is another one');
    say('GitHub hands out its delivery log again, and all of it was handled once more: nothing is different', `hash ${hash}`);
  },
};

async function emptied(url: string, app: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  const server = new URL(url);
  server.pathname = '/postgres';
  await asking(server.href, async (pool) => {
    await pool.query(`drop database "${decodeURIComponent(name)}" with (force)`);
    await pool.query(`create database "${decodeURIComponent(name)}"`);
  });
  await migrate({ url, folder: join(root, 'migrations', app), log: quiet });
}

/** Waits until the sweep has been through the whole log. */
async function untilSwept({ stack }: Site): Promise<void> {
  await stack.app('github-app').start();
  await atRest(stack);
  const { rows: [row] } = await asking(stack.databaseUrls['github-app'], (pool) => pool.query<{ handled: number }>("select count(*)::int as handled from inbox where key not like 'reread-%' and kind not in ('bounty', 'identity') and done_at is not null"));
  must((row?.handled ?? 0) > 10, 'the delivery log was not swept');
}
