import { brotliCompressSync } from 'node:zlib';
import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { compileTransaction, parseTransaction, signTransaction, type Instruction } from '@doubloon/escrow';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, hydrated, newOffer, openPage, openSite, picture, someone, type Site } from './site.ts';
import { approve, installWallet, lateWallet, refuse, stayQuiet, type Manner } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();
const lamportsPerSol = 1_000_000_000n;

describe.skipIf(missing)(`the fund page${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(); });
  afterAll(() => site[Symbol.asyncDispose]());

  /** A page with a wallet that has `sol` SOL, connected and ready to sign a new offer. */
  async function connected({ sol = 5n, options = {} } = {}) {
    const offer = await newOffer(site);
    const page = await openPage(site, options);
    const wallet = await installWallet(page);
    if (sol > 0n) await site.stack.localnet.faucet.airdrop(wallet.signer.address, sol * lamportsPerSol);
    await page.goto(offer.url);
    await connect(page, wallet.name);
    return { page, wallet, ...offer };
  }

  async function connect(page: Page, name: string): Promise<void> {
    await hydrated(page);
    await page.getByRole('button', { name: 'Connect a wallet' }).click();
    await page.getByRole('button', { name }).click();
    await page.getByText('Paying from').waitFor();
  }

  const sign = (page: Page) => page.getByRole('button', { name: /^Sign 0\.5 SOL/ });
  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).waitFor();
  const depositsOf = async (offerId: string): Promise<number> => {
    const reply = await fetch(`${site.stack.webUrl}/fund/${offerId}/state`);
    return ((await reply.json()) as { deposit?: unknown }).deposit === undefined ? 0 : 1;
  };

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
      const { page, wallet, offerId } = await connected();
      await sign(page).dblclick();
      await heading(page, 'Funded');
      expect(wallet.asked()).toBe(1);
      expect(await depositsOf(offerId)).toBe(1);
    });

    test('guards that a wallet adds around our instruction are fine', async () => {
      const { page, wallet } = await connected();
      wallet.behave(withExtra((program) => ({ program: 'L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95' as Instruction['program'], accounts: [], data: Uint8Array.of(program.length & 0xff) }), wallet.signer));
      await sign(page).click();
      await page.getByRole('heading', { name: /On its way|Put this in escrow|refused/ }).first().waitFor();
      expect(await page.getByText('The signed transaction was refused').count()).toBe(0);
    });

    test('a wallet that edits the amount is refused, and nothing is sent', async () => {
      const { page, wallet, offerId } = await connected();
      wallet.behave((transaction) => {
        const parsed = parseTransaction(transaction);
        const edited = parsed.instructions.map((one) => toInstruction(one.program, one, one.data.length > 40 ? Uint8Array.from(one.data, (byte, at) => (at === 27 ? byte ^ 1 : byte)) : one.data));
        return signTransaction(compileTransaction({ payer: wallet.signer.address, blockhash: parsed.blockhash, instructions: edited }), [wallet.signer]);
      });
      await sign(page).click();
      await heading(page, 'The signed transaction was refused');
      await expectAccessible(page);
      expect(await depositsOf(offerId)).toBe(0);
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
      const { page, wallet } = await connected();
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
      const { page, wallet } = await connected();
      await page.clock.install();
      wallet.behave(stayQuiet);
      await sign(page).click();
      await page.getByText('Waiting for your signature').waitFor();
      await page.clock.fastForward(31_000);
      await heading(page, 'Your wallet has not answered yet');
      await expectAccessible(page);
    });

    test('too little money, and by how much', async () => {
      const { page } = await connected({ sol: 0n });
      await sign(page).click();
      await heading(page, 'There is too little money in this wallet');
      expect(await page.getByRole('alert').textContent()).toMatch(/0\.50\d* SOL/);
      await expectAccessible(page);
      await picture(page, 'problem-balance');
    });

    test('another account signs than the one shown', async () => {
      const { page, wallet, offerId } = await connected();
      wallet.behave((transaction) => transaction);
      await sign(page).click();
      await heading(page, 'The signed transaction was refused');
      expect(await depositsOf(offerId)).toBe(0);
    });

    test('the account is switched midway: the answer of the old one is not believed', async () => {
      const { page, wallet, offerId } = await connected();
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
      expect(await depositsOf(offerId)).toBe(0);
    });

    test('a reload while signing loses nothing: the same offer is signed again, once', async () => {
      const { page, wallet, offerId } = await connected();
      wallet.behave(stayQuiet);
      await sign(page).click();
      await page.getByText('Waiting for your signature').waitFor();
      wallet.behave(approve);
      await page.reload();
      await connect(page, wallet.name);
      await sign(page).click();
      await heading(page, 'Funded');
      expect(await depositsOf(offerId)).toBe(1);
    });

    test('two tabs: the second sees what the first did, and can’t pay twice', async () => {
      const { page, url, offerId } = await connected();
      const other = await openPage(site);
      const second = await installWallet(other);
      await other.goto(url);
      await connect(other, second.name);
      await sign(page).click();
      await heading(other, /Funded/);
      expect(await sign(other).count()).toBe(0);
      expect(await depositsOf(offerId)).toBe(1);
    });

    test('it took longer than the network waits: nothing is paid, and signing again works', async () => {
      const { page, wallet, offerId } = await connected();
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
      expect(await depositsOf(offerId)).toBe(0);
      wallet.behave(approve);
      await page.getByRole('button', { name: 'Sign again' }).click();
      await heading(page, 'Funded');
      expect(await depositsOf(offerId)).toBe(1);
    });

    test('a server that hands out another transaction than it shows: the wallet never sees it', async () => {
      const { page, wallet } = await connected();
      await page.route('**/prepare', async (route) => {
        const reply = await route.fetch();
        const built = (await reply.json()) as { transaction: string };
        const parsed = parseTransaction(Buffer.from(built.transaction, 'base64'));
        const changed = parsed.instructions.map((one) => toInstruction(one.program, one, one.data.length > 40 ? Uint8Array.from(one.data, (byte, at) => (at === 27 ? byte ^ 1 : byte)) : one.data));
        const transaction = Buffer.from(compileTransaction({ payer: parsed.payer, blockhash: parsed.blockhash, instructions: changed })).toString('base64');
        await route.fulfill({ json: { ...built, transaction } });
      });
      await sign(page).click();
      await heading(page, 'The transaction is not what this page shows');
      await expectAccessible(page);
      expect(wallet.asked()).toBe(0);
    });

    test('the service moved to another cluster: nothing is signed', async () => {
      const { page, wallet } = await connected();
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
      const { page } = await connected();
      await page.route('**/events', (route) => route.abort());
      await page.reload();
      await connect(page, 'Test wallet');
      await sign(page).click();
      await heading(page, 'Funded');
    });

    test('withdrawn while the person was reading', async () => {
      const { page } = await connected();
      const person = someone(site);
      await person.remove((await person.lastComment()).id);
      await heading(page, 'Withdrawn');
      expect(await sign(page).count()).toBe(0);
      await expectAccessible(page);
    });

    test('already funded: the page says so, with the deposit', async () => {
      const { page, url } = await connected();
      await sign(page).click();
      await heading(page, 'Funded');
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
      await until(async () => {
        await page.goto(url);
        return (await page.getByRole('heading', { name: 'Replaced' }).count()) === 1;
      });
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Go to the newer offer' }).click();
      await page.getByText('0.6').first().waitFor();
    });

    test('withdrawn with its comment', async () => {
      const { url } = await newOffer(site);
      const person = someone(site);
      await person.remove((await person.lastComment()).id);
      const page = await openPage(site);
      await until(async () => {
        await page.goto(url);
        return (await page.getByRole('heading', { name: 'Withdrawn' }).count()) === 1;
      });
      await expectAccessible(page);
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

  // Last, because nothing works after it.
  test('the treasury is away: the page says so, and nothing is sent', async () => {
    const { page, wallet, url } = await connected();
    await site.stack.apps.find(({ name }) => name === 'treasury')?.[Symbol.asyncDispose]();
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

/** A wallet that puts an instruction of its own behind ours and signs the whole. */
function withExtra(extra: (program: string) => Instruction, signer: Parameters<typeof signTransaction>[1][number]): Manner {
  return (transaction) => {
    const { blockhash, instructions, payer } = parseTransaction(transaction);
    const all = [...instructions.map((one) => toInstruction(one.program, one, one.data)), extra(payer)];
    return signTransaction(compileTransaction({ payer, blockhash, instructions: all }), [signer]);
  };
}

function toInstruction(program: Instruction['program'], { accounts }: ReturnType<typeof parseTransaction>['instructions'][number], data: Uint8Array): Instruction {
  return { program, accounts: accounts.map(({ address, signer, writable }) => ({ address: address ?? program, signer, writable })), data };
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await done())) if (Date.now() > end) throw new Error('it did not come about');
}
