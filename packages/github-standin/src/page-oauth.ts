import { html } from './html.ts';
import { layout, type Frame } from './layout.ts';
import type { Wish } from './oauth.ts';

/** The page that asks a person whether an App may know who they are. `search` is that of the authorize URL, kept for the answer. */
export function authorizePage(wish: Wish, search: URLSearchParams, frame: Frame): string {
  const { app, login } = wish;
  const suggested = frame.world.accounts.find((it) => it.type === 'User' && it.login.toLowerCase() === login?.toLowerCase());
  return layout(frame, `Authorize ${app.name}`, html`<h1>Authorize ${app.name}</h1>
<p>You are signed in as <strong>${frame.me.login}</strong>.</p>
<p><strong>${app.name}</strong> by ${app.owner.login} wants to verify your GitHub identity (${frame.me.login}), to know which resources you can access, and to act on your behalf.</p>
${suggested === undefined || suggested === frame.me ? undefined : html`<form method="post" action="/-/user"><input type="hidden" name="user" value="${suggested.login}"><input type="hidden" name="here" value="${frame.here}"><p>${app.name} suggests another account. <button>Continue as ${suggested.login}</button></p></form>`}
<form method="post" action="/login/oauth/authorize">
${[...search].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<input type="hidden" name="as" value="${frame.me.login}">
<div class="actions"><button class="go" name="decision" value="authorize">Authorize</button><button name="decision" value="cancel">Cancel</button></div>
</form>
<p class="quiet">Authorizing sends you to <strong>${new URL(wish.callbackUrl).origin}</strong>.</p>`);
}
