import { decodeDeposit, signTransaction, type Address, type Signer } from '@doubloon/escrow';
import { until } from '@doubloon/dev/demo/until.ts';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { newSigner, newVisitor } from './link-page.ts';
import { commentOffer, hydrated, newIssue, openPage, type Site } from './site.ts';
import { installWallet, type TestWallet } from './test-wallet.ts';

const lamportsPerSol = 1_000_000_000n;

/** An issue with money in escrow. */
export interface FundedIssue {
  readonly number: number;
  /** `<repository id>-<issue id>` */
  readonly bounty: string;
  readonly deposits: readonly Address[];
}

/** A new issue on which `funder` has put each of `texts` into escrow, read from finalized state. */
export async function fundedIssue(site: Site, funder: Signer, texts: readonly string[] = ['0.5'], denom = 'sol'): Promise<FundedIssue> {
  const { treasury, localnet } = site.stack;
  const { number } = await newIssue(site, 'An issue that somebody solved');
  await localnet.faucet.airdrop(funder.address, 5n * lamportsPerSol);
  if (denom === 'usdc') await localnet.faucet.giveUsdc(funder.address, 100_000_000n);
  const deposits: Address[] = [];
  let bounty = '';
  for (const text of texts) {
    const { offerId } = await commentOffer(site, { text, denom, issue: number });
    const { transaction } = await treasury.buildFunding({ offerId, wallet: funder.address });
    await treasury.submitFunding({ offerId, transaction: signTransaction(transaction, [funder]) });
    const { deposit, issue } = await until('money in escrow', async () => {
      const { offer } = await treasury.getOffer({ offerId });
      return offer?.deposit === undefined ? undefined : offer;
    });
    deposits.push((deposit?.address ?? '') as Address);
    bounty = `${issue?.repositoryId ?? ''}-${issue?.issueId ?? ''}`;
  }
  return { number, bounty, deposits };
}

/** The split that the address of the page asks for. */
export const splitQuery = (people: readonly (readonly [login: string, percent: string])[]): string => new URLSearchParams(people.flatMap(([login, percent]) => [['login', login], ['percent', percent]])).toString();
export const half = [['grace', '50'], ['maggie', '50']] as const;

/** The page of an award with its preview, in a browser with a wallet. */
export async function openAward(site: Site, { bounty }: FundedIssue, { signer = newSigner(), people = half, options = {} }: { signer?: Signer; people?: readonly (readonly [string, string])[]; options?: BrowserContextOptions } = {}): Promise<{ page: Page; wallet: TestWallet; url: string }> {
  const page = await openPage(site, { extraHTTPHeaders: newVisitor(), ...options });
  const wallet = await installWallet(page, 'Test wallet', signer);
  const url = `${site.stack.webUrl}/award/${bounty}?${splitQuery(people)}`;
  await page.goto(url);
  return { page, wallet, url };
}

export async function connect(page: Page, name = 'Test wallet'): Promise<void> {
  await hydrated(page);
  await page.getByRole('button', { name: 'Connect a wallet' }).click();
  await page.getByRole('button', { name, exact: true }).click();
}

export const signAward = (page: Page) => page.getByRole('button', { name: /^Sign to award / });
export const heading = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('heading', { name }).waitFor();

/** What the chain says of the award of a deposit. */
export async function awardOnChain({ stack: { chain } }: Site, deposit: Address): Promise<ReturnType<typeof decodeDeposit>['award']> {
  const account = await chain.account(deposit, 'finalized');
  return account && decodeDeposit(account.data).award;
}
