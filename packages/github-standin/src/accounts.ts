import { createHash } from 'node:crypto';
import type { Account, App, Installation, World } from './world.ts';

export const newAccount = (nextId: World['nextId'], login: string, type: Account['type'], createdAt: Date, name: string | null = null): Account =>
  ({ id: nextId('account'), login, name, type, createdAt, isSuspended: false, members: new Map() });

type AppIs = Pick<App, 'owner' | 'slug' | 'name' | 'permissions' | 'events' | 'callbackUrls' | 'publicKey' | 'createdAt'>;
type AppMayBe = Partial<Pick<App, 'id' | 'clientSecret' | 'description' | 'externalUrl' | 'setupUrl' | 'isPublic' | 'oauthOnInstall'>>;

/** Registers an App and its bot. */
export function newApp(world: World, o: AppIs & AppMayBe): App {
  const { id = world.nextId('app') } = o;
  // The same at each start, as all that is handed out here.
  const { clientSecret = createHash('sha1').update(`client secret of ${String(id)}`).digest('hex') } = o;
  const bot = newAccount(world.nextId, `${o.slug}[bot]`, 'Bot', o.createdAt);
  world.accounts.push(bot);
  const app: App = { description: '', externalUrl: undefined, setupUrl: undefined, isPublic: true, oauthOnInstall: false, ...o, id, clientId: `Iv23li${String(id).padStart(14, 'd')}`, clientSecret, bot };
  world.apps.push(app);
  return app;
}

/** Installs an App for an owner, with no repository yet. */
export function newInstallation(world: World, app: App, account: Account, createdAt: Date): Installation {
  const made: Installation = { id: world.nextId('installation'), app, account, createdAt, repositories: new Set(), suspended: undefined };
  world.installations.push(made);
  return made;
}
