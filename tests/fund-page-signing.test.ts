import { randomBytes } from 'node:crypto';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { parseTransaction, signerFromSeed, signTransaction } from '@doubloon/escrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byAnotherAccount } from './edited.ts';
import { connect, connected, depositsOf, heading, sign, withMemoBehind, withOtherAmount } from './fund-page.ts';
import { expectAccessible, hydrated, newOffer, openPage, openSite, picture, someone, type Site } from './site.ts';
import { approve, installWallet, lateWallet, refuse, stayQuiet } from './test-wallet.ts';

const lamportsPerSol = 1_000_000_000n;
const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`signing on the fund page${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(); });
  afterAll(() => site[Symbol.asyncDispose]());

  describe('signing', () => {
    test('works with the keyboard alone, and each step is announced', async () => {
      const offer = await newOffer(site);
      const page = await openPage(site);
      const wallet = await installWallet(page);
      await site.stack.localnet.faucet.airdrop(wallet.signer.address, 5n * lamportsPerSol);
      await page.goto(offer.url);
      await hydrated(page);
      const tabTo = async (name: RegExp) => {
        for (let presses = 0; presses < 30; presses += 1) {
          await page.keyboard.press('Tab');
          if (name.test(await page.evaluate(() => document.activeElement?.textContent ?? ''))) return;
        }
        throw new Error(`the keyboard never reached ${String(name)}`);
      };
      await page.evaluate(() => {
        const heard: string[] = [];
        Object.assign(globalThis, { heard });
        const region = document.querySelector('[role=status]');
        if (region !== null) new MutationObserver(() => heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
      });
      await tabTo(/Connect a wallet/);
      expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).not.toBe('none');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: wallet.name }).waitFor();
      await tabTo(/Test wallet/);
      await page.keyboard.press('Enter');
      await page.getByText('Paying from').waitFor();
      await tabTo(/^Sign 0\.5 SOL/);
      await page.keyboard.press('Enter');
      await heading(page, 'Funded');
      const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.join('\n'));
      for (const said of ['Choose a wallet.', 'Wallet connected.', 'Waiting for your signature.', 'Funded.']) expect(heard).toContain(said);
    });

    test('a double click signs once and makes one deposit', async () => {
      const { page, wallet, offerId } = await connected(site);
      await sign(page).dblclick();
      await heading(page, 'Funded');
      expect(wallet.asked()).toBe(1);
      expect(await depositsOf(site, offerId)).toBe(1);
    });

    test('guards that a wallet adds around our instruction are fine', async () => {
      const { page, wallet } = await connected(site);
      wallet.behave(withMemoBehind(wallet.signer));
      await sign(page).click();
      await heading(page, 'Funded');
      expect(wallet.asked()).toBe(1);
    });

    test('a wallet that edits the amount is refused, and nothing is sent', async () => {
      const { page, wallet, offerId } = await connected(site);
      wallet.behave((transaction) => signTransaction(withOtherAmount(transaction), [wallet.signer]));
      await sign(page).click();
      await heading(page, 'The signed transaction was refused');
      await expectAccessible(page);
      expect(await depositsOf(site, offerId)).toBe(0);
    });
  });

  describe('what can go wrong has a screen of its own and a way on', () => {
    test('no wallet in this browser; one that arrives late is found', async () => {
      const { offerId } = await newOffer(site);
      const elsewhere = await site.stack.startWeb({});
      const page = await openPage(site, {}, [elsewhere]);
      await page.goto(`${elsewhere}/fund/${offerId}`);
      await hydrated(page);
      await page.getByRole('button', { name: 'Connect a wallet' }).click();
      await heading(page, 'No wallet was found in this browser');
      await expectAccessible(page);
      await picture(page, 'problem-no-wallet');
      await lateWallet(page);
      await page.getByRole('button', { name: 'Late wallet' }).waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    test('the wallet refuses, then signs', async () => {
      const { page, wallet } = await connected(site);
      wallet.behave(refuse);
      await sign(page).click();
      await heading(page, 'Your wallet did not sign');
      await expectAccessible(page);
      await picture(page, 'problem-refused');
      wallet.behave(approve);
      await page.getByRole('button', { name: 'Try again' }).click();
      await heading(page, 'Funded');
    });

    test('the wallet never answers', async () => {
      const { page, wallet } = await connected(site);
      await page.clock.install();
      wallet.behave(stayQuiet);
      await sign(page).click();
      await page.getByText('Waiting for your signature').waitFor();
      await page.clock.fastForward(31_000);
      await heading(page, 'Your wallet has not answered yet');
      await expectAccessible(page);
    });

    test('too little money, and by how much', async () => {
      const { page } = await connected(site, { sol: 0n });
      await sign(page).click();
      await heading(page, 'There is too little money in this wallet');
      expect(await page.getByRole('alert').textContent()).toMatch(/0\.50\d* SOL/);
      await expectAccessible(page);
      await picture(page, 'problem-balance');
    });

    test('another account signs than the one shown', async () => {
      const { page, wallet, offerId } = await connected(site);
      wallet.behave(byAnotherAccount(wallet.signer, signerFromSeed(randomBytes(32))));
      await sign(page).click();
      await heading(page, 'Another account signed than the one shown');
      await expectAccessible(page);
      expect(await depositsOf(site, offerId)).toBe(0);
    });

    test('the wallet answers without a signature: refused, and nothing is sent', async () => {
      const { page, wallet, offerId } = await connected(site);
      wallet.behave((transaction) => transaction);
      await sign(page).click();
      await heading(page, 'The signed transaction was refused');
      expect(await depositsOf(site, offerId)).toBe(0);
    });

    test('the account is switched midway: the answer of the old one is not believed', async () => {
      const { page, wallet, offerId } = await connected(site);
      let answer: () => void = () => undefined;
      wallet.behave((transaction, signIt) => new Promise((resolve) => { answer = () => { resolve(signIt(transaction)); }; }));
      await sign(page).click();
      await page.getByText('Waiting for your signature').waitFor();
      await wallet.switchAccount();
      await heading(page, 'Your wallet switched to another account');
      await expectAccessible(page);
      answer();
      await page.getByRole('button', { name: 'Go on with this account' }).click();
      await page.getByRole('button', { name: wallet.name }).waitFor();
      expect(await depositsOf(site, offerId)).toBe(0);
    });

    test('a reload while signing loses nothing: the same offer is signed again, once', async () => {
      const { page, wallet, offerId } = await connected(site);
      wallet.behave(stayQuiet);
      await sign(page).click();
      await page.getByText('Waiting for your signature').waitFor();
      wallet.behave(approve);
      await page.reload();
      await connect(page, wallet.name);
      await sign(page).click();
      await heading(page, 'Funded');
      expect(await depositsOf(site, offerId)).toBe(1);
    });

    test('two tabs: the second sees what the first did, and can’t pay twice', async () => {
      const { page, url, offerId } = await connected(site);
      const other = await openPage(site);
      const second = await installWallet(other);
      await other.goto(url);
      await connect(other, second.name);
      await sign(page).click();
      await heading(other, /Funded/);
      expect(await sign(other).count()).toBe(0);
      expect(await depositsOf(site, offerId)).toBe(1);
    });

    test('it took longer than the network waits: nothing is paid, and signing again works', async () => {
      const { page, wallet, offerId } = await connected(site);
      wallet.behave(async (transaction, signIt) => {
        const { blockhash } = parseTransaction(transaction);
        const { lastValidBlockHeight } = await site.stack.chain.latestBlockhash();
        await expect.poll(() => site.stack.chain.blockHeight('finalized'), { timeout: 60_000, interval: 200 }).toBeGreaterThan(lastValidBlockHeight);
        expect(blockhash).not.toBe('');
        return signIt(transaction);
      });
      await sign(page).click();
      await page.getByRole('heading', { name: 'That took longer than the network waits' }).waitFor({ timeout: 90_000 });
      await expectAccessible(page);
      expect(await depositsOf(site, offerId)).toBe(0);
      wallet.behave(approve);
      await page.getByRole('button', { name: 'Sign again' }).click();
      await heading(page, 'Funded');
      expect(await depositsOf(site, offerId)).toBe(1);
    });

    test('a server that hands out another transaction than it shows: the wallet never sees it', async () => {
      const { page, wallet } = await connected(site);
      await page.route('**/prepare', async (route) => {
        const reply = await route.fetch();
        const built = (await reply.json()) as { transaction: string };
        const transaction = Buffer.from(withOtherAmount(Buffer.from(built.transaction, 'base64'))).toString('base64');
        await route.fulfill({ json: { ...built, transaction } });
      });
      await sign(page).click();
      await heading(page, 'The transaction is not what this page shows');
      await expectAccessible(page);
      expect(wallet.asked()).toBe(0);
    });

    test('the service moved to another cluster: nothing is signed', async () => {
      const { page, wallet } = await connected(site);
      await page.route('**/prepare', async (route) => {
        const built = (await (await route.fetch()).json()) as { terms: object };
        await route.fulfill({ json: { ...built, terms: { ...built.terms, genesisHash: '4uhcVJyU9pJkvQyS88uRDiswHScCKQQu6a4bZmUuGdjs' } } });
      });
      await sign(page).click();
      await heading(page, 'The service moved to another cluster');
      await expectAccessible(page);
      expect(wallet.asked()).toBe(0);
    });

    test('without live events the page asks by itself', async () => {
      const { page } = await connected(site);
      await page.route('**/events', (route) => route.abort());
      await page.reload();
      await connect(page, 'Test wallet');
      await sign(page).click();
      await heading(page, 'Funded');
    });

    test('withdrawn while the person was reading', async () => {
      const { page } = await connected(site);
      const person = someone(site);
      await person.remove((await person.lastComment()).id);
      await heading(page, 'Withdrawn');
      expect(await sign(page).count()).toBe(0);
      await expectAccessible(page);
    });

    test('already funded: the page says so, with the deposit', async () => {
      const { page, url } = await connected(site);
      await sign(page).click();
      await heading(page, 'Funded');
      await page.getByRole('button', { name: 'Stay here' }).click();
      const later = await openPage(site);
      await later.goto(url);
      await heading(later, 'Funded');
      await heading(later, 'What was signed');
      await expectAccessible(later);
      await page.goto('about:blank');
      await page.goBack();
      await heading(page, 'Funded');
    });

    test('replaced by an edit: the old link points on', async () => {
      const { url } = await newOffer(site);
      const person = someone(site);
      const mine = await person.lastComment();
      await person.edit(mine.id, 'Changed my mind: $sol:0.6$');
      const page = await openPage(site);
      await expect.poll(async () => {
        await page.goto(url);
        return page.getByRole('heading', { name: 'Replaced' }).count();
      }, { timeout: 20_000 }).toBe(1);
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Go to the newer offer' }).click();
      await page.getByText('0.6').first().waitFor();
    });

    test('withdrawn with its comment', async () => {
      const { url } = await newOffer(site);
      const person = someone(site);
      await person.remove((await person.lastComment()).id);
      const page = await openPage(site);
      await expect.poll(async () => {
        await page.goto(url);
        return page.getByRole('heading', { name: 'Withdrawn' }).count();
      }, { timeout: 20_000 }).toBe(1);
      await expectAccessible(page);
    });
  });

  // Last, because nothing works after it.
  test('the treasury is away: the page says so, and nothing is sent', async () => {
    const { page, wallet, url } = await connected(site);
    await site.stack.app('treasury').stop();
    await sign(page).click();
    await heading(page, 'The network can’t be reached at the moment');
    await expectAccessible(page);
    await picture(page, 'problem-away');
    expect(wallet.asked()).toBe(0);
    const other = await openPage(site);
    expect((await other.goto(url))?.status()).toBe(503);
    await heading(other, 'Out of reach');
    await expectAccessible(other);
  });
});
