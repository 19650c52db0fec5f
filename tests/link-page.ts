import { randomBytes } from 'node:crypto';
import { signerFromSeed, type Signer } from '@doubloon/escrow';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { hydrated, openPage, type Site } from './site.ts';
import { installWallet, type TestWallet } from './test-wallet.ts';

const lamportsPerSol = 1_000_000_000n;
export const coolDownSeconds = 72 * 3600;

export const newSigner = (): Signer => signerFromSeed(randomBytes(32));

/** Somebody new on GitHub, whom nothing is known of yet. */
export function newcomer({ stack }: Site): { login: string; id: string } {
  const login = `p${randomBytes(6).toString('hex')}`;
  return { login, id: String(stack.github.addUser(login).id) };
}

/** Lets the browser of `page` be `login` at GitHub. */
export const beAtGitHub = ({ stack }: Site, page: Page, login: string): Promise<void> => page.context().addCookies([{ name: 'standin_user', value: login, url: stack.github.url }]);

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
export async function lookUp(site: Site, id: string, wallets: Readonly<Record<string, Signer>> = {}): Promise<Page> {
  const page = await openPage(site);
  for (const [name, signer] of Object.entries(wallets)) await installWallet(page, name, signer);
  await page.goto(`${site.stack.webUrl}/identity/id/${id}`);
  return page;
}

/** What the identity service says of somebody. */
export async function identityOf({ stack }: Site, id: string): Promise<{ state: string; wallet?: string; pending?: { wallet: string }; proof?: string; account: string }> {
  return (await (await fetch(`${stack.webUrl}/identity/id/${id}/state`)).json()) as Awaited<ReturnType<typeof identityOf>>;
}
