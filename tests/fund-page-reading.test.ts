import { brotliCompressSync } from 'node:zlib';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heading, sign } from './fund-page.ts';
import { expectAccessible, hydrated, newOffer, openPage, openSite, picture, type Site } from './site.ts';
import { installWallet } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`reading the fund page${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(); });
  afterAll(() => site[Symbol.asyncDispose]());

  describe('reading', () => {
    test('works without JavaScript: the terms are there, and why signing is not', async () => {
      const { url } = await newOffer(site);
      const page = await openPage(site, { javaScriptEnabled: false });
      await page.goto(url);
      await heading(page, 'What you sign');
      for (const text of ['0.5 SOL', 'analytical-engines/difference#2', site.stack.operator]) {
        expect(await page.getByText(text).first().isVisible(), text).toBe(true);
      }
      expect(await page.locator('noscript').innerText()).toContain('Signing needs JavaScript');
    });

    test.each([
      ['dark', { colorScheme: 'dark' as const }],
      ['narrow', { viewport: { width: 320, height: 700 } }],
      ['forced colours', { forcedColors: 'active' as const }],
      ['reduced motion', { reducedMotion: 'reduce' as const }],
    ])('is accessible and fits, %s', async (name, options) => {
      const { url } = await newOffer(site);
      const page = await openPage(site, options);
      await page.goto(url);
      await hydrated(page);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await picture(page, `fund-${name.replaceAll(' ', '-')}`);
    });

    test('text at 200 % still fits', async () => {
      const { url } = await newOffer(site);
      const page = await openPage(site, { viewport: { width: 640, height: 900 } });
      await page.goto(url);
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await picture(page, 'fund-200-percent');
    });

    test.each([
      ['an id nobody gave out', '0'.repeat(32)],
      ['no id at all', 'hello'],
      ['markup as an id', '%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
    ])('%s is not here, and says what to do', async (_what, id) => {
      const page = await openPage(site);
      const reply = await page.goto(`${site.stack.webUrl}/fund/${id}`);
      expect(reply?.status()).toBe(404);
      await heading(page, 'Not here');
      await expectAccessible(page);
    });

    test('loads at most 30 kB of JavaScript before Connect and 120 kB after, compressed', async () => {
      const { url } = await newOffer(site);
      const page = await openPage(site);
      await installWallet(page);
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
      await page.goto(url);
      await hydrated(page);
      const before = await measured();
      await page.getByRole('button', { name: 'Connect a wallet' }).click();
      await page.getByRole('button', { name: 'Test wallet' }).click();
      await page.getByText('Paying from').waitFor();
      await sign(page).click();
      await page.getByRole('alert').waitFor();
      const after = await measured();
      process.stdout.write(`fund page: ${String(before)} bytes of JavaScript before Connect, ${String(after)} in all\n`);
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThanOrEqual(30_000);
      expect(after).toBeLessThanOrEqual(120_000);
    });
  });

  describe('from elsewhere', () => {
    test('another site can’t post to it', async () => {
      const { url } = await newOffer(site);
      const reply = await fetch(`${url}/prepare`, { method: 'POST', headers: { 'content-type': 'application/json', origin: 'https://evil.example' }, body: '{}' });
      expect(reply.status).toBe(403);
    });

    test('it can’t be framed, sniffed or told where it is', async () => {
      const { url } = await newOffer(site);
      const { headers } = await fetch(url, { headers: { host: 'evil.example' } });
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe-inline|unsafe-eval/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    });

    test('rubbish gets a clear refusal', async () => {
      const { url } = await newOffer(site);
      const post = (path: string, body: string) => fetch(`${url}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', origin: site.stack.webUrl }, body });
      for (const body of ['', 'null', '{', '{"wallet":5}', '{"wallet":"0OIl"}', '{"__proto__":{"wallet":"x"}}']) {
        const reply = await post('prepare', body);
        expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([400, 'REQUEST_INVALID']);
      }
      expect((await post('submit', JSON.stringify({ transaction: Buffer.from('rubbish').toString('base64') }))).status).toBeGreaterThanOrEqual(400);
    });
  });
});
