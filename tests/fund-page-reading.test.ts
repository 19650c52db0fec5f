import { brotliCompressSync } from 'node:zlib';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { until } from '@doubloon/dev/demo/until.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heading, sign } from './fund-page.ts';
import { expectAccessible, hydrated, newIssue, newOffer, openPage, openSite, picture, type Site } from './site.ts';
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
      for (const text of ['0.5 SOL', 'analytical-engines/difference#2', 'one alone after 72 hours in which the other may veto', site.stack.operator]) {
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

    test('a title that turns the direction of writing turns nothing but itself', async () => {
      const { number } = await newIssue(site, '\u202Eeltit ykcirt');
      const page = await openPage(site);
      await page.goto((await newOffer(site, { issue: number })).url);
      const { title, after } = await page.locator('h1 .purpose').evaluate((element) => {
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const rects: { text: string; left: number; right: number }[] = [];
        for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
          for (const [index, text] of [...(node.textContent ?? '')].entries()) {
            const range = document.createRange();
            range.setStart(node, index);
            range.setEnd(node, index + 1);
            const { left, right } = range.getBoundingClientRect();
            rects.push({ text, left, right });
          }
        }
        return { title: rects.filter(({ text }) => /[a-z]/.test(text)), after: rects.find(({ text }) => text === '”') };
      });
      expect(after?.left).toBeGreaterThanOrEqual(Math.max(...title.map(({ right }) => right)) - 1);
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
      const page = await fetch(url, { headers: { host: 'evil.example' } });
      const { headers } = page;
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe-inline|unsafe-eval/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      // What lies beside the pages is answered before they are.
      const [, file] = /(?:src|href)="([^"]+\.(?:js|css|svg|png|ico))"/.exec(await page.text()) ?? [];
      const beside = await fetch(new URL(file ?? '', url));
      expect([beside.status, beside.headers.get('x-content-type-options'), beside.headers.get('x-frame-options')]).toEqual([200, 'nosniff', 'DENY']);
    });

    test('an address holds so many live pages open and no more, and has its places back when it leaves them', async () => {
      const { url } = await newOffer(site);
      const listen = async () => {
        const leave = new AbortController();
        const reply = await fetch(`${url}/events`, { signal: leave.signal });
        const reading = reply.body?.getReader();
        await reading?.read();
        return { status: reply.status, leave, reading };
      };
      const open = [];
      for (let count = 0; count < 31; count++) open.push(await listen());
      expect(open.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(30);
      expect(open.at(-1)?.status).toBe(429);
      for (const { leave } of open) leave.abort();
      const last = await until('a place', async () => {
        const again = await listen();
        return again.status === 200 ? again : undefined;
      });
      last.leave.abort();
      expect(site.lines.filter((line) => line.includes('could not be read for a live page'))).toEqual([]);
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
