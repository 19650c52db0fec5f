import { Deliveries, type Hook } from './deliveries.ts';
import type { Script } from './faults.ts';
import { installationPayload, pingPayload, repositoryOf, webhookPayload, type Happening, type InstallationHappening } from './webhooks.ts';
import { installationFor, type App, type World } from './world.ts';

/** The hook of each App, and who hears of what. */
export class Hooks {
  readonly #world: World;
  readonly #script: Script;
  readonly #byApp = new Map<App, Deliveries>();

  constructor(world: World, script: Script) {
    this.#world = world;
    this.#script = script;
  }

  add(app: App, { url, secret }: Pick<Hook, 'url' | 'secret'>): void {
    this.#byApp.set(app, new Deliveries({ url, secret, id: this.#world.nextId('hook'), appId: app.id }, this.#world.now, this.#script));
  }

  of(app: App): Deliveries {
    const found = this.#byApp.get(app);
    if (found === undefined) throw new TypeError(`${app.slug} has no hook`);
    return found;
  }

  /** Tells each App that wants the event and whose installation sees the repository. */
  tell(happening: Happening): void {
    const repository = repositoryOf(happening);
    for (const [app, deliveries] of this.#byApp) {
      const installation = installationFor(this.#world, app, repository);
      if (installation === undefined || installation.suspended !== undefined || !app.events.includes(happening.event)) continue;
      deliveries.tell(happening.event, happening.action, webhookPayload(happening, installation, this.#world), { installationId: installation.id, repositoryId: repository.id });
    }
  }

  /** Tells the App whose installation it is. */
  tellOfInstallation(happening: InstallationHappening): void {
    const { installation, event, action } = happening;
    this.of(installation.app).tell(event, action, installationPayload(happening, this.#world), { installationId: installation.id, repositoryId: null });
  }

  /** The first thing a new App's hook is told. */
  ping(app: App): void {
    const deliveries = this.of(app);
    deliveries.tell('ping', null, pingPayload(app, deliveries.hook, this.#world.addresses, this.#world.now()), { installationId: null, repositoryId: null });
  }

  /** Resolves when everything told so far has been answered, refused or given up on. */
  async settled(): Promise<void> {
    await Promise.all([...this.#byApp.values()].map((it) => it.settled()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byApp.values()].map((it) => it.close()));
  }
}
