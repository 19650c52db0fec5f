import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, hydrated, openPage, openSite, picture, type Site } from './site.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`by hand in a browser${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(); });
  afterAll(() => site[Symbol.asyncDispose]());

  test('a comment becomes money in escrow, and the bot’s comment says so', async () => {
    const page = await openPage(site);
    const issueUrl = `${site.stack.github.url}/analytical-engines/difference/issues/1`;

    await page.goto(issueUrl);
    await page.getByLabel('Who am I').selectOption('grace');
    await page.getByRole('button', { name: 'Switch user' }).click();
    await page.getByLabel('Comment as grace').fill('Who takes this on? $sol:0.75$');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();

    const living = page.getByRole('article').filter({ hasText: '0.75 SOL' }).filter({ hasText: 'bot' });
    await living.waitFor();
    await picture(page, 'issue-offered');
    await expectAccessible(page);

    await living.getByRole('link', { name: /sign|fund/i }).first().click();
    await page.waitForURL(/\/fund\/[0-9a-f]{32}$/);
    await hydrated(page);
    await expectAccessible(page);
    await picture(page, 'fund-light');

    await page.getByRole('button', { name: 'Connect a wallet' }).click();
    await page.getByRole('button', { name: /Burner wallet/ }).click();
    await page.getByRole('button', { name: 'Get 10 local SOL and 1000 local USDC' }).click();
    await page.getByText('The faucet sent 10 SOL and 1000 USDC.').waitFor();
    await expectAccessible(page);
    await picture(page, 'fund-connected');

    await page.getByRole('button', { name: 'Sign 0.75 SOL' }).click();
    await page.getByRole('heading', { name: 'Funded' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'fund-funded');

    await page.waitForURL((url) => url.href.startsWith(issueUrl), { timeout: 60_000 });
    await page.getByRole('article').filter({ hasText: 'bot' }).getByText('0.75 sol funded, in escrow').waitFor();
    await picture(page, 'issue-funded');
    await expectAccessible(page);
    expect(await page.getByRole('article').filter({ hasText: '0.75 SOL' }).filter({ hasText: 'bot' }).count()).toBe(1);
    site.stack.github.assertConforms();
  });

  test.each([
    ['dark', { colorScheme: 'dark' as const }],
    ['narrow', { viewport: { width: 320, height: 700 } }],
    ['narrow and dark', { viewport: { width: 320, height: 700 }, colorScheme: 'dark' as const }],
    ['forced colours', { forcedColors: 'active' as const }],
  ])('the landing page and the issue page are accessible and fit, %s', async (name, options) => {
    const page = await openPage(site, options);
    for (const [what, url] of [['landing', site.stack.webUrl], ['issue', `${site.stack.github.url}/analytical-engines/difference/issues/1`]] as const) {
      await page.goto(url);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} scrolls sideways`).toBe(true);
      await picture(page, `${what}-${name.replaceAll(' ', '-')}`);
    }
  });
});
