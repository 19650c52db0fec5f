import { randomBytes } from 'node:crypto';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { associatedTokenAddress, signerFromSeed, signTransaction } from '@doubloon/escrow';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withOther } from './edited.ts';
import { connect, depositsOf, heading, withOtherAmount } from './fund-page.ts';
import { expectAccessible, hydrated, newOffer, openPage, openSite, picture, someone, type Site } from './site.ts';
import { installWallet, type TestWallet } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();
const [oneSol, oneUsdc] = [1_000_000_000n, 1_000_000n];

describe.skipIf(missing)(`funding tokens on the fund page${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(); });
  afterAll(() => site[Symbol.asyncDispose]());

  const sign = (page: Page): Locator => page.getByRole('button', { name: 'Sign 50 USDC' });
  const alert = (page: Page): Promise<string> => page.getByRole('alert').innerText();

  /** A page with a wallet that has so much, connected and ready to sign a new offer of 50 usdc. */
  async function connected({ sol = oneSol, usdc = 60n * oneUsdc } = {}): Promise<{ page: Page; wallet: TestWallet; url: string; offerId: string }> {
    const offer = await newOffer(site, { denom: 'usdc', text: '50' });
    const page = await openPage(site);
    const wallet = await installWallet(page);
    const { faucet } = site.stack.localnet;
    if (sol > 0n) await faucet.airdrop(wallet.signer.address, sol);
    if (usdc > 0n) await faucet.giveUsdc(wallet.signer.address, usdc);
    await page.goto(offer.url);
    await connect(page, wallet.name);
    return { page, wallet, ...offer };
  }

  test('by hand: the page shows mint, issuer and rent apart, the burner wallet gets both moneys, and the comment says funded', async () => {
    const { url } = await newOffer(site, { denom: 'usdc', text: '50', issue: 1 });
    const page = await openPage(site);
    await page.goto(url);
    await hydrated(page);
    const terms = page.getByRole('region', { name: 'What you sign' });
    for (const text of ['50 USDC (50000000 base units)', site.stack.localnet.mints.usdc, 'The faucet of the local chain. It is no USDC and has no value.', 'SOL, beside the USDC, which comes back to you when the deposit is closed']) {
      expect((await terms.innerText()).replaceAll(/\s+/g, ' ')).toContain(text);
    }
    await expectAccessible(page);
    await picture(page, 'fund-usdc');
    await page.getByRole('button', { name: 'Connect a wallet' }).click();
    await page.getByRole('button', { name: /Burner wallet/ }).click();
    await sign(page).click();
    await heading(page, 'There is too little money in this wallet');
    await page.getByRole('button', { name: 'Get 10 local SOL and 1000 local USDC' }).click();
    await page.getByText('The faucet sent 10 SOL and 1000 USDC.').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await sign(page).click();
    await heading(page, 'Funded');
    await expectAccessible(page);
    await picture(page, 'fund-usdc-funded');
    await expect.poll(async () => (await someone(site, 'ada', 1).livingComment(() => true))?.body, { timeout: 20_000 }).toContain('**50 usdc** funded, in escrow');
  });

  test('a narrow page fits, with its long addresses', async () => {
    const { url } = await newOffer(site, { denom: 'usdc', text: '50' });
    const page = await openPage(site, { viewport: { width: 320, height: 700 }, colorScheme: 'dark' });
    await page.goto(url);
    await hydrated(page);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await picture(page, 'fund-usdc-narrow-dark');
  });

  test('works without JavaScript: the mint and its issuer are there to read', async () => {
    const { url } = await newOffer(site, { denom: 'usdc', text: '50' });
    const page = await openPage(site, { javaScriptEnabled: false });
    await page.goto(url);
    for (const text of [site.stack.localnet.mints.usdc, 'It is no USDC and has no value']) expect(await page.getByText(text).first().isVisible(), text).toBe(true);
  });

  test('too little of one money or of both says how much of which', async () => {
    const { page, wallet } = await connected({ usdc: 0n });
    await sign(page).click();
    await heading(page, 'There is too little money in this wallet');
    const account = associatedTokenAddress({ wallet: wallet.signer.address, mint: site.stack.localnet.mints.usdc }).address;
    expect(await alert(page)).toContain(`The wallet has no account for USDC yet (${account}) and needs 50 USDC: 50 USDC are missing.`);
    expect(await alert(page)).not.toContain('SOL');
    await site.stack.localnet.faucet.giveUsdc(wallet.signer.address, 20n * oneUsdc);
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect.poll(() => alert(page).catch(() => '')).toContain('needs 50 USDC: 30 USDC are missing.');
    await expectAccessible(page);
    await picture(page, 'problem-balance-usdc');

    const poor = await connected({ sol: 0n, usdc: 60n * oneUsdc });
    await sign(poor.page).click();
    await heading(poor.page, 'There is too little money in this wallet');
    expect(await alert(poor.page)).toMatch(/holds 0 SOL and needs 0\.00\d+ SOL/);
    expect(await alert(poor.page)).not.toContain('USDC');

    const broke = await connected({ sol: 0n, usdc: 0n });
    await sign(broke.page).click();
    await heading(broke.page, 'There is too little money in this wallet');
    expect(await alert(broke.page)).toMatch(/50 USDC are missing\. The wallet holds 0 SOL/);
    await picture(broke.page, 'problem-balance-both');
  });

  test('a server that hands out another mint than it shows: the wallet never sees it', async () => {
    const { page, wallet } = await connected();
    await page.route('**/prepare', async (route) => {
      const built = (await (await route.fetch()).json()) as { transaction: string };
      const changed = withOther(Buffer.from(built.transaction, 'base64'), site.stack.localnet.mints.usdc, signerFromSeed(randomBytes(32)).address);
      await route.fulfill({ json: { ...built, transaction: Buffer.from(changed).toString('base64') } });
    });
    await sign(page).click();
    await heading(page, 'The transaction is not what this page shows');
    expect(wallet.asked()).toBe(0);
  });

  test('a wallet that changes the amount is refused, and nothing is sent', async () => {
    const { page, wallet, offerId } = await connected();
    wallet.behave((transaction) => signTransaction(withOtherAmount(transaction), [wallet.signer]));
    await sign(page).click();
    await heading(page, 'The signed transaction was refused');
    expect(await depositsOf(site, offerId)).toBe(0);
  });

  test('signed bytes that got lost on the way are handed in again as they are, and pay once', async () => {
    const { page, wallet, offerId } = await connected();
    await page.route('**/submit', (route) => route.abort(), { times: 1 });
    await sign(page).click();
    await heading(page, 'We don’t know whether your signed transaction was taken');
    expect(await page.getByRole('main').innerText()).not.toMatch(/nothing (was sent|is paid)/i);
    await expectAccessible(page);
    await picture(page, 'problem-unsure');
    await page.getByRole('button', { name: 'Hand it in again' }).click();
    await heading(page, 'Funded');
    expect(wallet.asked()).toBe(1);
    expect(await depositsOf(site, offerId)).toBe(1);
  });

  test('bytes that were taken while the answer got lost need no second press', async () => {
    const { page, wallet } = await connected();
    await page.route('**/submit', async (route) => {
      await route.fetch();
      await route.fulfill({ status: 500, json: { code: 'INTERNAL', message: 'Something went wrong on our side.' } });
    }, { times: 1 });
    await sign(page).click();
    await heading(page, 'Funded');
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(wallet.asked()).toBe(1);
  });
});
