import { createHash } from 'node:crypto';
import type { Answer, Call } from './call.ts';
import { notFound, Refusal, suspended } from './refusal.ts';
import { installationShape, integration, simpleUser } from './shape-account.ts';
import { repositoryShape } from './shape-repository.ts';
import type { UserToken } from './user-tokens.ts';
import { findRepository, installationFor, installationsOf, timestamp, type Installation, type Permissions } from './world.ts';

function installationOf(call: Call): Installation {
  const installation = installationsOf(call.world, call.needApp()).find((it) => it.id === Number(call.param('installation_id')));
  if (installation === undefined) throw notFound();
  return installation;
}

/** The permissions a token asks for: never more than the installation has. */
function narrowed(call: Call, { app }: Installation): Permissions {
  const granted = app.permissions;
  const wanted = call.body['permissions'];
  if (wanted === undefined) return granted;
  const asked = Object.entries(wanted as Record<string, string>);
  const within = asked.every(([name, level]) => granted[name] === 'write' || (granted[name] === 'read' && level === 'read'));
  if (!within) throw new Refusal(422, 'The permissions requested are not granted to this installation.');
  // Every installation token can read metadata, asked for or not.
  return Object.fromEntries([...asked, ['metadata', 'read']]) as Permissions;
}

function selected(call: Call, installation: Installation): ReadonlySet<number> | undefined {
  const names = call.body['repositories'] as string[] | undefined;
  const ids = call.body['repository_ids'] as number[] | undefined;
  if (names === undefined && ids === undefined) return undefined;
  const reachable = [...installation.repositories];
  const found = [
    ...(names ?? []).map((name) => reachable.find((it) => it.name.toLowerCase() === name.toLowerCase())),
    ...(ids ?? []).map((id) => reachable.find((it) => it.id === id)),
  ];
  const known = found.filter((it) => it !== undefined);
  if (known.length < found.length) throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
  return new Set(known.map((it) => it.id));
}

export const getApp = (call: Call): Answer => {
  const app = call.needApp();
  return { status: 200, body: integration(app, call.world.addresses, installationsOf(call.world, app).length) };
};

export const listInstallations = (call: Call): Answer => {
  return { status: 200, rows: installationsOf(call.world, call.needApp()).map((it) => installationShape(it, call.world)) };
};

export const getInstallation = (call: Call): Answer => ({ status: 200, body: installationShape(installationOf(call), call.world) });

export const getRepositoryInstallation = (call: Call): Answer => {
  const app = call.needApp();
  const repository = findRepository(call.world, call.param('owner'), call.param('repo'));
  const installation = repository === undefined ? undefined : installationFor(call.world, app, repository);
  if (installation === undefined) throw notFound();
  return { status: 200, body: installationShape(installation, call.world) };
};

export const createInstallationToken = (call: Call): Answer => {
  const installation = installationOf(call);
  if (installation.suspended !== undefined) throw suspended();
  const permissions = narrowed(call, installation);
  const repositoryIds = selected(call, installation);
  const { token, expiresAt } = call.credentials.issue({ installation, permissions, repositoryIds });
  const repositories = call.world.repositories.filter((it) => repositoryIds?.has(it.id));
  return {
    status: 201,
    body: {
      token,
      expires_at: timestamp(expiresAt),
      permissions,
      repository_selection: 'selected',
      ...(repositoryIds === undefined ? {} : { repositories: repositories.map((it) => repositoryShape(it, call.world.addresses)) }),
    },
  };
};

export const listInstallationRepositories = (call: Call): Answer => {
  if (call.caller.kind !== 'installation') throw new Refusal(403, 'You must authenticate with an installation access token in order to list repositories for an installation.');
  const { installation, repositoryIds } = call.caller.token;
  const repositories = [...installation.repositories].filter((it) => repositoryIds?.has(it.id) ?? true);
  return {
    status: 200,
    rows: repositories.map((it) => repositoryShape(it, call.world.addresses)),
    wrap: (rows, total) => ({ total_count: total, repository_selection: 'selected', repositories: rows }),
  };
};

/** Whose client this is, when it may ask about this token. */
function tokenOf(call: Call): UserToken {
  if (call.caller.kind !== 'client') throw new Refusal(401, 'Requires authentication');
  const found = call.credentials.userTokens.find(String(call.body['access_token']));
  if (call.caller.app.clientId !== call.param('client_id') || found?.app !== call.caller.app) throw notFound();
  return found;
}

export const checkToken = (call: Call): Answer => {
  const { id, token, app, account, createdAt, expiresAt } = tokenOf(call);
  const { html, api } = call.world.addresses;
  return {
    status: 200,
    body: {
      id, token, token_last_eight: token.slice(-8), hashed_token: createHash('sha256').update(token).digest('hex'), scopes: [], url: `${api}/authorizations/${String(id)}`,
      app: { client_id: app.clientId, name: app.name, url: `${html}/apps/${app.slug}` }, note: null, note_url: null, fingerprint: null, user: simpleUser(account, call.world.addresses),
      created_at: timestamp(createdAt), updated_at: timestamp(createdAt), expires_at: timestamp(expiresAt),
    },
  };
};

export const deleteToken = (call: Call): Answer => {
  call.credentials.userTokens.revoke(tokenOf(call).token);
  return { status: 204 };
};

/** The person has authorized nothing any more: every token of theirs for the App is void. */
export const deleteAuthorization = (call: Call): Answer => {
  const { account, app } = tokenOf(call);
  call.credentials.userTokens.revokeAll(account, app);
  return { status: 204 };
};

export const getAppBySlug = (call: Call): Answer => {
  const app = call.world.apps.find((it) => it.slug === call.param('app_slug').toLowerCase());
  if (app === undefined) throw notFound();
  return { status: 200, body: integration(app, call.world.addresses) };
};

/** Needs nobody's credentials: the code is all. */
export const createFromManifest = (call: Call): Answer => {
  const made = call.registrations.convert(call.param('code'));
  if (made === undefined) throw notFound();
  const { app, privateKey, webhookSecret } = made;
  return { status: 201, body: { ...integration(app, call.world.addresses), client_secret: app.clientSecret, webhook_secret: webhookSecret, pem: privateKey } };
};

/** By the App itself, for which GitHub names nobody who did it: its own bot did. */
export const deleteInstallation = (call: Call): Answer => {
  const installation = installationOf(call);
  call.installing.uninstall(installation, installation.app.bot);
  return { status: 204 };
};

export const suspendInstallation = (call: Call): Answer => {
  const installation = installationOf(call);
  call.installing.suspend(installation, installation.app.bot);
  return { status: 204 };
};

export const unsuspendInstallation = (call: Call): Answer => {
  const installation = installationOf(call);
  call.installing.unsuspend(installation, installation.app.bot);
  return { status: 204 };
};
