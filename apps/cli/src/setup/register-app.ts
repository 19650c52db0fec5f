import { DoubloonError } from '@doubloon/errors';
import { appJwt } from '@doubloon/github';
import { askGitHub } from '../github/app-api.ts';
import type { Folder } from './folder.ts';
import { serveRegisterPage } from './register-page.ts';

/** What GitHub answers for the code of a manifest, once: docs "Create a GitHub App from a manifest". */
interface Conversion {
  readonly id: number;
  readonly slug: string;
  readonly html_url: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly webhook_secret: string | null;
  readonly pem: string;
}

export interface AppWish {
  readonly name: string;
  readonly githubUrl: string;
  readonly apiUrl: string;
  readonly organization: string | undefined;
  readonly webOrigin: string;
  readonly webhookUrl: string;
  readonly port: number;
}

/** What GitHub handed out and is not in its places yet: whatever ends us meanwhile, it is not lost. */
const handedOut = 'keys/github-app.json';

/** Creates the App at GitHub, with the help of somebody's browser, and keeps what GitHub hands out. What is there already is kept. */
export async function registerApp(folder: Folder, wish: AppWish, print: (line: string) => void): Promise<void> {
  if (folder.has(handedOut)) return settle(folder, wish.apiUrl, print);
  if (folder.setting('GITHUB_APP_ID') !== undefined && folder.has('secrets/github-app-private-key')) {
    print(`The GitHub App ${folder.setting('GITHUB_APP_ID') ?? ''} is there already.`);
    return;
  }
  const { githubUrl, organization, name, webOrigin, webhookUrl, port } = wish;
  await using page = await serveRegisterPage({ githubUrl, organization, wish: { name, webOrigin, webhookUrl }, port });
  print(`Open ${page.url} in a browser where you are signed in at ${githubUrl}, and create the App there.`);
  const code = await page.code;
  folder.make(handedOut, JSON.stringify(await convert(wish.apiUrl, code)));
  await settle(folder, wish.apiUrl, print);
}

async function convert(apiUrl: string, code: string): Promise<Conversion> {
  const { status, body } = await askGitHub(apiUrl, `/app-manifests/${encodeURIComponent(code)}/conversions`, { method: 'POST' });
  const found = body as Partial<Conversion> | undefined;
  if (status !== 201 || typeof found?.id !== 'number' || typeof found.pem !== 'string' || typeof found.client_id !== 'string' || typeof found.client_secret !== 'string') throw new DoubloonError('APP_NOT_CREATED', { problem: `GitHub answered ${String(status)} to the code of the new App; remove the App in its settings if it is there, and begin again` });
  return found as Conversion;
}

/** Puts each thing in its place; the record goes last, so that this can be done again. */
async function settle(folder: Folder, apiUrl: string, print: (line: string) => void): Promise<void> {
  const { id, html_url: page, client_id: clientId, client_secret: clientSecret, webhook_secret: webhookSecret, pem } = JSON.parse(folder.read(handedOut) ?? '') as Conversion;
  folder.make('secrets/github-app-private-key', pem);
  folder.make('secrets/github-app-client-secret', clientSecret);
  if (webhookSecret !== null && webhookSecret.length >= 32) folder.make('secrets/github-app-webhook-secret', webhookSecret);
  const ours = folder.read('secrets/github-app-webhook-secret');
  // One that was made before, or that is too short, is told to GitHub: services may read ours already.
  if (ours !== undefined && ours !== webhookSecret) await tellSecret(apiUrl, { id, pem, secret: ours });
  folder.set('GITHUB_APP_ID', String(id));
  folder.set('GITHUB_CLIENT_ID', clientId);
  if (folder.setting('GITHUB_APP_ID') !== String(id)) throw new DoubloonError('CONFIG_INVALID', { problems: [`.env names another App than the one GitHub made, which is ${String(id)}: remove GITHUB_APP_ID and GITHUB_CLIENT_ID from it and run this again`] });
  if (folder.read('secrets/github-app-private-key') !== pem.replace(/\r?\n$/, '')) throw new DoubloonError('CONFIG_INVALID', { problems: ['secrets/github-app-private-key is of another App: move it away and run this again'] });
  folder.remove(handedOut);
  print(`Made the GitHub App ${String(id)}. Install it where it is to work: ${page}`);
}

async function tellSecret(apiUrl: string, { id, pem, secret }: { id: number; pem: string; secret: string }): Promise<void> {
  const authorization = `Bearer ${appJwt({ appId: id, key: pem, now: new Date() })}`;
  const { status } = await askGitHub(apiUrl, '/app/hook/config', { method: 'PATCH', authorization, body: { secret } });
  if (status !== 200) throw new DoubloonError('GITHUB_UNAVAILABLE', { call: 'PATCH /app/hook/config' });
}
