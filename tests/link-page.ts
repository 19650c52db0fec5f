import { randomBytes } from 'node:crypto';
import { signerFromSeed, type Signer } from '@doubloon/escrow';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { hydrated, openPage, type Site } from './site.ts';
import { installWallet, type TestWallet } from './test-wallet.ts';

const lamportsPerSol = 1_000_000_000n;
export const coolDownSeconds = 72 * 3600;

/** The stack lets a proxy of its own tell who visits, so that one test does not use up the patience that is left for another. */
export const byVisitors = { env: { web: { WEB_ADDRESS_HEADER: 'x-visitor' } } } as const;
let visitors = 0;
export const newVisitor = (): { readonly 'x-visitor': string } => {
  visitors += 1;
  return { 'x-visitor': `10.1.${String(Math.floor(visitors / 250))}.${String(1 + (visitors % 250))}` };
};
type Running = Pick<Site, 'stack'>;

export const newSigner = (): Signer => signerFromSeed(randomBytes(32));

/** Somebody new on GitHub, whom nothing is known of yet. */
export function newcomer({ stack }: Running): { login: string; id: string } {
  const login = `p${randomBytes(6).toString('hex')}`;
  return { login, id: String(stack.github.addUser(login).id) };
}

/** Lets the browser of `page` be `login` at GitHub. */
export const beAtGitHub = ({ stack }: Running, page: Page, login: string): Promise<void> => page.context().addCookies([{ name: 'standin_user', value: login, url: stack.github.url }]);

/** Opens the link page and signs in, by GitHub's own page. */
export async function signIn(site: Site, page: Page, login: string): Promise<void> {
  await beAtGitHub(site, page, login);
  await page.goto(`${site.stack.webUrl}/link`);
  await page.getByRole('button', { name: 'Sign in with GitHub' }).click();
  await page.getByRole('button', { name: 'Authorize', exact: true }).click();
  await page.waitForURL(`${site.stack.webUrl}/link`);
  await page.getByText(`Signed in as ${login}`).waitFor();
}

/** A new person signed in at the link page, with a wallet that has `sol` SOL. */
export async function signedIn(site: Site, { sol = 2n, signer = newSigner(), options = {} }: { sol?: bigint; signer?: Signer; options?: BrowserContextOptions } = {}): Promise<{ page: Page; wallet: TestWallet; login: string; id: string }> {
  const person = newcomer(site);
  const page = await openPage(site, options);
  const wallet = await installWallet(page, 'Test wallet', signer);
  if (sol > 0n) await site.stack.localnet.faucet.airdrop(signer.address, sol * lamportsPerSol);
  await signIn(site, page, person.login);
  return { page, wallet, ...person };
}

export const button = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).click();

/** The heading of the card says so. */
export const state = (page: Page, title: string): Promise<void> => page.getByRole('heading', { level: 2, name: title, exact: true }).waitFor();
export const problem = (page: Page, title: string): Promise<void> => page.getByRole('alert').getByRole('heading', { name: title }).waitFor();

/** Chooses what to do and the wallet to do it with, up to the terms that are shown. */
export async function choose(page: Page, step: string, wallet = 'Test wallet'): Promise<void> {
  await hydrated(page);
  await button(page, step);
  await button(page, 'Connect a wallet');
  await button(page, wallet);
}

export const terms = (page: Page): Promise<void> => page.getByRole('heading', { name: 'What you sign' }).waitFor();
export const sign = (page: Page) => page.getByRole('button', { name: /^Sign to / });

/** The whole way to a linked wallet, which cools down then. */
export async function linked(site: Site, options: Parameters<typeof signedIn>[1] = {}): ReturnType<typeof signedIn> {
  const person = await signedIn(site, options);
  await choose(person.page, 'Link a wallet');
  await sign(person.page).click();
  await state(person.page, 'Linked, and cooling down');
  return person;
}

/** Opens the page of a person that anybody can read, with wallets whose keys are known, and nobody signed in. */
export async function lookUp(site: Site, id: string, wallets: Readonly<Record<string, Signer>> = {}, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await openPage(site, options);
  for (const [name, signer] of Object.entries(wallets)) await installWallet(page, name, signer);
  await page.goto(`${site.stack.webUrl}/identity/id/${id}`);
  return page;
}

/** What the identity service says of somebody. */
export async function identityOf({ stack }: Running, id: string): Promise<{ state: string; wallet?: string; pending?: { wallet: string }; proof?: string; account: string }> {
  return (await (await fetch(`${stack.webUrl}/identity/id/${id}/state`, { headers: newVisitor() })).json()) as Awaited<ReturnType<typeof identityOf>>;
}

const cookieIn = (reply: Response): string | undefined => reply.headers.getSetCookie().map((line) => line.split(';')[0] ?? '').find((pair) => pair.startsWith('__Host-'));

/** Begins a sign-in as a browser without JavaScript does: the cookie it got, and where it is sent. */
export async function beginSignIn({ stack: { webUrl } }: Running, { returnTo = '/link', cookie = '' } = {}): Promise<{ reply: Response; cookie: string; url: string }> {
  const reply = await fetch(`${webUrl}/link/sign-in`, { method: 'POST', redirect: 'manual', headers: { ...newVisitor(), 'origin': webUrl, 'cookie': cookie, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ return_to: returnTo }).toString() });
  return { reply, cookie: cookieIn(reply) ?? '', url: reply.headers.get('location') ?? '' };
}

/** Comes back from GitHub to `url` with a cookie: where it leads, and the cookie that it gives. */
export async function comeBack(url: string, cookie: string): Promise<{ reply: Response; cookie: string | undefined; location: string }> {
  const reply = await fetch(url, { redirect: 'manual', headers: { ...newVisitor(), cookie } });
  return { reply, cookie: cookieIn(reply), location: reply.headers.get('location') ?? '' };
}

/** Signs in without a browser; answers the cookie. */
export async function sessionFor(site: Running, login: string): Promise<string> {
  const begun = await beginSignIn(site);
  const { cookie } = await comeBack(site.stack.github.authorize({ user: login, url: begun.url }), begun.cookie);
  if (cookie === undefined) throw new Error(`${login} could not be signed in`);
  return cookie;
}

/** Gives the browser of `page` a session that was begun elsewhere. */
export async function useSession({ stack }: Running, page: Page, cookie: string): Promise<void> {
  const [name = '', value = ''] = cookie.split('=');
  // Chromium takes a cookie of this prefix by hand only for an https address; the port does not count.
  await page.context().addCookies([{ name, value, url: stack.webUrl.replace('http:', 'https:'), httpOnly: true, secure: true, sameSite: 'Lax' }]);
}
