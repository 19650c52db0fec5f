/** The host of the pages that belong to a REST API: `api.github.com` is github.com's, `api.SUB.ghe.com` SUB.ghe.com's, and a server's own is the server. Port included where it is not the usual one. */
export function hostOf(apiUrl: string): string {
  const { host } = new URL(apiUrl);
  return /^api\.(github\.com|[a-z0-9-]+\.ghe\.com)$/.exec(host)?.[1] ?? host;
}
