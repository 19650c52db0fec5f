import type { Permissions } from './world.ts';

/** What an App is to be, by GitHub's docs "Registering a GitHub App from a manifest". */
export interface Manifest {
  readonly name: string | undefined;
  readonly url: string;
  readonly description: string;
  readonly hookUrl: string | undefined;
  readonly redirectUrl: string | undefined;
  readonly callbackUrls: readonly string[];
  readonly setupUrl: string | undefined;
  readonly isPublic: boolean;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly oauthOnInstall: boolean;
}

/** The longest name of an App. */
export const longestName = 34;

/** The permissions we know the levels of: `write` is more than `read`, and `metadata` is only ever read. */
const levels: Readonly<Record<string, readonly string[]>> = {
  issues: ['read', 'write'], pull_requests: ['read', 'write'], contents: ['read', 'write'], metadata: ['read'], members: ['read', 'write'], checks: ['read', 'write'],
  statuses: ['read', 'write'], discussions: ['read', 'write'], administration: ['read', 'write'], emails: ['read', 'write'], workflows: ['write'],
};

/** Any of these permissions opens an event, by GitHub's docs "Webhook events and payloads". */
const opened: Readonly<Record<string, readonly string[]>> = {
  issues: ['issues'], issue_comment: ['issues', 'pull_requests'], label: ['metadata', 'issues', 'pull_requests'], pull_request: ['pull_requests'], pull_request_review: ['pull_requests'],
  pull_request_review_comment: ['pull_requests'], push: ['contents'], repository: ['metadata'], member: ['members'], organization: ['members'], membership: ['members'], discussion: ['discussions'],
  discussion_comment: ['discussions'], milestone: ['issues', 'pull_requests'], star: ['metadata'], public: ['metadata'], release: ['contents'], create: ['contents'], delete: ['contents'],
};

const known = new Set(['name', 'url', 'description', 'hook_attributes', 'redirect_url', 'callback_urls', 'setup_url', 'public', 'default_events', 'default_permissions', 'request_oauth_on_install', 'setup_on_update']);

const isUrl = (value: unknown): value is string => typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((it) => typeof it === 'string');

/** The manifest, or everything that is wrong with it. A property that GitHub does not know is wrong here: it is a typing error. */
export function readManifest(text: string): Manifest | { readonly problems: readonly string[] } {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return { problems: ['The manifest is not JSON.'] };
  }
  if (!isObject(said)) return { problems: ['The manifest is not an object.'] };
  const { name, url, description, hook_attributes: hook, redirect_url: redirectUrl, callback_urls: callbackUrls, setup_url: setupUrl, default_events: events = [], default_permissions: permissions = {} } = said;
  const problems: string[] = [];
  const need = (isRight: boolean, problem: string): void => { if (!isRight) problems.push(problem); };
  for (const it of Object.keys(said)) need(known.has(it), `GitHub knows no "${it}" in a manifest.`);
  need(isUrl(url), '"url" wasn\'t supplied, or is no URL.');
  need(name === undefined || typeof name === 'string', '"name" is not a text.');
  need(description === undefined || description === null || typeof description === 'string', '"description" is not a text.');
  if (hook !== undefined) need(isObject(hook) && isUrl(hook['url']) && (hook['active'] === undefined || typeof hook['active'] === 'boolean'), 'Hook url is not a URL.');
  for (const [called, value] of [['redirect_url', redirectUrl], ['setup_url', setupUrl]] as const) need(value === undefined || isUrl(value), `"${called}" is not a URL.`);
  need(callbackUrls === undefined || (isTexts(callbackUrls) && callbackUrls.length <= 10 && callbackUrls.every(isUrl)), '"callback_urls" are at most ten URLs.');
  for (const it of ['public', 'request_oauth_on_install', 'setup_on_update']) need(said[it] === undefined || typeof said[it] === 'boolean', `"${it}" is neither true nor false.`);
  const granted = isObject(permissions) ? permissions : {};
  need(isObject(permissions), 'Default permissions are not an object.');
  for (const [it, level] of Object.entries(granted)) need(levels[it]?.includes(String(level)) ?? false, `Default permissions: ${it}: ${String(level)} is not supported.`);
  need(isTexts(events), 'Default events are not a list.');
  for (const it of isTexts(events) ? events : []) {
    const needed = opened[it];
    if (needed === undefined) problems.push(`Default events unsupported: ${it}.`);
    else need(needed.some((permission) => permission === 'metadata' || granted[permission] !== undefined), `Default events are not supported by permissions: ${it}.`);
  }
  if (problems.length > 0) return { problems };
  const hookUrl = isObject(hook) && hook['active'] !== false ? hook['url'] : undefined;
  const textOr = <T>(value: unknown, otherwise: T): string | T => (typeof value === 'string' ? value : otherwise);
  return {
    name: textOr(name, undefined), url: textOr(url, ''), description: textOr(description, ''), hookUrl: textOr(hookUrl, undefined), redirectUrl: textOr(redirectUrl, undefined),
    callbackUrls: isTexts(callbackUrls) ? callbackUrls : [], setupUrl: textOr(setupUrl, undefined), isPublic: said['public'] === true,
    permissions: { ...(granted as Permissions), metadata: 'read' }, events: isTexts(events) ? events : [], oauthOnInstall: said['request_oauth_on_install'] === true,
  };
}
