import { mayManage, type InstallationActs } from './acts-installations.ts';
import { refuse, type Finder } from './finder.ts';
import { readManifest } from './manifest.ts';
import type { OAuth } from './oauth.ts';
import { newKeyPair } from './private-key.ts';
import type { Registrations } from './registrations.ts';
import { afterInstall } from './serve-apps.ts';

/** What people do with Apps: authorize, register, install. */
export interface AppHands {
  /**
   * Plays a person to whom the App showed an authorize URL, in place of the page: answers where their browser goes next,
   * with `code` and `state`, or with GitHub's `error`.
   */
  authorize(o: { user: string; url: string; cancel?: boolean }): string;
  /**
   * Plays a person who is brought to `…/settings/apps/new?state=…` with a manifest and says yes, under the name of the manifest or another:
   * answers where their browser goes next, with `code` and `state`. The App is registered then.
   */
  register(o: { user: string; url: string; manifest: string; name?: string }): Promise<string>;
  /** Plays a person who installs an App, by its slug, for an owner, or chooses other repositories later. All of the owner's when they are left out. */
  install(o: { user: string; app: string; owner: string; repositories?: readonly string[] }): { installationId: number; goesTo: string };
  /** The installation sees nothing, until that ends. */
  suspendInstallation(app: string, owner: string, isSuspended?: boolean): void;
  uninstall(app: string, owner: string): void;
}

export function appHands({ finder, oauth, registrations, installing }: { finder: Finder; oauth: OAuth; registrations: Registrations; installing: InstallationActs }): AppHands {
  const { world, accountOf, actorOf, repositoryOf, appOf, installationOf } = finder;
  return {
    authorize({ user, url: asked, cancel = false }) {
      const at = URL.parse(asked);
      const wish = at === null || `${at.origin}${at.pathname}` !== `${world.addresses.html}/login/oauth/authorize` ? undefined : oauth.read(at.searchParams);
      if (wish === undefined) throw refuse(`${asked} asks nobody to authorize an App that is here`);
      if ('refusal' in wish) return wish.refusal;
      const { account } = actorOf(user);
      return cancel ? oauth.deny(wish) : oauth.authorize(wish, account);
    },
    async register({ user, url: asked, manifest: text, name }) {
      const at = URL.parse(asked);
      const [, organization] = /^\/(?:organizations\/([^/]+)\/)?settings\/apps\/new$/.exec(at?.pathname ?? '') ?? [];
      if (at?.origin !== world.addresses.html || !at.pathname.endsWith('/settings/apps/new')) throw refuse(`${asked} registers no App here`);
      const { account } = actorOf(user);
      const owner = organization === undefined ? account : accountOf(organization);
      if (!mayManage(world, account, owner)) throw refuse(`${user} may register no App for ${owner.login}`);
      const manifest = readManifest(text);
      if ('problems' in manifest) throw refuse(manifest.problems.join(' '));
      const called = name ?? manifest.name ?? '';
      const problem = registrations.problemOf(called, owner);
      if (problem !== undefined) throw refuse(problem);
      const pending = registrations.bring({ manifest, owner, state: at.searchParams.get('state') ?? undefined });
      const to = registrations.create(pending, owner, called, await newKeyPair());
      if (to === undefined) throw new TypeError('the manifest was just brought');
      return to;
    },
    install({ user, app: slug, owner: login, repositories: called }) {
      const [{ account: by }, app, owner] = [actorOf(user), appOf(slug), accountOf(login)];
      if (!mayManage(world, by, owner)) throw refuse(`${user} may install nothing for ${login}`);
      if (!app.isPublic && owner !== app.owner) throw refuse(`${slug} is for ${app.owner.login} only`);
      const chosen = called === undefined ? world.repositories.filter((it) => it.owner === owner) : called.map(repositoryOf);
      if (chosen.some((it) => it.owner !== owner)) throw refuse(`not all of them are repositories of ${login}`);
      const action = world.installations.some((it) => it.app === app && it.account === owner) ? 'update' : 'install';
      const installation = installing.install(app, owner, chosen, by);
      return { installationId: installation.id, goesTo: afterInstall(installation, action, world) };
    },
    suspendInstallation(slug, login, isSuspended = true) {
      const installation = installationOf(slug, login);
      if (isSuspended) installing.suspend(installation, installation.account);
      else installing.unsuspend(installation, installation.account);
    },
    uninstall(slug, login) {
      const installation = installationOf(slug, login);
      installing.uninstall(installation, installation.account);
    },
  };
}
