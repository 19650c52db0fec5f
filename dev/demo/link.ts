import { randomBytes } from 'node:crypto';
import { decodeIdentity, decodeOperator, effectiveWallet, parseAddress, signerFromSeed, signTransaction, type Address } from '@doubloon/escrow';
import type { Stack } from '../stack/stack.ts';
import { until } from './until.ts';

interface Teller {
  readonly stack: Stack;
  tell(what: string, evidence: string | readonly string[]): void;
}

/** Who linked which wallet, and where that stands on chain. */
export interface Linked {
  readonly login: string;
  readonly account: Address;
  readonly wallet: Address;
}

/** A contributor signs in through GitHub's page and links a wallet, as a browser would. */
export async function linkWallet({ stack, tell }: Teller, login: string): Promise<Linked> {
  const { webUrl, github, chain, localnet } = stack;
  const { id } = github.account(login);
  let cookie = '';
  const visit = async (url: string, body?: { readonly type: string; readonly text: string }): Promise<Response> => {
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie, origin: webUrl, ...(body === undefined ? {} : { 'content-type': body.type }) }, ...(body === undefined ? {} : { method: 'POST', body: body.text }) });
    cookie = reply.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    return reply;
  };
  const post = async <T>(path: string, said: unknown): Promise<T> => {
    const reply = await visit(`${webUrl}${path}`, { type: 'application/json', text: JSON.stringify(said) });
    const answer = (await reply.json()) as T;
    if (!reply.ok) throw new Error(`${path} answered ${String(reply.status)}: ${JSON.stringify(answer)}`);
    return answer;
  };

  const away = await visit(`${webUrl}/link/sign-in`, { type: 'application/x-www-form-urlencoded', text: 'return_to=/link' });
  await visit(github.authorize({ user: login, url: away.headers.get('location') ?? '' }));
  const page = await (await visit(`${webUrl}/link`)).text();
  if (!page.includes(`GitHub user id ${String(id)}`)) throw new Error(`${login} is not signed in at the link page`);
  tell(`${login}, who works on it, signs in at ${webUrl}/link through GitHub, which tells the numeric id:`, `GitHub user id ${String(id)}`);

  const wallet = signerFromSeed(randomBytes(32));
  await localnet.faucet.airdrop(wallet.address, 1_000_000_000n);
  const wish = { step: 'link', user: String(id) };
  const { transaction, terms } = await post<{ transaction: string; terms: { account: string; attestor: string } }>('/link/prepare', { ...wish, wallet: wallet.address });
  const signed = signTransaction(Buffer.from(transaction, 'base64'), [wallet]);
  const { signature } = await post<{ signature: string }>('/link/submit', { ...wish, transaction: Buffer.from(signed).toString('base64') });
  const account = parseAddress(terms.account);
  const identity = await until('the identity in finalized state', async () => {
    const found = await chain.account(account, 'finalized');
    return found && decodeIdentity(found.data);
  });
  if (identity.wallet !== wallet.address || identity.githubId !== String(id)) throw new Error('the link on chain is not the one that was signed');
  tell('The wallet and the attestor sign one transaction, and the link stands on chain, cooling down for 72 hours:', [
    `signature ${signature}`, `identity  ${account}`, `user      ${identity.githubId}`, `wallet    ${identity.wallet}`, `attestor  ${terms.attestor}`,
  ]);
  return { login, account, wallet: wallet.address };
}

/** Where a payout goes now, by the program's own rule. */
export async function readLink({ stack: { chain, operator }, tell }: Teller, { login, account, wallet }: Linked): Promise<void> {
  const [found, of, now] = await Promise.all([chain.account(account, 'finalized'), chain.account(operator, 'finalized'), chain.time()]);
  if (found === undefined || of === undefined) throw new Error('the identity is gone from the chain');
  const standing = effectiveWallet(decodeIdentity(found.data), decodeOperator(of.data), now);
  if (standing.kind !== 'wallet' || standing.wallet !== wallet) throw new Error(`a payout to ${login} would find ${standing.kind}`);
  tell(`The link of ${login} has cooled down: payouts go to this wallet, by the program’s own rule:`, wallet);
}
