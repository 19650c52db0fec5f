import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { parseTransaction, signTransaction } from '@doubloon/escrow';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byAnotherAccount, withOneBitTurned } from './edited.ts';
import { button, byVisitors, choose, identityOf, newcomer, newSigner, newVisitor, problem, sessionFor, sign, state, terms, useSession } from './link-page.ts';
import { expectAccessible, hydrated, openPage, openSite, picture, type Site } from './site.ts';
import { approve, installWallet, lateWallet, refuse, stayQuiet, type TestWallet } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`what can go wrong while a wallet is linked${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(byVisitors); });
  afterAll(() => site[Symbol.asyncDispose]());

  interface Visit { readonly page: Page; readonly wallet: TestWallet; readonly id: string; readonly login: string; readonly cookie: string }

  /** Somebody new, signed in, with a wallet. */
  async function visit({ sol = 1n, options = {} }: { sol?: bigint; options?: BrowserContextOptions } = {}): Promise<Visit> {
    const person = newcomer(site);
    const cookie = await sessionFor(site, person.login);
    const page = await openPage(site, { extraHTTPHeaders: newVisitor(), ...options });
    await useSession(site, page, cookie);
    const wallet = await installWallet(page);
    if (sol > 0n) await site.stack.localnet.faucet.airdrop(wallet.signer.address, sol * 1_000_000_000n);
    await page.goto(`${site.stack.webUrl}/link`);
    return { page, wallet, cookie, ...person };
  }

  /** The same, with the terms of a first link shown. */
  async function readyToSign(options: Parameters<typeof visit>[0] = {}): Promise<Visit> {
    const visited = await visit(options);
    await choose(visited.page, 'Link a wallet');
    await terms(visited.page);
    return visited;
  }

  const stateOf = async (id: string) => (await identityOf(site, id)).state;

  describe('with the wallet', () => {
    test('none in this browser; one that arrives late is found', async () => {
      const { cookie } = await visit({ sol: 0n });
      const elsewhere = await site.stack.startWeb({ WEB_ADDRESS_HEADER: 'x-visitor' });
      const page = await openPage(site, { extraHTTPHeaders: newVisitor() }, [elsewhere]);
      await useSession(site, page, cookie);
      await page.goto(`${elsewhere}/link`);
      await hydrated(page);
      await button(page, 'Link a wallet');
      await button(page, 'Connect a wallet');
      await problem(page, 'No wallet was found in this browser');
      await expectAccessible(page);
      await picture(page, 'link-problem-no-wallet');
      await lateWallet(page);
      await page.getByRole('button', { name: 'Late wallet' }).waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    test('it refuses, then never answers, then signs; a double click signs once', async () => {
      const { page, wallet } = await readyToSign();
      wallet.behave(refuse);
      await sign(page).click();
      await problem(page, 'Your wallet did not sign');
      await expectAccessible(page);
      await page.clock.install();
      wallet.behave(stayQuiet);
      await button(page, 'Try again');
      await page.getByText('Waiting for your signature').waitFor();
      await page.clock.fastForward(31_000);
      await problem(page, 'Your wallet has not answered yet');
      await expectAccessible(page);
      await page.clock.resume();
      wallet.behave(approve);
      await page.reload();
      await choose(page, 'Link a wallet');
      const before = wallet.asked();
      await sign(page).dblclick();
      await state(page, 'Linked, and cooling down');
      expect(wallet.asked()).toBe(before + 1);
    });

    test('another account signs than the one shown, or it is switched midway: nothing is sent', async () => {
      const { page, wallet, id } = await readyToSign();
      wallet.behave(byAnotherAccount(wallet.signer, newSigner()));
      await sign(page).click();
      await problem(page, 'Another account signed than the one shown');
      await expectAccessible(page);
      let answer: () => void = () => undefined;
      wallet.behave((transaction, signIt) => new Promise((resolve) => { answer = () => { resolve(signIt(transaction)); }; }));
      await button(page, 'Try again');
      await page.getByText('Waiting for your signature').waitFor();
      await wallet.switchAccount();
      await problem(page, 'Your wallet switched to another account');
      await expectAccessible(page);
      answer();
      await button(page, 'Go on with this account');
      await page.getByRole('button', { name: 'Test wallet' }).waitFor();
      expect(await stateOf(id)).toBe('absent');
    });

    test('too little money, and by how much; the local faucet helps', async () => {
      const { page } = await visit({ sol: 0n });
      await choose(page, 'Link a wallet');
      await problem(page, 'There is too little money in this wallet');
      expect(await page.getByRole('alert').textContent()).toMatch(/needs 0\.00\d+ SOL: 0\.00\d+ SOL are missing/);
      await expectAccessible(page);
      await picture(page, 'link-problem-balance');
      await button(page, /^Get 10 local SOL/);
      await terms(page);
      expect(await sign(page).isEnabled()).toBe(true);
    });

    test('it edits what it signs: refused, with a way on', async () => {
      const { page, wallet, id } = await readyToSign();
      wallet.behave((transaction) => signTransaction(withOneBitTurned(transaction), [wallet.signer]));
      await sign(page).click();
      await problem(page, 'The signed transaction was refused');
      await expectAccessible(page);
      expect(await stateOf(id)).toBe('absent');
      wallet.behave(approve);
      await button(page, 'Try again');
      await state(page, 'Linked, and cooling down');
    });

    test('it took longer than the network waits: nothing has changed, and signing again works', async () => {
      const { page, wallet, id } = await readyToSign();
      wallet.behave(async (transaction, signIt) => {
        const { blockhash } = parseTransaction(transaction);
        const { lastValidBlockHeight } = await site.stack.chain.latestBlockhash();
        await expect.poll(() => site.stack.chain.blockHeight('finalized'), { timeout: 60_000, interval: 200 }).toBeGreaterThan(lastValidBlockHeight);
        expect(blockhash).not.toBe('');
        return signIt(transaction);
      });
      await sign(page).click();
      await page.getByRole('heading', { name: 'That took longer than the network waits' }).waitFor({ timeout: 90_000 });
      await expectAccessible(page);
      expect(await stateOf(id)).toBe('absent');
      wallet.behave(approve);
      await button(page, 'Sign again');
      await state(page, 'Linked, and cooling down');
    });
  });

  describe('with what is signed', () => {
    test('a server that hands out another transaction than it shows: the wallet never sees it', async () => {
      const { page, wallet } = await readyToSign();
      await page.route('**/prepare', async (route) => {
        const built = (await (await route.fetch()).json()) as { transaction: string };
        await route.fulfill({ json: { ...built, transaction: Buffer.from(withOneBitTurned(Buffer.from(built.transaction, 'base64'))).toString('base64') } });
      });
      await sign(page).click();
      await problem(page, 'The transaction is not what this page shows');
      await expectAccessible(page);
      expect(wallet.asked()).toBe(0);
    });

    test('the service moved to another cluster: the new terms are shown before anything is signed', async () => {
      const { page, wallet } = await readyToSign();
      const moved = '4uhcVJyU9pJkvQyS88uRDiswHScCKQQu6a4bZmUuGdjs';
      await page.route('**/prepare', async (route) => {
        const built = (await (await route.fetch()).json()) as { terms: object };
        await route.fulfill({ json: { ...built, terms: { ...built.terms, genesisHash: moved } } });
      });
      await sign(page).click();
      await problem(page, 'What would be signed has changed');
      await page.getByText(moved).waitFor();
      await expectAccessible(page);
      expect(wallet.asked()).toBe(0);
    });
  });

  describe('with the way to the service', () => {
    test('the answer to signed bytes got lost: handing the same in again is one link', async () => {
      const { page, wallet, id } = await readyToSign();
      await page.route('**/link/submit', async (route) => {
        await route.fetch();
        await route.abort();
      }, { times: 1 });
      await sign(page).click();
      await problem(page, 'We don’t know whether your signed transaction was taken');
      expect(await page.getByRole('main').innerText()).not.toMatch(/nothing (was sent|is sent|happens)/i);
      await expectAccessible(page);
      await button(page, 'Hand it in again');
      await page.getByText('Final. Linked, and cooling down.').waitFor();
      expect(wallet.asked()).toBe(1);
      expect(await identityOf(site, id)).toMatchObject({ state: 'cooling', wallet: wallet.signer.address });
    });

    test('without live events the page asks by itself', async () => {
      const { page } = await readyToSign();
      await page.route('**/events', (route) => route.abort());
      await sign(page).click();
      await page.getByText('Final. Linked, and cooling down.').waitFor();
    });
  });

  describe('with the session', () => {
    test('it ended midway: back to the sign-in', async () => {
      const { page, wallet } = await readyToSign();
      await page.context().clearCookies();
      await sign(page).click();
      await problem(page, 'You are no longer signed in');
      await expectAccessible(page);
      await button(page, 'To the sign-in');
      await page.getByRole('button', { name: 'Sign in with GitHub' }).waitFor();
      expect(wallet.asked()).toBe(0);
    });

    test('somebody else signed in in another tab: nothing is signed for either', async () => {
      const { page, wallet } = await readyToSign();
      const other = newcomer(site);
      await useSession(site, page, await sessionFor(site, other.login));
      await sign(page).click();
      await problem(page, 'You are signed in as somebody else now');
      await expectAccessible(page);
      await button(page, 'Load again');
      await page.getByText(`Signed in as ${other.login}`).waitFor();
      expect(wallet.asked()).toBe(0);
    });
  });

  // Last, because nothing works after it.
  test('the service is away: the page says so, and nothing is sent', async () => {
    const { page, wallet } = await readyToSign();
    await site.stack.app('identity').stop();
    await sign(page).click();
    await problem(page, 'The service can’t be reached at the moment');
    await expectAccessible(page);
    expect(wallet.asked()).toBe(0);
    expect((await page.goto(`${site.stack.webUrl}/link`))?.status()).toBe(503);
    await page.getByRole('heading', { name: 'Out of reach' }).waitFor();
    await expectAccessible(page);
  });
});
