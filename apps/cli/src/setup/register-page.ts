import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { manifestOf, newAppUrl, type ManifestWish } from '../github/manifest.ts';

export interface RegisterPage extends AsyncDisposable {
  /** To be opened in a browser where somebody is signed in at GitHub. */
  readonly url: string;
  /** The code that GitHub sent the browser back with. */
  readonly code: Promise<string>;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1rem}</style></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;

/**
 * A page on loopback that posts the App's manifest to GitHub, and to which GitHub sends the browser back. `state` is 256
 * random bits, made here and good for one answer: a code that comes without it is nobody's. Only a browser that asks by the
 * loopback address is answered, so that no name elsewhere can lead here, and only who was told the page's own path sees it:
 * every user of this machine can find the port.
 */
export async function serveRegisterPage({ githubUrl, organization, wish, port }: { githubUrl: string; organization: string | undefined; wish: Omit<ManifestWish, 'redirectUrl'>; port: number }): Promise<RegisterPage> {
  const [state, path] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const { promise: code, resolve: arrived } = Promise.withResolvers<string>();
  let isOpen = true;
  let url = '';

  const send = (response: ServerResponse, status: number, body: string): void => {
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action ${new URL(githubUrl).origin}; frame-ancestors 'none'; base-uri 'none'`,
    }).end(body);
  };
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    const asked = URL.parse(request.url ?? '/', url);
    if (request.headers.host !== new URL(url).host || request.method !== 'GET' || asked === null) return send(response, 403, page('Not here', '<p>Open the address that the command printed.</p>'));
    if (isSame(asked.pathname, `/${path}`)) {
      const manifest = escaped(JSON.stringify(manifestOf({ ...wish, redirectUrl: `${url}/created` })));
      return send(response, 200, page('Create the GitHub App', `<p>GitHub shows what the App may do, and asks for its name. You come back here afterwards.</p>
<form method="post" action="${escaped(newAppUrl(githubUrl, organization, state))}"><input type="hidden" name="manifest" value="${manifest}"><button>Continue on GitHub</button></form>`));
    }
    if (asked.pathname !== '/created') return send(response, 404, page('Not here', '<p>Open the address that the command printed.</p>'));
    const given = asked.searchParams.get('code') ?? '';
    if (!isOpen || !isSame(asked.searchParams.get('state') ?? '', state) || !/^[\w-]{1,200}$/.test(given)) return send(response, 400, page('This is not the answer to our question', '<p>Nothing was taken from it. Begin again at the address that the command printed.</p>'));
    isOpen = false;
    arrived(given);
    send(response, 200, page('GitHub sent you back', '<p>The command goes on by itself. You can close this page.</p>'));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url: `${url}/${path}`,
    code,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeIdleConnections(); });
    },
  };
}

const isSame = (given: string, wanted: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
};
