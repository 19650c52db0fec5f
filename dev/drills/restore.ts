import { atRest, comesBack } from './rest.ts';
import { asking, databases, must, startAll, stopAll, type DatabaseName, type Drill, type Site } from './site.ts';
import { readStanding } from './read-standing.ts';
import { depositsAre, fund, letDaysPass, link, newWallet, offer, openPlace } from './play.ts';
import { differences, hashOf } from './standing.ts';

/** A backup is restored that knows nothing of what happened since. The event log went on: it is a system of its own. */
export const restore: Drill = {
  name: 'restore',
  what: 'databases from an older backup take the place of those that are lost; what happened since comes back from the chain, GitHub and the event log',
  async run(site) {
    const { stack, say } = site;
    const wallet = await newWallet(stack);
    const place = openPlace(stack, 'Half of it was backed up');
    const early = await fund(stack, place, 'ada', { denom: 'sol', text: '0.4' }, wallet);
    const cancelled = openPlace(stack, 'It was offered, backed up, and taken back');
    const { comment } = await offer(stack, cancelled, 'linus', { denom: 'sol', text: '0.2' });
    await atRest(stack);
    await stopAll(site);
    for (const name of databases) await copied(site, name, backupOf(name));
    await startAll(site);
    say('a backup was taken: 0.4 sol are funded, and 0.2 sol are offered');

    await link(stack, 'maggie');
    await place.person('linus').comment('/award @maggie');
    await depositsAre(stack, place, [early.deposit], 'AWARDED');
    await letDaysPass(site, 3);
    await depositsAre(stack, place, [early.deposit], 'PAID');
    const late = await fund(stack, place, 'ada', { denom: 'usdc', text: '9' }, wallet);
    await cancelled.person('linus').remove(comment);
    const fresh = openPlace(stack, 'It came after the backup');
    await fund(stack, fresh, 'ada', { denom: 'usdc', text: '3' }, wallet);
    await offer(stack, fresh, 'grace', { denom: 'sol', text: '0.1' });
    const before = await atRest(stack);
    say('after it, 0.4 sol were awarded and paid, 9 usdc came to the same issue and nobody awarded them, 3 usdc came to another, and 0.2 sol were taken back', [`late      ${late.deposit}`, `hash      ${hashOf(before)}`]);

    await stopAll(site);
    for (const name of databases) await copied(site, backupOf(name), name);
    must(differences(before, await readStanding(stack)).length > 5, 'nothing was lost: the drill shows nothing');
    // As the runbook says it.
    await asking(stack.databaseUrls['github-app'], (pool) => pool.query('update beginning set at = now(), found_at = null'));
    say('the backup is restored, and the App is told that its records begin now', 'update beginning set at = now(), found_at = null');
    await startAll(site);
    await comesBack(stack, before);
    say('everything is as before: what was paid is not paid again, and the award from before the accident touches nothing that came after it', `hash ${hashOf(await readStanding(stack))}`);
    for (const name of databases) await dropped(site, backupOf(name));
  },
};

const backupOf = (name: DatabaseName): string => `backup_of_${nameOf(name)}`;
const nameOf = (name: string): string => name.replaceAll('-', '_');

/** Makes one database like another; nobody may be connected to either. */
async function copied(site: Site, from: string, to: string): Promise<void> {
  await dropped(site, to);
  await onServer(site, `create database "${nameOf(to)}" template "${nameOf(from)}"`);
}

const dropped = (site: Site, name: string): Promise<void> => onServer(site, `drop database if exists "${nameOf(name)}" with (force)`);

async function onServer({ stack }: Site, statement: string): Promise<void> {
  const server = new URL(stack.databaseUrls.treasury);
  server.pathname = '/postgres';
  await asking(server.href, async (pool) => { await pool.query(statement); });
}
