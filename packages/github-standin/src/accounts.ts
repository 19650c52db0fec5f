import { createHash, type KeyObject } from 'node:crypto';
import type { Account, App, Installation, Permissions, World } from './world.ts';

export const newAccount = (nextId: World['nextId'], login: string, type: Account['type'], createdAt: Date, name: string | null = null): Account =>
  ({ id: nextId('account'), login, name, type, createdAt, isSuspended: false, members: new Map() });

/** Registers an App and its bot. */
export function newApp(world: World, o: {
  owner: Account; slug: string; name: string; permissions: Permissions; events: readonly string[]; callbackUrls: readonly string[]; publicKey: KeyObject; createdAt: Date; id?: number; clientSecret?: string;
}): App {
  const { id = world.nextId('app') } = o;
  // The same at each start, as all that is handed out here.
  const { clientSecret = createHash('sha1').update(`client secret of ${String(id)}`).digest('hex') } = o;
  const bot = newAccount(world.nextId, `${o.slug}[bot]`, 'Bot', o.createdAt);
  world.accounts.push(bot);
  const app: App = { ...o, id, clientId: `Iv23li${String(id).padStart(14, 'd')}`, clientSecret, bot };
  world.apps.push(app);
  return app;
}

/** Installs an App for an owner, with no repository yet. */
export function newInstallation(world: World, app: App, account: Account, createdAt: Date): Installation {
  const made: Installation = { id: world.nextId('installation'), app, account, createdAt, repositories: new Set(), suspended: undefined };
  world.installations.push(made);
  return made;
}
