import { randomBytes } from 'node:crypto';
import { newApp } from './accounts.ts';
import type { Hooks } from './hooks.ts';
import { longestName, type Manifest } from './manifest.ts';
import type { KeyPair } from './private-key.ts';
import { findAccount, type Account, type App, type World } from './world.ts';

/** A manifest that somebody brought, before they said yes to it. */
export interface Pending {
  readonly manifest: Manifest;
  readonly state: string | undefined;
  readonly owner: Account;
}

/** What only whoever registers an App is told, and only once. */
export interface Registered {
  readonly app: App;
  readonly privateKey: string;
  readonly webhookSecret: string;
}

const codeLifeMs = 3_600_000;

const slugOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]+/g, '-').replaceAll(/^-+|-+$/g, '');

/** The manifest flow: a manifest is brought, a person says yes, and the App's credentials are had for a code. */
export class Registrations {
  /** Every App that was registered, in the order of that. */
  readonly registered: Registered[] = [];
  readonly #world: World;
  readonly #hooks: Hooks;
  readonly #pending = new Map<string, Pending>();
  readonly #codes = new Map<string, { readonly made: Registered; readonly expiresAt: Date }>();

  constructor(world: World, hooks: Hooks) {
    this.#world = world;
    this.#hooks = hooks;
  }

  /** Keeps a manifest until its person says yes; answers under which name. */
  bring(pending: Pending): string {
    const id = randomBytes(10).toString('hex');
    this.#pending.set(id, pending);
    return id;
  }

  pending(id: string): Pending | undefined {
    return this.#pending.get(id);
  }

  /** Why an App can't have this name; `undefined` when it can. Names are of everybody. */
  problemOf(name: string, owner: Account): string | undefined {
    const slug = slugOf(name);
    if (slug === '') return "Name can't be blank.";
    if (name.length > longestName) return `Name is too long (maximum is ${String(longestName)} characters).`;
    if (this.#world.apps.some((it) => it.slug === slug)) return 'Name has already been taken.';
    const account = findAccount(this.#world, slug);
    return account === undefined || account === owner ? undefined : `Name is reserved for the account @${account.login}.`;
  }

  /** The person says yes: the App is there. Answers where their browser goes, with a code that lives an hour and works once. */
  create(id: string, owner: Account, name: string, { privateKey, publicKey }: KeyPair): string | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    const { state, manifest } = pending;
    const { permissions, events, callbackUrls, url: externalUrl, description, setupUrl, isPublic, oauthOnInstall, hookUrl, redirectUrl } = manifest;
    const createdAt = this.#world.now();
    const app = newApp(this.#world, {
      owner, slug: slugOf(name), name, permissions, events, callbackUrls, publicKey, createdAt, externalUrl, description, setupUrl, isPublic, oauthOnInstall, clientSecret: randomBytes(20).toString('hex'),
    });
    const webhookSecret = randomBytes(20).toString('hex');
    const made = { app, privateKey, webhookSecret };
    this.registered.push(made);
    this.#hooks.add(app, { url: hookUrl, secret: webhookSecret });
    this.#hooks.ping(app);
    if (redirectUrl === undefined) return `${this.#world.addresses.html}/apps/${app.slug}`;
    const code = randomBytes(20).toString('hex');
    this.#codes.set(code, { made, expiresAt: new Date(createdAt.getTime() + codeLifeMs) });
    const to = new URL(redirectUrl);
    to.searchParams.set('code', code);
    if (state !== undefined) to.searchParams.set('state', state);
    return to.href;
  }

  /** What the code stands for, once. */
  convert(code: string): Registered | undefined {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    return found === undefined || found.expiresAt <= this.#world.now() ? undefined : found.made;
  }
}
