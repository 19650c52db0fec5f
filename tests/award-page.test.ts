import { brotliCompressSync } from 'node:zlib';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { signTransaction, type Address } from '@doubloon/escrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awardOnChain, connect, fundedIssue, half, heading, openAward, signAward, splitQuery, type FundedIssue } from './award-page.ts';
import { byAnotherAccount, tooLate, withOneBitTurned, withOther } from './edited.ts';
import { beAtGitHub, button, byVisitors, newSigner, newVisitor, problem } from './link-page.ts';
import { expectAccessible, hydrated, openPage, openSite, picture, type Site } from './site.ts';
import { approve, installWallet, refuse, stayQuiet } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`the award page${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  const funder = newSigner();
  /** Nobody awards this one. */
  let lasting: FundedIssue;
  beforeAll(async () => {
    site = await openSite(byVisitors);
    lasting = await fundedIssue(site, funder, ['0.500000001']);
  });
  afterAll(() => site[Symbol.asyncDispose]());
  const idOf = (login: string) => String(site.stack.github.account(login).id);

  describe('reading it', () => {
    test('without JavaScript the form says what each would get to the last unit, before anything is sent', async () => {
      const page = await openPage(site, { javaScriptEnabled: false, extraHTTPHeaders: newVisitor() });
      await page.goto(`${site.stack.webUrl}/award/${lasting.bounty}`);
      await page.getByText(lasting.deposits[0] ?? 'no deposit').first().waitFor();
      await page.getByText('two together at once; one alone after 72 hours').waitFor();
      await page.getByLabel('GitHub login 1').fill('@grace');
      await page.getByLabel('Percent 1').fill('33.34');
      await button(page, 'One more person');
      expect(await page.getByLabel('GitHub login 1').inputValue()).toBe('grace');
      await page.getByLabel('GitHub login 2').fill('maggie');
      await page.getByLabel('Percent 2').fill('66.6');
      await button(page, 'Preview');
      await problem(page, 'This can’t be previewed yet');
      await page.getByText('add up to exactly 100').waitFor();
      await page.getByLabel('Percent 2').fill('66.66');
      await page.getByLabel('GitHub login 1').fill('nobody-of-this-name');
      await button(page, 'Preview');
      await page.getByText('GitHub has no user “nobody-of-this-name”').waitFor();
      await page.getByLabel('GitHub login 1').fill('grace');
      await button(page, 'Preview');
      await heading(page, 'What each would get');
      const rows = await page.getByRole('row').allInnerTexts();
      expect(rows.map((row) => row.replaceAll(/\s+/g, ' '))).toEqual(['Who Share Gets', `grace id ${idOf('grace')}; no wallet linked yet 33.34 % 0.166700001 SOL`, `maggie id ${idOf('maggie')}; no wallet linked yet 66.66 % 0.3333 SOL`]);
      await page.getByText('/award @grace 33.34% @maggie 66.66%').waitFor();
      expect(await page.locator('noscript').first().innerText()).toContain('Signing needs JavaScript');
      await page.goto(`${site.stack.webUrl}/award/${lasting.bounty}?${splitQuery([['grace', ''], ['maggie', ''], ['linus', '']])}`);
      expect((await page.getByRole('cell').allInnerTexts()).join(' ')).toBe('33.34 % 0.166700001 SOL 33.33 % 0.16665 SOL 33.33 % 0.16665 SOL');
    });

    test('it is accessible and fits in every look, with the terms shown', async () => {
      const { page } = await openAward(site, lasting, { signer: funder });
      await connect(page);
      await heading(page, 'What you sign');
      const fits = async () => { expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true); };
      await picture(page, 'award-terms');
      for (const [name, media] of [['dark', { colorScheme: 'dark' }], ['forced', { forcedColors: 'active', colorScheme: 'light' }]] as const) {
        await page.emulateMedia(media);
        await expectAccessible(page);
        await picture(page, `award-${name}`);
      }
      await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 320, height: 700 });
      await expectAccessible(page);
      await fits();
      await picture(page, 'award-narrow');
      await page.setViewportSize({ width: 640, height: 900 });
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      await fits();
      await picture(page, 'award-200-percent');
    });

    test('at most 30 kB of JavaScript before Connect and 120 kB after, compressed', async () => {
      const page = await openPage(site, { extraHTTPHeaders: newVisitor() });
      await installWallet(page, 'Test wallet', funder);
      let bytes = 0;
      const sizes: Promise<void>[] = [];
      page.on('response', (response) => {
        if (response.headers()['content-type']?.includes('javascript') === true) sizes.push(response.body().then((body) => { bytes += brotliCompressSync(body).length; }));
      });
      await page.goto(`${site.stack.webUrl}/award/${lasting.bounty}?${splitQuery(half)}`);
      await hydrated(page);
      await Promise.all(sizes);
      const before = bytes;
      await connect(page);
      await page.route('**/submit', (route) => route.abort());
      await signAward(page).click();
      await problem(page, 'We don’t know whether your signed transaction was taken');
      await Promise.all(sizes);
      process.stdout.write(`award page: ${String(before)} bytes of JavaScript before Connect, ${String(bytes)} in all\n`);
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThanOrEqual(30_000);
      expect(bytes).toBeLessThanOrEqual(120_000);
    });

    test('what is no bounty is not here; another site can’t post; rubbish gets a clear refusal', async () => {
      const get = async (path: string) => (await fetch(`${site.stack.webUrl}/award/${path}`, { headers: newVisitor() })).status;
      for (const path of ['1-2', '1', 'x-y', '0-1', '1-2-3', '%3Cscript%3E-1', '99999999999999999999-1']) expect([path, await get(path)]).toEqual([path, 404]);
      for (const path of ['x', '1-2']) expect([path, await get(`${path}/state`)]).toEqual([path, 404]);
      const post = async (path: string, body: string, origin = site.stack.webUrl) => {
        const reply = await fetch(`${site.stack.webUrl}/award/${lasting.bounty}/${path}`, { method: 'POST', headers: { ...newVisitor(), 'content-type': 'application/json', origin }, body });
        return [reply.status, ((await reply.json()) as { code: string }).code];
      };
      const [deposit] = lasting.deposits;
      const award = { deposit, wallet: funder.address, shares: [{ githubId: '5', bps: 10_000 }] };
      expect(await post('prepare', JSON.stringify(award), 'https://evil.example')).toEqual([403, 'REQUEST_REFUSED']);
      for (const wrong of [null, {}, { ...award, shares: [] }, { ...award, shares: [{ githubId: '0', bps: 10_000 }] }, { ...award, shares: [{ githubId: '5', bps: 1.5 }] }, { ...award, actorId: '5' }]) expect(await post('prepare', JSON.stringify(wrong))).toEqual([400, 'REQUEST_INVALID']);
      expect(await post('prepare', JSON.stringify({ ...award, shares: [{ githubId: '5', bps: 9_999 }] }))).toEqual([400, 'REQUEST_INVALID']);
      expect(await post('prepare', JSON.stringify({ ...award, deposit: newSigner().address }))).toEqual([404, 'DEPOSIT_ABSENT']);
      expect(await post('prepare', JSON.stringify({ ...award, wallet: newSigner().address }))).toEqual([400, 'WALLET_INVALID']);
    });
  });

  describe('deciding', () => {
    test('the funder awards alone with the keyboard, each step is announced, another tab sees it, and the same wallet takes it back', async () => {
      const issue = await fundedIssue(site, funder);
      const [deposit] = issue.deposits as [Address];
      const { page, wallet, url } = await openAward(site, issue, { signer: funder, people: [['grace', '70'], ['maggie', '30']] });
      const other = await openAward(site, issue, { signer: newSigner() });
      await hydrated(page);
      await page.evaluate(() => {
        const heard: string[] = [];
        Object.assign(globalThis, { heard });
        const region = document.querySelector('#awarding .card [role=status]');
        if (region !== null) new MutationObserver(() => heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
      });
      const press = async (name: RegExp) => {
        for (let presses = 0; presses < 40; presses += 1) {
          await page.keyboard.press('Tab');
          if (!name.test(await page.evaluate(() => document.activeElement?.textContent ?? ''))) continue;
          return page.keyboard.press('Enter');
        }
        throw new Error(`the keyboard never reached ${String(name)}`);
      };
      await press(/Connect a wallet/);
      await page.getByRole('button', { name: 'Test wallet' }).waitFor();
      await press(/Test wallet/);
      await heading(page, 'What you sign');
      await page.getByText('the others who decide may veto it').waitFor();
      await connect(other.page);
      await problem(other.page, 'This wallet has no say here');
      await press(/^Sign to award 0\.5 SOL/);
      await heading(page, /^Awarded$/);
      const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.join('\n'));
      for (const said of ['Choose a wallet.', 'Wallet connected.', 'Waiting for your signature.', 'Signed and recorded.', 'Final on chain. 0.5 SOL: Awarded, open to veto.']) expect(heard).toContain(said);
      await heading(page, '0.5 SOL: Awarded, open to veto');
      await page.getByText('0.35 SOL (70 %)').waitFor();
      await expectAccessible(page);
      await picture(page, 'award-awarded');
      expect(wallet.asked()).toBe(1);
      expect(await awardOnChain(site, deposit)).toMatchObject({ by: ['funder'], shares: [{ githubId: idOf('grace'), bps: 7000 }, { githubId: idOf('maggie'), bps: 3000 }] });
      await other.page.getByText('There is nothing left here to award.').waitFor();

      await page.goto(url);
      await hydrated(page);
      await expectAccessible(page);
      await picture(page, 'award-veto');
      await button(page, 'Veto the award');
      await connect(page);
      await heading(page, 'What you sign');
      await expectAccessible(page);
      await button(page, 'Sign to veto');
      await page.getByText('Final on chain. In escrow').waitFor();
      expect(await awardOnChain(site, deposit)).toBeUndefined();
    });

    test('a maintainer who funded it signs in from the page and awards with this instance: final at once', async () => {
      const issue = await fundedIssue(site, funder);
      const { page, url } = await openAward(site, issue, { signer: funder });
      await beAtGitHub(site, page, 'linus');
      await button(page, 'Sign in with GitHub');
      await button(page, 'Authorize');
      await page.waitForURL(url);
      await page.getByText('Signed in as linus').waitFor();
      await connect(page);
      await page.getByText('Nobody can veto it.').waitFor();
      await expectAccessible(page);
      await picture(page, 'award-by-two');
      await signAward(page).click();
      await heading(page, /^Awarded$/);
      const award = await awardOnChain(site, issue.deposits[0] as Address);
      expect(award?.by).toEqual(['funder', 'relayer']);
      expect(award?.finalAt).toBe(award?.at);
    });

    test('somebody signed in who may not award decides alone, and is told why', async () => {
      const { page } = await openAward(site, lasting, { signer: funder });
      await beAtGitHub(site, page, 'maggie');
      await button(page, 'Sign in with GitHub');
      await button(page, 'Authorize');
      await page.getByText('Signed in as maggie').waitFor();
      await connect(page);
      await page.getByText('This instance does not sign with you:').waitFor();
      await page.getByText('the others who decide may veto it').waitFor();
    });

    test('a wallet with several deposits awards one after the other, each by a signature of its own', async () => {
      const issue = await fundedIssue(site, funder, ['0.2', '0.3']);
      const { page, wallet } = await openAward(site, issue, { signer: funder });
      await connect(page);
      await page.getByText('This wallet decides on 2 deposits.').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: /^0\.3 SOL/ }).click();
      await signAward(page).click();
      await page.getByText('0.3 SOL is awarded.').waitFor();
      await page.getByRole('button', { name: 'Sign to award 0.2 SOL' }).click();
      await page.getByText('0.2 SOL is awarded.').waitFor();
      await heading(page, /^Awarded$/);
      expect(wallet.asked()).toBe(2);
      for (const deposit of issue.deposits) expect((await awardOnChain(site, deposit))?.shares.map(({ bps }) => bps)).toEqual([5000, 5000]);
    });
  });

  describe('what can go wrong has a screen of its own and a way on', () => {
    test('with the wallet: it refuses, another account signs, it edits, it is switched, and nothing is sent', async () => {
      const { page, wallet } = await openAward(site, lasting, { signer: funder });
      await connect(page);
      wallet.behave(refuse);
      await signAward(page).click();
      await problem(page, 'Your wallet did not sign');
      await expectAccessible(page);
      wallet.behave(byAnotherAccount(wallet.signer, newSigner()));
      await button(page, 'Try again');
      await problem(page, 'Another account signed than the one shown');
      wallet.behave((transaction) => signTransaction(withOneBitTurned(transaction, 17), [wallet.signer]));
      await button(page, 'Try again');
      await problem(page, 'The signed transaction was refused');
      wallet.behave(stayQuiet);
      await button(page, 'Try again');
      await page.getByText('Waiting for your signature').waitFor();
      await wallet.switchAccount();
      await problem(page, 'Your wallet switched to another account');
      await expectAccessible(page);
      expect(await awardOnChain(site, lasting.deposits[0] as Address)).toBeUndefined();
    });

    test('a wallet without a say is told who has one; the right one without money is told what is missing', async () => {
      const stranger = newSigner();
      const { page } = await openAward(site, lasting, { signer: stranger });
      await connect(page);
      await problem(page, 'This wallet has no say here');
      expect(await page.getByRole('alert').innerText()).toContain(`Only this one can award here: ${funder.address}`);
      await expectAccessible(page);
      await picture(page, 'award-no-say');
      await page.route('**/prepare', (route) => route.fulfill({ status: 402, json: { code: 'BALANCE_TOO_SMALL', message: 'The wallet holds 0 SOL and needs 0.00001 SOL: 0.00001 SOL are missing.' } }), { times: 1 });
      await installWallet(page, 'Right wallet', funder);
      await page.reload();
      await connect(page, 'Right wallet');
      await problem(page, 'There is too little money in this wallet');
      await expectAccessible(page);
      await button(page, /^Get 10 local SOL/);
      await heading(page, 'What you sign');
    });

    test.each([
      ['other shares', (transaction: Uint8Array) => withOneBitTurned(transaction, 25)],
      ['another deposit', (transaction: Uint8Array) => withOther(transaction, lasting.deposits[0] as Address, newSigner().address)],
    ])('a server that hands out %s than it shows: the wallet never sees it', async (_what, forge) => {
      const { page, wallet } = await openAward(site, lasting, { signer: funder });
      await connect(page);
      await heading(page, 'What you sign');
      await page.route('**/prepare', async (route) => {
        const built = (await (await route.fetch()).json()) as { transaction: string };
        await route.fulfill({ json: { ...built, transaction: Buffer.from(forge(Buffer.from(built.transaction, 'base64'))).toString('base64') } });
      });
      await signAward(page).click();
      await problem(page, 'The transaction is not what this page shows');
      await expectAccessible(page);
      expect(wallet.asked()).toBe(0);
    });

    test('a reload while signing and a double click: one award; signed too late: signed again', async () => {
      const issue = await fundedIssue(site, funder);
      const { page, wallet } = await openAward(site, issue, { signer: funder });
      await connect(page);
      wallet.behave(tooLate(site.stack.chain));
      await signAward(page).click();
      await page.getByRole('heading', { name: 'That took longer than the network waits' }).waitFor({ timeout: 90_000 });
      await expectAccessible(page);
      wallet.behave(stayQuiet);
      await button(page, 'Sign again');
      await page.getByText('Waiting for your signature').waitFor();
      wallet.behave(approve);
      await page.reload();
      await connect(page);
      const before = wallet.asked();
      await signAward(page).dblclick();
      await heading(page, /^Awarded$/);
      expect(wallet.asked()).toBe(before + 1);
    });
  });

  // Last, because nothing works after it.
  test('the treasury is away: the page says so, and nothing is sent', async () => {
    const { page, wallet, url } = await openAward(site, lasting, { signer: funder });
    await connect(page);
    await heading(page, 'What you sign');
    await site.stack.app('treasury').stop();
    await signAward(page).click();
    await problem(page, 'The service can’t be reached at the moment');
    await expectAccessible(page);
    expect(wallet.asked()).toBe(0);
    expect((await page.goto(url))?.status()).toBe(503);
    await heading(page, 'Out of reach');
  });
});
