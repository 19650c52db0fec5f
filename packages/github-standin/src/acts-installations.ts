import { newInstallation } from './accounts.ts';
import type { InstallationHappening } from './webhooks.ts';
import type { Account, App, Installation, Repository, World } from './world.ts';

/** What owners do with an App: install it, choose its repositories, suspend it, and throw it out. */
export class InstallationActs {
  readonly #world: World;
  readonly #tell: (happening: InstallationHappening) => void;

  constructor(world: World, tell: (happening: InstallationHappening) => void) {
    this.#world = world;
    this.#tell = tell;
  }

  /** Installing it again is choosing other repositories. */
  install(app: App, account: Account, repositories: readonly Repository[], by: Account): Installation {
    const before = this.#world.installations.find((it) => it.app === app && it.account === account);
    if (before !== undefined) {
      this.select(before, repositories, by);
      return before;
    }
    const made = newInstallation(this.#world, app, account, this.#world.now());
    for (const it of repositories) made.repositories.add(it);
    this.#tell({ event: 'installation', action: 'created', installation: made, sender: by, repositories });
    return made;
  }

  /** The installation sees exactly these from now on. */
  select(installation: Installation, repositories: readonly Repository[], by: Account): void {
    const added = repositories.filter((it) => !installation.repositories.has(it));
    const removed = [...installation.repositories].filter((it) => !repositories.includes(it));
    for (const it of added) installation.repositories.add(it);
    for (const it of removed) installation.repositories.delete(it);
    if (added.length > 0) this.#tell({ event: 'installation_repositories', action: 'added', installation, sender: by, repositories: added });
    if (removed.length > 0) this.#tell({ event: 'installation_repositories', action: 'removed', installation, sender: by, repositories: removed });
  }

  suspend(installation: Installation, by: Account): void {
    if (installation.suspended !== undefined) return;
    installation.suspended = { at: this.#world.now(), by };
    this.#tell({ event: 'installation', action: 'suspend', installation, sender: by, repositories: [...installation.repositories] });
  }

  unsuspend(installation: Installation, by: Account): void {
    if (installation.suspended === undefined) return;
    installation.suspended = undefined;
    this.#tell({ event: 'installation', action: 'unsuspend', installation, sender: by, repositories: [...installation.repositories] });
  }

  /** Its tokens are void from now on. */
  uninstall(installation: Installation, by: Account): void {
    this.#world.installations.splice(this.#world.installations.indexOf(installation), 1);
    this.#tell({ event: 'installation', action: 'deleted', installation, sender: by, repositories: [...installation.repositories] });
  }
}

/** Whether somebody may install Apps for an owner, and register some in its name: for an organisation its owners, and whoever administers one of its repositories. */
export const mayManage = (world: World, account: Account, owner: Account): boolean =>
  owner === account || owner.members.get(account.id) === 'owner' || (owner.type === 'Organization' && world.repositories.some((it) => it.owner === owner && it.roles.get(account.id)?.role === 'admin'));
