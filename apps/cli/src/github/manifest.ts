import { neededEvents, neededPermissions } from './needs.ts';

export interface ManifestWish {
  readonly name: string;
  /** Where people reach the pages: scheme, host and port. */
  readonly webOrigin: string;
  readonly webhookUrl: string;
  /** Where GitHub sends the browser with the code. */
  readonly redirectUrl: string;
}

/** What an App is to be, by GitHub's docs "Registering a GitHub App from a manifest". */
export const manifestOf = ({ name, webOrigin, webhookUrl, redirectUrl }: ManifestWish) => ({
  name,
  url: webOrigin,
  description: 'Bounties on issues, held in escrow.',
  hook_attributes: { url: webhookUrl, active: true },
  redirect_url: redirectUrl,
  callback_urls: [`${webOrigin}/link/callback`],
  public: false,
  default_permissions: neededPermissions,
  default_events: neededEvents,
  request_oauth_on_install: false,
});

/** Where a manifest is posted to: the account of whoever is signed in, or an organization they own. */
export function newAppUrl(githubUrl: string, organization: string | undefined, state: string): string {
  const path = organization === undefined ? '/settings/apps/new' : `/organizations/${encodeURIComponent(organization)}/settings/apps/new`;
  return `${githubUrl}${path}?state=${state}`;
}
