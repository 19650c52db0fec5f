import { brotliCompressSync } from 'node:zlib';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beAtGitHub, button, byVisitors, choose, linked, lookUp, newcomer, newSigner, newVisitor, problem, sessionFor, sign, state, terms, useSession } from './link-page.ts';
import { expectAccessible, hydrated, openPage, openSite, picture, type Site } from './site.ts';
import { installWallet } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`reading the link pages${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(byVisitors); });
  afterAll(() => site[Symbol.asyncDispose]());

  const open = (options: BrowserContextOptions = {}): Promise<Page> => openPage(site, { extraHTTPHeaders: newVisitor(), ...options });
  const link = () => `${site.stack.webUrl}/link`;
  const fits = async (page: Page) => { expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true); };

  describe('looks', () => {
    test.each([
      ['light', {}],
      ['dark', { colorScheme: 'dark' as const }],
      ['narrow', { viewport: { width: 320, height: 700 } }],
      ['forced colours', { forcedColors: 'active' as const }],
      ['200 percent', { viewport: { width: 640, height: 900 } }],
    ])('accessible and not too wide, %s: before the sign-in, and with what is signed', async (name, options) => {
      const page = await open(options);
      const check = async (what: string, withAxe: boolean) => {
        if (name === '200 percent') await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
        if (withAxe) await expectAccessible(page);
        await fits(page);
        await picture(page, `link-${what}-${name.replaceAll(' ', '-')}`);
      };
      await page.goto(link());
      await check('start', ['light', 'dark', 'narrow'].includes(name));
      const person = newcomer(site);
      await useSession(site, page, await sessionFor(site, person.login));
      const wallet = await installWallet(page);
      await site.stack.localnet.faucet.airdrop(wallet.signer.address, 1_000_000_000n);
      await page.goto(link());
      await choose(page, 'Link a wallet');
      await terms(page);
      await check('terms', true);
    });

    test('loads no JavaScript before the sign-in, at most 30 kB before a wallet is connected and 120 kB after, compressed', async () => {
      const page = await open();
      let bytes = 0;
      const sizes: Promise<void>[] = [];
      page.on('response', (response) => {
        if (response.headers()['content-type']?.includes('javascript') !== true) return;
        sizes.push(response.body().then((body) => { bytes += brotliCompressSync(body).length; }));
      });
      const measured = async () => {
        await page.waitForLoadState('networkidle');
        await Promise.all(sizes);
        return bytes;
      };
      await page.goto(link());
      expect(await measured()).toBe(0);
      await useSession(site, page, await sessionFor(site, newcomer(site).login));
      const wallet = await installWallet(page);
      await site.stack.localnet.faucet.airdrop(wallet.signer.address, 1_000_000_000n);
      await page.goto(link());
      await hydrated(page);
      const before = await measured();
      await choose(page, 'Link a wallet');
      await sign(page).click();
      await state(page, 'Linked, and cooling down');
      const after = await measured();
      process.stdout.write(`link page: ${String(before)} bytes of JavaScript before Connect, ${String(after)} in all\n`);
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThanOrEqual(30_000);
      expect(after).toBeLessThanOrEqual(120_000);
    });

    test('works with the keyboard alone, and each step is announced', async () => {
      const page = await open();
      await useSession(site, page, await sessionFor(site, newcomer(site).login));
      const wallet = await installWallet(page);
      await site.stack.localnet.faucet.airdrop(wallet.signer.address, 1_000_000_000n);
      await page.goto(link());
      await hydrated(page);
      const tabTo = async (name: RegExp) => {
        for (let presses = 0; presses < 30; presses += 1) {
          await page.keyboard.press('Tab');
          const [kind, text] = await page.evaluate(() => [document.activeElement?.tagName, document.activeElement?.textContent ?? ''] as const);
          if (kind === 'BUTTON' && name.test(text)) return page.keyboard.press('Enter');
        }
        throw new Error(`the keyboard never reached ${String(name)}`);
      };
      await page.evaluate(() => {
        const heard: string[] = [];
        Object.assign(globalThis, { heard });
        const region = document.querySelector('[role=status]');
        if (region !== null) new MutationObserver(() => heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
      });
      await tabTo(/^Link a wallet$/);
      await tabTo(/^Connect a wallet$/);
      await page.getByRole('button', { name: 'Test wallet' }).waitFor();
      await tabTo(/^Test wallet$/);
      await terms(page);
      await tabTo(/^Sign to link/);
      await page.getByText('Final. Linked, and cooling down.').waitFor();
      const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.join('\n'));
      for (const said of ['Choose a wallet.', 'Wallet connected.', 'Waiting for your signature.', 'Final. Linked, and cooling down.']) expect(heard).toContain(said);
    });
  });

  describe('the sign-in', () => {
    test('works without JavaScript, says where things stand and why signing is not possible, and can be taken back', async () => {
      const page = await open({ javaScriptEnabled: false });
      const { login } = newcomer(site);
      await beAtGitHub(site, page, login);
      await page.goto(link());
      await button(page, 'Sign in with GitHub');
      await page.getByRole('button', { name: 'Authorize', exact: true }).click();
      await page.waitForURL(link());
      await state(page, 'No wallet is linked');
      expect(await page.locator('noscript').innerText()).toContain('Signing needs JavaScript');
      await button(page, 'Not you? Sign out');
      await page.getByRole('button', { name: 'Sign in with GitHub' }).waitFor();
      await page.goBack();
      expect(await page.getByText(`Signed in as ${login}`).count()).toBe(0);
    });

    test('whoever does not agree at GitHub is told so, and can begin again', async () => {
      const page = await open();
      await beAtGitHub(site, page, newcomer(site).login);
      await page.goto(link());
      await button(page, 'Sign in with GitHub');
      await button(page, 'Cancel');
      await problem(page, 'You did not agree on GitHub');
      await expectAccessible(page);
      await picture(page, 'link-problem-denied');
      await button(page, 'Sign in with GitHub');
      await page.getByRole('button', { name: 'Authorize', exact: true }).waitFor();
    });

    test('each thing that can stand in the way has a screen with a way on; what an address makes up has none', async () => {
      const page = await open();
      const titles = new Set<string>();
      for (const name of ['late', 'mixed', 'code', 'account', 'not-a-person', 'settings', 'github-away', 'away', 'too-many']) {
        await page.goto(`${link()}?problem=${name}`);
        titles.add(await page.getByRole('alert').getByRole('heading').innerText());
        await page.getByRole('button', { name: 'Sign in with GitHub' }).waitFor();
      }
      expect(titles.size).toBe(9);
      await expectAccessible(page);
      await page.goto(`${link()}?problem=constructor`);
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    test('GitHub does not answer: nobody is signed in, and the page says whose fault it is', async () => {
      const page = await open();
      await beAtGitHub(site, page, newcomer(site).login);
      await page.goto(link());
      await button(page, 'Sign in with GitHub');
      site.stack.github.faults.api({ path: /^\/login\/oauth\/access_token$/ }, { kind: 'unavailable' });
      await page.getByRole('button', { name: 'Authorize', exact: true }).click();
      await problem(page, 'GitHub did not answer');
    });
  });

  describe('whose wallet is whose', () => {
    test('is found by login, and stands under the numeric id', async () => {
      const { login, id } = newcomer(site);
      const page = await open();
      await page.goto(link());
      await page.getByLabel('GitHub login').fill(`@${login}`);
      await button(page, 'Show the wallet');
      await page.waitForURL(`${site.stack.webUrl}/identity/id/${id}`);
      await page.getByText(`GitHub user id ${id}.`).waitFor();
      await state(page, 'No wallet is linked');
    });

    test.each(['nobody-at-all', '<script>alert(1)</script>', '../../link', '%2e%2e', 'a'.repeat(60), '\u202Eada'])('%j is no login that anybody has', async (login) => {
      const page = await open();
      expect((await page.goto(`${site.stack.webUrl}/identity?login=${encodeURIComponent(login)}`))?.status()).toBe(404);
      await page.getByRole('heading', { name: 'Not here' }).waitFor();
    });

    test('a wallet that is not the one to sign is told which one is; a change that is asked for twice is refused', async () => {
      const { page, id, wallet } = await linked(site, { options: { extraHTTPHeaders: newVisitor() } });
      const stranger = newSigner();
      const anybody = await lookUp(site, id, { 'Stranger’s wallet': stranger }, { extraHTTPHeaders: newVisitor() });
      await choose(anybody, 'End the link', 'Stranger’s wallet');
      await problem(anybody, 'This is not the wallet that has to sign');
      expect(await anybody.getByRole('alert').textContent()).toContain(wallet.signer.address);
      await expectAccessible(anybody);

      await choose(page, 'Change to another wallet');
      await problem(page, 'This wallet is linked already');
      await expectAccessible(page);

      const next = await installWallet(page, 'Next wallet', newSigner());
      await site.stack.localnet.faucet.airdrop(next.signer.address, 1_000_000_000n);
      const other = await page.context().newPage();
      await page.reload();
      const twin = await installWallet(other, 'Next wallet', next.signer);
      await other.goto(link());
      await choose(other, 'Change to another wallet', 'Next wallet');
      await sign(other).click();
      await state(other, 'Changing to another wallet');
      expect(twin.asked()).toBe(1);
      await choose(page, 'Change to another wallet', 'Next wallet');
      await problem(page, 'This can’t be done now');
      expect(await page.getByRole('alert').textContent()).toContain('a change is under way already');
      await expectAccessible(page);
      await button(page, 'Load again');
      await state(page, 'Changing to another wallet');
      expect(next.asked()).toBe(0);
    });
  });
});
