import { html, type Html } from './html.ts';
import { layout, type Frame } from './layout.ts';
import { longestName } from './manifest.ts';
import type { Pending } from './registrations.ts';
import { fullName, installationsOf, type Account, type App, type Permissions, type World } from './world.ts';

const permissionList = (permissions: Permissions): Html => html`<h2>Permissions</h2><ul>${Object.entries(permissions).map(([name, level]) => html`<li>${name.replaceAll('_', ' ')}: ${level}</li>`)}</ul>`;

const alert = (problem: string | undefined): Html | undefined => (problem === undefined ? undefined : html`<p class="problem" id="problem" role="alert">${problem}</p>`);

/** The page of an App. */
export function appPage(app: App, frame: Frame): string {
  const owners = installationsOf(frame.world, app).map((it) => it.account.login);
  return layout(frame, app.name, html`<h1>${app.name}</h1><p>A GitHub App by ${app.owner.login}, installed for ${owners.length === 0 ? 'nobody yet' : owners.join(', ')}. ${app.description}</p>
<p><a href="/apps/${app.slug}/installations/new">Install</a></p>
${permissionList(app.permissions)}`);
}

/** The page that asks whether an App shall be registered, under which name. */
export function registerPage(id: string, { manifest, owner }: Pending, frame: Frame, rejected?: { name: string; problem: string }): string {
  return layout(frame, 'Create GitHub App', html`<h1>Create GitHub App for ${owner.login}</h1>
${alert(rejected?.problem)}
<form method="post" action="/settings/apps/manifest">
<input type="hidden" name="pending" value="${id}">
<p><label for="name">GitHub App name</label><input type="text" id="name" name="name" required maxlength="${longestName}" value="${rejected?.name ?? manifest.name ?? ''}"${rejected === undefined ? undefined : html` aria-invalid="true" aria-describedby="problem"`}></p>
<div class="actions"><button class="go">Create GitHub App</button></div>
</form>
<dl><dt>Homepage</dt><dd>${manifest.url}</dd><dt>Webhooks go to</dt><dd>${manifest.hookUrl ?? 'nowhere'}</dd><dt>People come back to</dt><dd>${manifest.callbackUrls.length === 0 ? 'nowhere' : manifest.callbackUrls.join(', ')}</dd><dt>Events</dt><dd>${manifest.events.length === 0 ? 'none' : manifest.events.join(', ')}</dd></dl>
${permissionList(manifest.permissions)}`);
}

/** What is wrong with a manifest. */
export const wrongManifestPage = (problems: readonly string[], frame: Frame): string => layout(frame, 'Invalid GitHub App configuration', html`<h1>Invalid GitHub App configuration</h1>
<p>The configuration does not appear to be a valid GitHub App manifest.</p>
<ul role="alert">${problems.map((it) => html`<li class="problem">${it}</li>`)}</ul>`);

const repositoriesOf = (world: World, owner: Account) => world.repositories.filter((it) => it.owner === owner);

/** The page on which an owner chooses the repositories of an App, first of all when it is installed. */
export function installPage(app: App, owners: readonly Account[], frame: Frame, problem?: string): string {
  return layout(frame, `Install ${app.name}`, html`<h1>Install ${app.name}</h1>
${alert(problem)}
${owners.length === 0 ? html`<p>${frame.me.login} manages nobody who could install it.</p>` : undefined}
${owners.filter((it) => repositoriesOf(frame.world, it).length > 0).map((owner) => {
    const installation = installationsOf(frame.world, app).find((it) => it.account === owner);
    return html`<section aria-labelledby="o${owner.id}"><h2 id="o${owner.id}">${owner.login}</h2>
<form method="post" action="/apps/${app.slug}/installations/new">
<input type="hidden" name="owner" value="${owner.login}">
<fieldset><legend>Repositories of ${owner.login}</legend>
${repositoriesOf(frame.world, owner).map((it) => html`<p><input type="checkbox" id="r${it.id}" name="repository" value="${it.id}"${installation === undefined || installation.repositories.has(it) ? html` checked` : undefined}> <label for="r${it.id}">${fullName(it)}</label></p>`)}
</fieldset>
<div class="actions"><button class="go">${installation === undefined ? 'Install' : 'Save'}<span class="unseen"> for ${owner.login}</span></button></div>
</form></section>`;
  })}
${permissionList(app.permissions)}`);
}
