import { missingBrowser } from '@doubloon/dev/chromium/browser.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, choose, coolDownSeconds, identityOf, linked, lookUp, newSigner, sign, signedIn, state, terms } from './link-page.ts';
import { expectAccessible, hydrated, openSite, picture, type Site } from './site.ts';
import { installWallet } from './test-wallet.ts';

const missing = process.env['CI'] === 'true' ? undefined : missingBrowser();

describe.skipIf(missing)(`linking a wallet${missing === undefined ? '' : ` (needs ${missing})`}`, () => {
  let site: Site;
  beforeAll(async () => { site = await openSite(); });
  afterAll(() => site[Symbol.asyncDispose]());
  const fund = (address: string) => site.stack.localnet.faucet.airdrop(address as never, 1_000_000_000n);
  const later = (seconds: number) => site.stack.localnet.timeTravel(seconds);

  test('a contributor links a wallet through GitHub’s page, sees what is signed, and after three days it is paid', async () => {
    const { page, wallet, login, id } = await signedIn(site);
    await state(page, 'No wallet is linked');
    await hydrated(page);
    await expectAccessible(page);
    await picture(page, 'link-signed-in');
    await choose(page, 'Link a wallet');
    await terms(page);
    for (const shown of [wallet.signer.address, site.stack.operator, '72 hours', 'It does not come back', `(id ${id}, which is what is written)`]) await page.getByText(shown).first().waitFor();
    await expectAccessible(page);
    await picture(page, 'link-terms');
    await sign(page).click();
    await state(page, 'Linked, and cooling down');
    await page.getByText('Final. Linked, and cooling down.').waitFor();
    await expectAccessible(page);
    await picture(page, 'link-cooling');
    expect(wallet.asked()).toBe(1);

    const { proof, account } = await identityOf(site, id);
    const signature = await site.stack.chain.signatureStatuses([proof ?? '']);
    expect(signature[0]?.error).toBeUndefined();
    expect(await site.stack.chain.account(account as never, 'finalized')).toBeDefined();

    await later(coolDownSeconds + 1);
    const anybody = await lookUp(site, id);
    await state(anybody, 'Linked');
    await anybody.getByRole('heading', { level: 1, name: `The wallet of ${login}` }).waitFor();
    await anybody.getByText(wallet.signer.address).waitFor();
    await anybody.getByText(proof ?? 'no proof').waitFor();
    await hydrated(anybody);
    await expectAccessible(anybody);
    await picture(anybody, 'link-looked-up');
  });

  test('it is changed to another wallet, and the old one objects without any session', async () => {
    const { page, wallet, id } = await linked(site);
    const next = await installWallet(page, 'Next wallet', newSigner());
    await fund(next.signer.address);
    await page.reload();
    await choose(page, 'Change to another wallet', 'Next wallet');
    await terms(page);
    await picture(page, 'link-change-terms');
    await sign(page).click();
    await state(page, 'Changing to another wallet');
    await page.getByText('payouts wait', { exact: false }).first().waitFor();
    await expectAccessible(page);
    await picture(page, 'link-changing');

    const old = await lookUp(site, id, { 'Old wallet': wallet.signer });
    await choose(old, 'Object to the change', 'Old wallet');
    await terms(old);
    await sign(old).click();
    await state(old, 'Contested');
    await expectAccessible(old);
    await picture(old, 'link-contested');
    expect(await identityOf(site, id)).toMatchObject({ state: 'contested', wallet: wallet.signer.address, pending: { wallet: next.signer.address } });
  });

  test('both wallets agree in one browser, and the new one counts at once', async () => {
    const { page, wallet, id } = await linked(site);
    const next = await installWallet(page, 'Next wallet', newSigner());
    await fund(next.signer.address);
    await page.reload();
    await choose(page, 'Change to another wallet', 'Next wallet');
    await sign(page).click();
    await state(page, 'Changing to another wallet');
    await choose(page, 'Agree to the change with both wallets');
    await sign(page).click();
    await page.getByText('Signed by one. Now signs').waitFor();
    await expectAccessible(page);
    await picture(page, 'link-second-signature');
    await button(page, 'Next wallet');
    await sign(page).click();
    await state(page, 'Linked, and cooling down');
    expect(await identityOf(site, id)).toMatchObject({ wallet: next.signer.address });
    expect([wallet.asked(), next.asked()]).toEqual([2, 2]);
  });

  test('the wallet ends the link alone, and another one can be linked', async () => {
    const { page, wallet, id } = await linked(site);
    const alone = await lookUp(site, id, { 'Test wallet': wallet.signer });
    await choose(alone, 'End the link');
    await sign(alone).click();
    await state(alone, 'No longer linked');
    await expectAccessible(alone);
    await picture(alone, 'link-ended');
    await page.reload();
    await choose(page, 'Link a wallet');
    await sign(page).click();
    await state(page, 'Linked, and cooling down');
  });
});
