import { nodeId } from './github-ids.ts';
import { timestamp, type Account, type App, type Installation, type World } from './world.ts';

type Addresses = World['addresses'];

const prefixes = { User: 'U', Organization: 'O', Bot: 'BOT' } as const;

export const accountNodeId = (account: Account): string => nodeId(prefixes[account.type], account.id);

/** A bot has no page of its own: its name links to the App it belongs to. */
const pageOf = (account: Account): string => (account.type === 'Bot' ? `apps/${account.login.replace(/\[bot\]$/, '')}` : account.login);

/** GitHub's `simple-user`: how an account stands inside other things. */
export function simpleUser(account: Account, { html, api }: Addresses) {
  const url = `${api}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: accountNodeId(account),
    avatar_url: `${html}/-/avatar/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${html}/${pageOf(account)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** GitHub's `public-user`: an account asked for by itself. */
export function publicUser(account: Account, world: World) {
  const repositories = world.repositories.filter((it) => it.owner.id === account.id && !it.isPrivate);
  return {
    ...simpleUser(account, world.addresses),
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories.length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: timestamp(account.createdAt),
    updated_at: timestamp(account.createdAt),
  };
}

/** GitHub's `integration`: an App. `installations` is told only to the App itself. */
export function integration(app: App, { html, api }: Addresses, installations?: number) {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: simpleUser(app.owner, { html, api }),
    name: app.name,
    description: app.description,
    external_url: app.externalUrl ?? html,
    html_url: `${html}/apps/${app.slug}`,
    created_at: timestamp(app.createdAt),
    updated_at: timestamp(app.createdAt),
    permissions: app.permissions,
    events: [...app.events],
    ...(installations === undefined ? {} : { installations_count: installations }),
  };
}

/** GitHub's `installation`. */
export function installationShape(installation: Installation, world: World) {
  const { html, api } = world.addresses;
  const { account, app, id, suspended } = installation;
  return {
    id,
    client_id: app.clientId,
    account: simpleUser(account, world.addresses),
    repository_selection: 'selected',
    access_tokens_url: `${api}/app/installations/${id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: account.type === 'Organization' ? `${html}/organizations/${account.login}/settings/installations/${id}` : `${html}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: app.permissions,
    events: [...app.events],
    created_at: timestamp(installation.createdAt),
    updated_at: timestamp(installation.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: suspended === undefined ? null : simpleUser(suspended.by, world.addresses),
    suspended_at: suspended === undefined ? null : timestamp(suspended.at),
  };
}
