import { randomBytes } from 'node:crypto';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { until } from '@doubloon/dev/demo/until.ts';
import { signerFromSeed, signTransaction } from '@doubloon/escrow';
import type { treasury } from '@doubloon/rpc';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, newIssue, openPage, openSite, picture, someone, type Site } from './site.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();
const hostile = `\u202e</title><script>alert(1)</script> & "it's" \u0001 ]]>`;

describe.skipIf(missing)(`the board${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  let [funded, offered] = ['', ''];
  beforeAll(async () => {
    site = await openSite();
    [funded, offered] = [await bounty('It does not divide', '$sol:0.5$'), await bounty(hostile, '$usdc:12.5$')];
    await fund(funded);
    await label(funded, ['good first issue', 'a & b']);
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const keyOf = (id: string) => ({ repositoryId: id.split('-')[0] ?? '', issueId: id.split('-')[1] ?? '' });
  const address = (path: string) => `${site.stack.webUrl}${path}`;
  const summaries = async () => (await site.stack.treasury.listBounties({ limit: 100 })).bounties;
  const numberOf = async (id: string) => (await site.stack.treasury.getBounty(keyOf(id))).issue?.number ?? 0;

  /** An issue with an offer on it; answers what its page is called. */
  async function bounty(title: string, offer: string): Promise<string> {
    const { number } = await newIssue(site, title);
    await someone(site, 'ada', number).comment(`I would pay for this. ${offer}`);
    const one = (found: treasury.BountySummary[]) => found.find(({ issue }) => issue?.number === number)?.issue;
    return until('the offer on the board', async () => {
      const issue = one(await summaries());
      return issue && `${issue.repositoryId}-${issue.issueId}`;
    });
  }

  /** As a maintainer does it on GitHub. */
  async function label(id: string, labels: readonly string[]): Promise<void> {
    const { github } = site.stack;
    const reply = await fetch(`${github.apiUrl}/repos/analytical-engines/difference/issues/${String(await numberOf(id))}/labels`, {
      method: 'POST', headers: { authorization: `Bearer ${github.tokens['ada'] ?? ''}`, 'user-agent': 'ada', 'content-type': 'application/json' }, body: JSON.stringify({ labels }),
    });
    if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to labels`);
    await until('the labels on the board', async () => (await site.stack.treasury.getBounty(keyOf(id))).issue?.labels.includes(labels[0] ?? '') === true || undefined);
  }

  async function fund(id: string): Promise<void> {
    const { stack: { treasury: client, localnet } } = site;
    const wallet = signerFromSeed(randomBytes(32));
    await localnet.faucet.airdrop(wallet.address, 5_000_000_000n);
    const { offers: [offer] } = await client.getBounty(keyOf(id));
    const offerId = offer?.id ?? '';
    const { transaction } = await until('a wallet with money', () => client.buildFunding({ offerId, wallet: wallet.address }).catch(() => undefined));
    await client.submitFunding({ offerId, transaction: signTransaction(transaction, [wallet]) });
    await until('the deposit', async () => (await client.getOffer({ offerId })).offer?.deposit);
  }

  const titles = (page: Page) => page.locator('.board > li').getByRole('heading').allInnerTexts();

  test('is read without JavaScript, and asks for none', async () => {
    const page = await openPage(site, { javaScriptEnabled: false });
    // Sums may be some seconds old.
    await expect.poll(async () => {
      await page.goto(address('/bounties'));
      return page.locator('h1').innerText();
    }).toMatch(/^0\.5 SOL\s+in escrow/);
    expect(await page.getByText('Play money: this instance runs on localnet').isVisible()).toBe(true);
    expect((await titles(page)).some((one) => /^0\.5 SOL\s+It does not divide$/.test(one))).toBe(true);
    for (const path of ['/', '/bounties', `/bounties/${funded}`]) {
      await page.goto(address(path));
      expect(await page.locator('script').count(), path).toBe(0);
    }
  });

  test('is filtered by keyboard: what was chosen stands in the address, and in the feeds’', async () => {
    const page = await openPage(site, { javaScriptEnabled: false });
    await page.goto(address('/bounties'));
    await page.getByLabel('Currency').focus();
    await page.keyboard.type('USDC');
    for (let tabs = 0; tabs < 4; tabs++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Show');
    await page.keyboard.press('Enter');
    await page.waitForURL(/denom=usdc/);
    expect(await titles(page)).toHaveLength(1);
    expect(await page.getByText('Offered, not funded yet').isVisible()).toBe(true);
    expect(await page.getByLabel('Currency').inputValue()).toBe('usdc');
    expect(await page.getByRole('link', { name: 'Atom' }).getAttribute('href')).toMatch(/^\/bounties\.atom\?.*denom=usdc/);
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.waitForURL((url) => url.search === '');

    await page.getByRole('link', { name: 'a & b' }).click();
    await page.waitForURL(/label=a\+%26\+b/);
    expect(await titles(page)).toHaveLength(1);
    await page.goto(address('/bounties?language=COBOL&state=paid'));
    expect(await page.getByText('No bounty is like that.').isVisible()).toBe(true);
  });

  test.each([
    ['light', {}, ['board', 'bounty', 'bounty-offered', 'board-empty', 'start']],
    ['dark', { colorScheme: 'dark' as const }, ['board', 'bounty']],
    ['narrow', { viewport: { width: 320, height: 700 } }, ['board', 'bounty', 'start']],
    ['forced colours', { forcedColors: 'active' as const }, ['board']],
  ] as const)('is accessible and fits, %s', async (name, options, pages) => {
    const page = await openPage(site, options);
    const paths = { board: '/bounties', bounty: `/bounties/${funded}`, 'bounty-offered': `/bounties/${offered}`, 'board-empty': '/bounties?language=COBOL&state=paid', start: '/' };
    for (const what of pages) {
      await page.goto(address(paths[what]));
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} scrolls sideways`).toBe(true);
      await picture(page, `${what}-${name.replaceAll(' ', '-')}`);
    }
  });

  test('a bounty has its proofs, its history, and ways on', async () => {
    const page = await openPage(site);
    await page.goto(address(`/bounties/${funded}`));
    const { deposits: [deposit] } = await site.stack.treasury.getBounty(keyOf(funded));
    for (const text of [deposit?.address, deposit?.funder, deposit?.signature, site.stack.operator]) expect(await page.getByText(text ?? 'missing').first().isVisible(), text).toBe(true);
    expect((await page.locator('.history li').allInnerTexts()).map((line) => line.split('\n')[1]?.replace(/\s+[1-9A-HJ-NP-Za-km-z]{64,}$/, ''))).toEqual(['0.5 SOL offered', '0.5 SOL signed and on its way', '0.5 SOL put in escrow']);
    expect(await page.getByRole('link', { name: 'Award it with a wallet' }).getAttribute('href')).toBe(`/award/${funded}`);
    expect(await page.locator(`a[href="/refund/${deposit?.address ?? ''}"]`).count()).toBe(1);
    expect(await page.getByRole('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(50);
    await page.goto(address(`/bounties/${offered}`));
    expect(await page.getByRole('link', { name: 'Fund 12.5 USDC' }).getAttribute('href')).toMatch(/^\/fund\/[0-9a-f]{32}$/);
    expect(await page.title()).toMatch(/^12\.5 USDC for /);
  });

  test.each(['1-2', '1-2-3', 'analytical-engines-difference', '01-2', '../etc'])('there is no bounty %s', async (id) => {
    expect((await fetch(address(`/bounties/${encodeURIComponent(id)}`))).status).toBe(404);
  });

  test.each([['atom', 'application/atom+xml', 'entry'], ['rss', 'application/rss+xml', 'item']])('the %s feed is read by a real parser, titles and all', async (kind, type, entry) => {
    const reply = await fetch(address(`/bounties.${kind}`));
    expect(reply.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    const page = await openPage(site);
    await page.goto(address('/setup'));
    const parsed = await page.evaluate(({ xml, tag }) => {
      const document = new DOMParser().parseFromString(xml, 'application/xml');
      const text = (one: Element, name: string) => one.getElementsByTagName(name)[0]?.textContent ?? '';
      return { problem: document.querySelector('parsererror')?.textContent, titles: [...document.getElementsByTagName(tag)].map((one) => text(one, 'title')), scripts: document.getElementsByTagName('script').length };
    }, { xml: await reply.text(), tag: entry });
    expect(parsed.problem).toBeUndefined();
    expect(parsed.scripts).toBe(0);
    expect(parsed.titles.some((one) => one.includes('</title><script>alert(1)</script> & "it\'s"'))).toBe(true);

    const again = await fetch(address(`/bounties.${kind}`), { headers: { 'if-none-match': reply.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    const filtered = await (await fetch(address(`/bounties.${kind}?denom=sol`))).text();
    expect(filtered).toContain(funded);
    expect(filtered).not.toContain(offered);
    expect((await fetch(address(`/bounties.${kind}?state=gone`))).status).toBe(400);
  });

  test('a badge says what is open, and something plain for everything else', async () => {
    const badge = async (path: string) => {
      const reply = await fetch(address(`/badge/${path}.svg`));
      expect([reply.status, reply.headers.get('content-type'), reply.headers.get('cross-origin-resource-policy'), reply.headers.get('x-content-type-options')], path).toEqual([200, 'image/svg+xml; charset=utf-8', 'cross-origin', 'nosniff']);
      return /<title>(.*)<\/title>/.exec(await reply.text())?.[1];
    };
    const [number, other] = [await numberOf(funded), await numberOf(offered)];
    expect(await badge('analytical-engines/difference')).toBe('bounties: 0.5 SOL');
    expect(await badge('Analytical-Engines/Difference')).toBe('bounties: 0.5 SOL');
    expect(await badge(`analytical-engines/difference/${String(number)}`)).toBe('bounty: 0.5 SOL');
    expect(await badge(`analytical-engines/difference/${String(other)}`)).toBe('bounty: 12.5 USDC offered');
    for (const path of ['nobody/nothing', 'analytical-engines/difference/999999', 'analytical-engines/difference/0', 'analytical-engines/difference/x', 'a%20b/%3Cscript%3E']) expect(await badge(path)).toMatch(/^bount(y|ies): none$/);
  });
});
