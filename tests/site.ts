import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { openBrowser } from '@doubloon/dev/chromium/browser.ts';
import { openPerson, type Person } from '@doubloon/dev/demo/person.ts';
import { until } from '@doubloon/dev/demo/until.ts';
import { root } from '@doubloon/dev/stack/root.ts';
import { startStack, type Stack, type StackOptions } from '@doubloon/dev/stack/stack.ts';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** The running stack and a browser, for the tests of one file. */
export interface Site extends AsyncDisposable {
  readonly stack: Stack;
  readonly browser: Browser;
  /** The last lines of all apps, for a test that failed. */
  readonly lines: readonly string[];
}

export async function openSite(options: Pick<StackOptions, 'env'> = {}): Promise<Site> {
  const lines: string[] = [];
  const stack = await startStack({ ...options, progress: () => undefined, onLine: (line) => { if (lines.push(line) > 400) lines.shift(); } });
  const browser = await openBrowser();
  return {
    stack,
    browser,
    lines,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await stack[Symbol.asyncDispose]();
    },
  };
}

const repository = 'analytical-engines/difference';

export const someone = ({ stack }: Site, login = 'ada', issue = 2): Person => openPerson(stack.github, login, repository, issue);

/** Opens an issue as ada. */
export async function newIssue({ stack: { github } }: Site, title: string): Promise<{ number: number }> {
  const reply = await fetch(`${github.apiUrl}/repos/${repository}/issues`, {
    method: 'POST', headers: { authorization: `Bearer ${github.tokens['ada'] ?? ''}`, 'user-agent': 'ada', 'content-type': 'application/json' }, body: JSON.stringify({ title, body: 'An issue.' }),
  });
  if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to a new issue`);
  return (await reply.json()) as { number: number };
}

interface Wish {
  readonly text?: string;
  readonly denom?: string;
  readonly issue?: number;
}

/** Comments an offer and answers with its fund page; the comment goes when the test is over. */
export async function newOffer(site: Site, wish: Wish = {}): Promise<{ url: string; offerId: string }> {
  const { comment, ...offer } = await commentOffer(site, wish);
  // The living comment lists a bounded number of open offers: a finished test takes its own away.
  onTestFinished(() => someone(site, 'ada', wish.issue).remove(comment).catch(() => undefined));
  return offer;
}

/** Comments an offer that stays. */
export async function commentOffer(site: Site, { text = '0.5', denom = 'sol', issue = 2 }: Wish): Promise<{ url: string; offerId: string; comment: number }> {
  const person = someone(site, 'ada', issue);
  const comment = await person.comment(`I would pay for this. $${denom}:${text}$`);
  const others = new Set<string>();
  const offerId = await until('the link of a new offer', async () => {
    for (const id of linksIn((await person.livingComment(() => true))?.body ?? '')) {
      if (others.has(id)) continue;
      const { offer } = await site.stack.treasury.getOffer({ offerId: id });
      if (offer?.source?.url === comment.html_url) return id;
      others.add(id);
    }
    return undefined;
  });
  return { url: `${site.stack.webUrl}/fund/${offerId}`, offerId, comment: comment.id };
}

const linksIn = (body: string): string[] => [...new Set([...body.matchAll(/\/fund\/([0-9a-f]{32})/g)].map(([, id]) => id ?? ''))];

/** A page in a context of its own that fails the test on any request to elsewhere, script error or policy report. */
export async function openPage({ browser, stack }: Site, options: BrowserContextOptions = {}, alsoOurs: readonly string[] = []): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options });
  // As for whatever else is waited for: on a busy machine it comes late.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const ours = new Set([stack.webUrl, stack.github.url, ...alsoOurs].map((url) => new URL(url).origin));
  const problems: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && !ours.has(origin)) problems.push(`asked ${origin}`);
  });
  page.on('pageerror', (error) => problems.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) problems.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(problems).toEqual([]);
  });
  return page;
}

/** Waits until the fund page answers to clicks. */
export const hydrated = (page: Page): Promise<unknown> => page.locator('[data-ready=true]').waitFor();

/** Asserts that axe finds nothing on the page as it stands, WCAG 2.2 AA included. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
}

const shots = join(root, 'test-results');

/** Keeps a picture for people under test-results/, which is not committed. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
