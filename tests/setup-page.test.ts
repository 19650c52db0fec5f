import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, openPage, openSite, picture, type Site } from './site.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`the setup page${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(); });
  afterAll(() => site[Symbol.asyncDispose]());

  test('hands over the commands and says what it sees, without JavaScript', async () => {
    const page = await openPage(site, { javaScriptEnabled: false });
    const reply = await page.goto(`${site.stack.webUrl}/setup`);
    expect(reply?.status()).toBe(200);
    expect(await page.getByText(`npx doubloon setup --web ${site.stack.webUrl}`).isVisible()).toBe(true);
    expect(await page.locator('dd').allInnerTexts()).toEqual(['answers', 'answers']);
    // There is nothing to send it.
    expect(await page.locator('form, input, button').count()).toBe(0);
  });

  test.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' as const }],
    ['narrow', { viewport: { width: 320, height: 700 } }],
  ])('is accessible and fits, %s', async (name, options) => {
    const page = await openPage(site, options);
    await page.goto(`${site.stack.webUrl}/setup`);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await picture(page, `setup-${name}`);
  });

  test('a service that is down is named, and the page still comes', async () => {
    await site.stack.app('identity').stop();
    const page = await openPage(site);
    expect((await page.goto(`${site.stack.webUrl}/setup`))?.status()).toBe(200);
    expect(await page.locator('dd').allInnerTexts()).toEqual(['answers', 'does not answer']);
    await expectAccessible(page);
    await picture(page, 'setup-identity-down');
  });
});
