import type { FastifyInstance, FastifyReply } from 'fastify';
import { mayManage, type InstallationActs } from './acts-installations.ts';
import { readManifest } from './manifest.ts';
import { appPage, installPage, registerPage, wrongManifestPage } from './page-app.ts';
import { newKeyPair } from './private-key.ts';
import type { Registrations } from './registrations.ts';
import { Denied, gone, handlerOfPages, type Visit } from './visit.ts';
import { findAccount, type Account, type App, type Installation, type World } from './world.ts';

const elsewhere = (): Denied => new Denied(403, 'Not allowed', 'This form came from another site.');

/** Where the browser goes when an App is installed: to its setup URL, or on to ask the person, when it wants one of these. */
export function afterInstall({ app, id }: Installation, action: 'install' | 'update', world: World): string {
  if (app.oauthOnInstall && app.callbackUrls.length > 0) return `${world.addresses.html}/login/oauth/authorize?client_id=${app.clientId}`;
  if (app.setupUrl === undefined) return `${world.addresses.html}/apps/${app.slug}`;
  const to = new URL(app.setupUrl);
  to.searchParams.set('installation_id', String(id));
  to.searchParams.set('setup_action', action);
  return to.href;
}

/** The pages on which Apps are registered by manifest, shown, and installed. */
export function serveApps(server: FastifyInstance, { world, registrations, installing }: { world: World; registrations: Registrations; installing: InstallationActs }): void {
  const page = handlerOfPages(world);
  const appOf = (visit: Visit): App => {
    const app = world.apps.find((it) => it.slug === visit.param('slug'));
    if (app === undefined) throw gone();
    return app;
  };
  /** For whom somebody may install it: a private App only for its owner. */
  const ownersFor = (app: App, me: Account): Account[] => world.accounts.filter((it) => it.type !== 'Bot' && mayManage(world, me, it) && (app.isPublic || it === app.owner));

  const bring = async (visit: Visit, owner: Account | undefined): Promise<FastifyReply> => {
    if (owner === undefined) throw gone();
    const manifest = readManifest(visit.form.get('manifest') ?? '');
    if ('problems' in manifest) return visit.show(wrongManifestPage(manifest.problems, visit.frame), 422);
    const pending = registrations.bring({ manifest, owner, state: visit.query.get('state') ?? undefined });
    // By an address of its own: browsers leave the cookie out of a form of another site, and send it when they follow.
    return visit.go(`/settings/apps/manifest?pending=${pending}`);
  };
  const anywhere = handlerOfPages(world, { fromAnywhere: true });
  server.post('/settings/apps/new', anywhere((visit) => bring(visit, visit.me)));
  server.post('/organizations/:owner/settings/apps/new', anywhere((visit) => bring(visit, world.accounts.find((it) => it.type === 'Organization' && it.login.toLowerCase() === visit.param('owner').toLowerCase()))));

  const asked = (visit: Visit, id: string | null) => {
    const pending = registrations.pending(id ?? '');
    if (pending === undefined) throw gone();
    // Somebody's own App is whose it was brought by, who may be somebody else once the cookie is there.
    const mine = pending.owner.type === 'Organization' ? pending : { ...pending, owner: visit.me };
    if (!mayManage(world, visit.me, mine.owner)) throw gone();
    return mine;
  };
  const originOf = (url: string | undefined): string | undefined => (url === undefined ? undefined : new URL(url).origin);
  server.get('/settings/apps/manifest', page((visit) => {
    const id = visit.query.get('pending') ?? '';
    const pending = asked(visit, id);
    return visit.show(registerPage(id, pending, visit.frame), 200, originOf(pending.manifest.redirectUrl));
  }));
  server.post('/settings/apps/manifest', page(async (visit) => {
    if (visit.isFromElsewhere) throw elsewhere();
    const id = visit.form.get('pending') ?? '';
    const pending = asked(visit, id);
    const name = (visit.form.get('name') ?? '').trim();
    const problem = registrations.problemOf(name, pending.owner);
    if (problem !== undefined) return visit.show(registerPage(id, pending, visit.frame, { name, problem }), 422, originOf(pending.manifest.redirectUrl));
    const to = registrations.create(id, pending.owner, name, await newKeyPair());
    if (to === undefined) throw gone();
    return visit.go(to);
  }));

  server.get('/apps/:slug', page((visit) => visit.show(appPage(appOf(visit), visit.frame))));
  server.get('/apps/:slug/installations/new', page((visit) => {
    const app = appOf(visit);
    return visit.show(installPage(app, ownersFor(app, visit.me), visit.frame), 200, originOf(app.setupUrl));
  }));
  server.post('/apps/:slug/installations/new', page((visit) => {
    if (visit.isFromElsewhere) throw elsewhere();
    const app = appOf(visit);
    const owners = ownersFor(app, visit.me);
    const owner = findAccount(world, visit.form.get('owner') ?? '');
    if (owner === undefined || !owners.includes(owner)) throw new Denied(403, 'Not allowed', `${visit.me.login} may not install ${app.name} there.`);
    const wanted = new Set(visit.form.getAll('repository'));
    const repositories = world.repositories.filter((it) => it.owner === owner && wanted.has(String(it.id)));
    if (repositories.length === 0) return visit.show(installPage(app, owners, visit.frame, 'Choose at least one repository.'), 422, originOf(app.setupUrl));
    const action = world.installations.some((it) => it.app === app && it.account === owner) ? 'update' : 'install';
    return visit.go(afterInstall(installing.install(app, owner, repositories, visit.me), action, world));
  }));
}
