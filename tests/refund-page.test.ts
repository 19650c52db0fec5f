import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { until } from '@doubloon/dev/demo/until.ts';
import { associatedTokenAddress, signTransaction, type Address, type Signer } from '@doubloon/escrow';
import { identity as service } from '@doubloon/rpc';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, fundedIssue, heading } from './award-page.ts';
import { withOther } from './edited.ts';
import { button, byVisitors, newSigner, newVisitor, problem, sessionFor } from './link-page.ts';
import { expectAccessible, hydrated, openPage, openSite, picture, type Site } from './site.ts';
import { installWallet, type TestWallet } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();
const [hour, day] = [3_600, 86_400];

describe.skipIf(missing)(`the page of a deposit${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  const [funder, stranger] = [newSigner(), newSigner()];
  beforeAll(async () => {
    // Without a relayer nobody pays and sends back by themselves: whatever happens here, people do.
    site = await openSite({ env: { ...byVisitors.env, treasury: { TREASURY_RELAYER_KEY_FILE: '' } } });
    await site.stack.localnet.faucet.airdrop(stranger.address, 1_000_000_000n);
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const urlOf = (deposit: string) => `${site.stack.webUrl}/refund/${deposit}`;
  const lamportsOf = async (address: Address) => (await site.stack.chain.account(address, 'finalized'))?.lamports ?? 0n;
  const sign = (page: Page) => page.getByRole('button', { name: /^Sign to / });

  async function open(deposit: string, signer: Signer = stranger): Promise<{ page: Page; wallet: TestWallet }> {
    const page = await openPage(site, { extraHTTPHeaders: newVisitor() });
    const wallet = await installWallet(page, 'Test wallet', signer);
    await page.goto(urlOf(deposit));
    return { page, wallet };
  }

  /** Links a new wallet of `login`, on chain. */
  async function linkedWallet(login: string): Promise<Signer> {
    const { identity, localnet } = site.stack;
    const wallet = newSigner();
    await localnet.faucet.airdrop(wallet.address, 1_000_000_000n);
    const session = (await sessionFor(site, login)).split('=')[1] ?? '';
    const wish = { step: service.LinkStep.LINK, session, githubId: '', address: '198.51.100.9' };
    const { transaction } = await identity.buildLink({ ...wish, wallet: wallet.address });
    await identity.submitLink({ ...wish, transaction: signTransaction(transaction, [wallet]) });
    const githubId = String(site.stack.github.account(login).id);
    await until('the link', async () => ((await identity.getIdentity({ githubId })).identity?.state === service.IdentityState.COOLING ? true : undefined));
    return wallet;
  }

  test('before its time it says from when on what is possible, and the command that needs nobody, without JavaScript too', async () => {
    const { deposits: [deposit = ''] } = await fundedIssue(site, funder);
    const page = await openPage(site, { javaScriptEnabled: false, extraHTTPHeaders: newVisitor() });
    await page.goto(urlOf(deposit));
    await heading(page, 'What follows');
    await page.getByText('Anybody can send it back to its funder from').waitFor();
    await page.getByText('There is nothing that a wallet can do here now.').waitFor();
    await page.getByText(`npx doubloon refund --deposit ${deposit} --rpc URL`).waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    const { page: alive } = await open(deposit);
    await hydrated(alive);
    for (const [name, media, width] of [['light', { colorScheme: 'light' }, 1000], ['dark', { colorScheme: 'dark' }, 1000], ['narrow', { colorScheme: 'light', forcedColors: 'active' }, 320]] as const) {
      await alive.emulateMedia(media);
      await alive.setViewportSize({ width, height: 800 });
      await expectAccessible(alive);
      expect(await alive.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await picture(alive, `refund-${name}`);
    }
  });

  test('an award can be vetoed by its deciders alone; final, anybody pays a share, and opens the account it goes to', async () => {
    const { deposits: [deposit = '' as Address] } = await fundedIssue(site, funder, ['50'], 'usdc');
    const { treasury, github, localnet, chain } = site.stack;
    const winner = await linkedWallet('grace');
    const shares = ['grace', 'maggie'].map((login, index) => ({ githubId: String(github.account(login).id), bps: [7000, 3000][index] ?? 0 }));
    const { transaction } = await treasury.buildAward({ deposit, wallet: funder.address, shares, actorId: '', issueNumber: 1 });
    await treasury.submitAward({ deposit, transaction: signTransaction(transaction, [funder]) });
    await until('the award', async () => ((await treasury.getDeposit({ deposit })).deposit?.award === undefined ? undefined : true));

    const { page, wallet } = await open(deposit);
    await page.getByText('The award is final from').waitFor();
    await hydrated(page);
    await button(page, 'Veto the award');
    await connect(page);
    await problem(page, 'This wallet has no say here');
    expect(await page.getByRole('alert').innerText()).toContain(`Only this one can do it: ${funder.address}`);
    await expectAccessible(page);

    await localnet.timeTravel(73 * hour);
    await until('the time to pay', async () => ((await treasury.getDeposit({ deposit })).steps.length > 0 ? true : undefined));
    await page.reload();
    await hydrated(page);
    await button(page, 'Pay grace');
    await connect(page);
    await heading(page, 'What you sign');
    await page.getByText('to open a token account for whoever is paid').waitFor();
    await expectAccessible(page);
    await picture(page, 'refund-payout-terms');
    await sign(page).click();
    await page.getByText('Final on chain. Awarded.').waitFor();
    await expectAccessible(page);
    await picture(page, 'refund-paid');
    expect(wallet.asked()).toBe(1);
    expect(await page.getByRole('button', { name: 'Pay grace' }).count()).toBe(0);
    await page.getByText('15 USDC (30 %), waits until a wallet is linked').first().waitFor();
    const account = await chain.account(associatedTokenAddress({ wallet: winner.address, mint: localnet.mints.usdc }).address, 'finalized');
    expect(Buffer.from(account?.data ?? []).readBigUInt64LE(64)).toBe(35_000_000n);
  });

  test('after its time a stranger sends it back to its funder, though not by other bytes than shown; a week later they return the rent', async () => {
    const { deposits: [deposit = '' as Address] } = await fundedIssue(site, funder);
    const { localnet, treasury } = site.stack;
    await localnet.timeTravel(94 * day);
    await until('its time', async () => ((await treasury.getDeposit({ deposit })).steps.length > 0 ? true : undefined));
    const { page, wallet } = await open(deposit);
    await hydrated(page);
    await expectAccessible(page);
    await button(page, 'Send the money back');
    await connect(page);
    await heading(page, 'What you sign');
    await page.route('**/prepare', async (route) => {
      const built = (await (await route.fetch()).json()) as { transaction: string };
      await route.fulfill({ json: { ...built, transaction: Buffer.from(withOther(Buffer.from(built.transaction, 'base64'), funder.address, stranger.address)).toString('base64') } });
    }, { times: 1 });
    await sign(page).click();
    await problem(page, 'The transaction is not what this page shows');
    await expectAccessible(page);
    expect(wallet.asked()).toBe(0);
    await page.reload();
    await hydrated(page);
    const before = await lamportsOf(funder.address);
    await button(page, 'Send the money back');
    await connect(page);
    await sign(page).dblclick();
    await page.getByText('Final on chain. Sent back to its funder.').waitFor();
    await expectAccessible(page);
    expect(wallet.asked()).toBe(1);
    expect((await lamportsOf(funder.address)) - before).toBe(500_000_000n);

    await localnet.timeTravel(8 * day);
    await until('a week later', async () => ((await treasury.getDeposit({ deposit })).steps.length > 0 ? true : undefined));
    await page.reload();
    await hydrated(page);
    await button(page, 'Return the rent');
    await connect(page);
    await sign(page).click();
    await expect.poll(() => lamportsOf(deposit as Address)).toBe(0n);
    await page.getByText('Final on chain.').waitFor();
    expect(await lamportsOf(funder.address)).toBeGreaterThan(before + 500_000_000n);
  });

  test('what is no deposit is not here; another site can’t post; rubbish gets a clear refusal', async () => {
    const { deposits: [deposit = ''] } = await fundedIssue(site, funder);
    for (const path of ['x', newSigner().address, '0'.repeat(40), '%3Cscript%3E', `${newSigner().address}/state`]) expect([path, (await fetch(urlOf(path), { headers: newVisitor() })).status]).toEqual([path, 404]);
    const post = async (path: string, body: unknown, origin = site.stack.webUrl) => {
      const reply = await fetch(`${urlOf(deposit)}/${path}`, { method: 'POST', headers: { ...newVisitor(), 'content-type': 'application/json', origin }, body: JSON.stringify(body) });
      return [reply.status, ((await reply.json()) as { code: string }).code];
    };
    const refund = { step: 'refund', share: 0, wallet: stranger.address };
    expect(await post('prepare', refund, 'https://evil.example')).toEqual([403, 'REQUEST_REFUSED']);
    for (const wrong of [null, {}, { ...refund, step: 'award' }, { ...refund, share: 8 }, { ...refund, wallet: 'x' }, { ...refund, to: 'me' }]) expect(await post('prepare', wrong)).toEqual([400, 'REQUEST_INVALID']);
    expect(await post('prepare', refund)).toEqual([409, 'NOTHING_TO_DECIDE']);
    expect((await post('submit', { step: 'refund', share: 0, transaction: Buffer.from('rubbish').toString('base64') }))[0]).toBeGreaterThanOrEqual(400);
  });
});
