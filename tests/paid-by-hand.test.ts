import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { serveClockPage, type ClockPage } from '@doubloon/dev/demo/clock-page.ts';
import { holdingsOf } from '@doubloon/dev/demo/holdings.ts';
import { until } from '@doubloon/dev/demo/until.ts';
import { effectiveWallet, decodeIdentity, decodeOperator, parseAddress, signTransaction, type Address } from '@doubloon/escrow';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beAtGitHub, button, choose, identityOf, newcomer, newSigner, sign, signIn, state } from './link-page.ts';
import { expectAccessible, hydrated, newOffer, openPage, openSite, picture, someone, type Site } from './site.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();
const [workedOn, another] = [1, 2];

describe.skipIf(missing)(`paid, by hand in three browsers${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  let clock: ClockPage;
  beforeAll(async () => {
    site = await openSite();
    clock = await serveClockPage(site.stack);
  });
  afterAll(async () => {
    await clock[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  const issueUrl = (number: number): string => `${site.stack.github.url}/analytical-engines/difference/issues/${String(number)}`;
  const living = (page: Page) => page.getByRole('article').filter({ hasText: 'bot' }).filter({ hasText: 'Bounty' });
  const idOf = (login: string): string => String(site.stack.github.account(login).id);

  /** A browser of somebody who is on GitHub, and can reach the page of the clock. */
  async function browserOf(login: string, number: number): Promise<Page> {
    const page = await openPage(site, {}, [clock.url]);
    await beAtGitHub(site, page, login);
    await page.goto(issueUrl(number));
    return page;
  }

  async function comment(page: Page, login: string, text: string): Promise<void> {
    await page.getByLabel(`Comment as ${login}`).fill(text);
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByRole('article', { name: `Comment by ${login}` }).getByText(text).first().waitFor();
  }

  /** The page of an issue once its living comment says so; it is read again, as a person would. */
  async function says(page: Page, number: number, text: string | RegExp): Promise<void> {
    await until(`the living comment to say ${String(text)}`, async () => {
      await page.goto(issueUrl(number));
      return (await living(page).getByText(text).count()) > 0 ? true : undefined;
    }, 60_000);
  }

  /** Signs in at the link page and links the burner wallet of that browser. Answers its address. */
  async function linkBurner(page: Page, login: string): Promise<Address> {
    await signIn(site, page, login);
    await choose(page, 'Link a wallet', 'Burner wallet');
    await button(page, 'Get 10 local SOL and 1000 local USDC');
    await page.getByText('The faucet sent 10 SOL and 1000 USDC.').waitFor();
    await sign(page).click();
    await state(page, 'Linked, and cooling down');
    return parseAddress((await identityOf(site, idOf(login))).wallet ?? '');
  }

  async function letThreeDaysPass(page: Page): Promise<void> {
    await page.goto(clock.url);
    await expectAccessible(page);
    await button(page, 'Let 72 hours pass');
    await page.getByRole('heading', { name: 'The clock of the local chain' }).waitFor();
  }

  const gained = async (wallet: Address, held: bigint): Promise<bigint> => (await holdingsOf(site.stack, wallet)).sol - held;

  test('a funder funds, a contributor links a wallet, a maintainer awards with a comment, three days pass, and the contributor has it to the lamport', async () => {
    const [funder, contributor, maintainer] = [await browserOf('ada', workedOn), await browserOf('grace', workedOn), await browserOf('linus', workedOn)];

    await comment(funder, 'ada', 'Who takes this on? $sol:0.75$');
    await living(funder).getByRole('link', { name: 'Fund 0.75 sol' }).click();
    await funder.waitForURL(/\/fund\/[0-9a-f]{32}$/);
    await hydrated(funder);
    await button(funder, 'Connect a wallet');
    await button(funder, /Burner wallet/);
    await button(funder, 'Get 10 local SOL and 1000 local USDC');
    await funder.getByText('The faucet sent 10 SOL and 1000 USDC.').waitFor();
    await button(funder, 'Sign 0.75 SOL');
    await funder.getByRole('heading', { name: 'Funded' }).waitFor();
    await says(funder, workedOn, '0.75 sol funded, in escrow');

    const wallet = await linkBurner(contributor, 'grace');
    const { sol: held } = await holdingsOf(site.stack, wallet);

    await says(maintainer, workedOn, '0.75 sol funded, in escrow');
    await comment(maintainer, 'linus', '/award @grace 70% @maggie 30%');
    await says(maintainer, workedOn, /grace.* gets 70 %: 0\.525 sol/);
    await picture(maintainer, 'issue-awarded');
    await expectAccessible(maintainer);
    expect(await gained(wallet, held)).toBe(0n);

    await letThreeDaysPass(maintainer);
    await says(funder, workedOn, /grace.* gets 70 %: 0\.525 sol paid/);
    await picture(funder, 'issue-paid');
    await expectAccessible(funder);
    expect(await gained(wallet, held)).toBe(525_000_000n);
    await contributor.goto(issueUrl(workedOn));
    await living(contributor).getByText(/maggie.* gets 30 %: 0\.225 sol waits for a wallet/).waitFor();
    expect(await living(contributor).count()).toBe(1);
    site.stack.github.assertConforms();
  });

  test('a wallet linked after the award is paid within 5 s of the end of its cool-down without anybody’s help', async () => {
    const { stack } = site;
    const { login } = newcomer(site);
    const { offerId } = await newOffer(site, { text: '0.4', issue: another });
    await fund(offerId);
    await someone(site, 'linus', another).comment(`/award @${login}`);
    await until('the award', async () => ((await stack.treasury.getOffer({ offerId })).offer?.deposit?.award === undefined ? undefined : true));
    const contributor = await browserOf(login, another);
    await letThreeDaysPass(contributor);
    await says(contributor, another, new RegExp(`${login}.* gets 100 %: 0\\.4 sol waits for a wallet`));

    const wallet = await linkBurner(contributor, login);
    const { sol: held } = await holdingsOf(stack, wallet);
    // The window is over, and nothing but the link is waited for.
    await until('the treasury to know the link', async () => ((await stack.treasury.getOffer({ offerId })).offer?.deposit?.award?.shares[0]?.waitsFor === 'cool-down' ? true : undefined));
    expect(await gained(wallet, held)).toBe(0n);

    await contributor.goto(clock.url);
    await button(contributor, 'Let 72 hours pass');
    await until('the cool-down to be over', async () => ((await standing(login)) === 'wallet' ? true : undefined));
    const ended = performance.now();
    await until('the payout', async () => ((await gained(wallet, held)) > 0n ? true : undefined));
    expect(performance.now() - ended).toBeLessThan(5_000);
    await says(contributor, another, new RegExp(`${login}.* gets 100 %: 0\\.4 sol paid`));
    expect(await gained(wallet, held)).toBe(400_000_000n);
  });

  async function fund(offerId: string): Promise<void> {
    const { stack } = site;
    const wallet = newSigner();
    await stack.localnet.faucet.airdrop(wallet.address, 2_000_000_000n);
    const { transaction } = await stack.treasury.buildFunding({ offerId, wallet: wallet.address });
    await stack.treasury.submitFunding({ offerId, transaction: signTransaction(transaction, [wallet]) });
    await until('the deposit', async () => ((await stack.treasury.getOffer({ offerId })).offer?.deposit === undefined ? undefined : true));
  }

  /** Whether a payout to somebody finds a wallet now, by the program's own rule. */
  async function standing(login: string): Promise<string> {
    const { chain, operator } = site.stack;
    const { account } = await identityOf(site, idOf(login));
    const [identity, of, now] = await Promise.all([chain.account(parseAddress(account), 'confirmed'), chain.account(operator, 'confirmed'), chain.time()]);
    return identity === undefined || of === undefined ? 'nobody' : effectiveWallet(decodeIdentity(identity.data), decodeOperator(of.data), now).kind;
  }
});
