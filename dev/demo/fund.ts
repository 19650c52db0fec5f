import { randomBytes } from 'node:crypto';
import { decodeDeposit, parseAddress, signerFromSeed, signTransaction, vaultAddress, type Address, type Deposit, type Signer } from '@doubloon/escrow';
import type { Stack } from '../stack/stack.ts';
import { instant } from './clock.ts';
import { amountText, tokensAt, type Denom } from './holdings.ts';
import type { Comment, Person } from './person.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

const lamportsPerSol = 1_000_000_000n;

export interface Wish {
  readonly denom: Denom;
  readonly text: string;
  readonly amount: bigint;
}

/** Who offers what, and where. */
export interface Offering {
  readonly login: string;
  readonly person: Person;
  readonly text: string;
  readonly wishes: readonly Wish[];
}

/** Money in escrow. */
export interface Funded {
  readonly wish: Wish;
  readonly offerId: string;
  readonly address: Address;
  readonly deposit: Deposit;
}

/** A comment with wishes; answers the living comment, and the ids of the offers in their order. */
export async function offer({ tell }: Teller, { login, person, text, wishes }: Offering): Promise<{ living: Comment; offers: readonly string[] }> {
  const said = `${text} ${wishes.map(({ denom, text: amount }) => `$${denom}:${amount}$`).join(' and ')}`;
  const comment = await person.comment(said);
  tell(`${login} comments on an issue: ${said}`, comment.html_url);
  const linksIn = (body: string) => wishes.map((wish) => new RegExp(`Fund ${wish.text.replace('.', '\\.')} ${wish.denom}\\]\\([^)]*/fund/([0-9a-f]{32})`).exec(body)?.[1] ?? '');
  const living = await until('the living comment', () => person.livingComment((body) => linksIn(body).every((id) => id !== '')));
  tell(`The bot answers with its one living comment (${living.html_url}):`, living.text);
  return { living, offers: linksIn(living.body) };
}

/** A wallet with 2 SOL and 100 USDC. */
export async function newWallet({ localnet }: Stack): Promise<Signer> {
  const wallet = signerFromSeed(randomBytes(32));
  await Promise.all([localnet.faucet.airdrop(wallet.address, 2n * lamportsPerSol), localnet.faucet.giveUsdc(wallet.address, 100_000_000n)]);
  return wallet;
}

/** The whole way from a comment to money that stands in finalized state. */
export async function offerAndFund(teller: Teller, offering: Offering, wallet: Signer): Promise<{ living: Comment; funded: readonly Funded[] }> {
  const { living, offers } = await offer(teller, offering);
  const signed: Signed[] = [];
  for (const [index, wish] of offering.wishes.entries()) signed.push(await sign(teller, wallet, wish, offers[index] ?? ''));
  const funded: Funded[] = [];
  for (const one of signed) funded.push(await readDeposit(teller, wallet, one));
  return { living, funded };
}

type Signed = Omit<Funded, 'deposit'>;
const mintOf = ({ localnet }: Stack, { denom }: Wish): Address | undefined => (denom === 'usdc' ? localnet.mints.usdc : undefined);

/** Reads the page of an offer, signs, and hands the bytes in. */
async function sign({ stack, tell }: Teller, wallet: Signer, wish: Wish, offerId: string): Promise<Signed> {
  const { webUrl } = stack;
  const link = `${webUrl}/fund/${offerId}`;
  const page = await fetch(link);
  const html = await page.text();
  if (!page.ok || !html.includes('What you sign')) throw new Error(`the fund page answered ${String(page.status)}`);
  if (!html.includes(mintOf(stack, wish) ?? '')) throw new Error('the fund page does not show the mint');
  tell(`The link to fund ${wish.text} ${wish.denom} shows the terms, rendered on the server:`, link);

  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const reply = await fetch(`${link}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', origin: webUrl }, body: JSON.stringify(body) });
    const answer = (await reply.json()) as T;
    if (!reply.ok) throw new Error(`${path} answered ${String(reply.status)}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const built = await post<{ transaction: string; deposit: string }>('prepare', { wallet: wallet.address });
  const signed = signTransaction(Buffer.from(built.transaction, 'base64'), [wallet]);
  const { signature } = await post<{ signature: string }>('submit', { transaction: Buffer.from(signed).toString('base64') });
  tell(`The wallet ${wallet.address} signs and hands the bytes in:`, `signature ${signature}`);
  return { wish, offerId, address: parseAddress(built.deposit) };
}

/** The deposit, once it stands in finalized state. */
async function readDeposit({ stack, tell }: Teller, wallet: Signer, signed: Signed): Promise<Funded> {
  const { chain, operator } = stack;
  const { wish, address } = signed;
  const mint = mintOf(stack, wish);
  const { owner, deposit } = await until('the deposit in finalized state', async () => {
    const finalizedSlot = await chain.slot('finalized');
    const found = await chain.account(address, 'finalized');
    const read = found && { owner: found.owner, deposit: decodeDeposit(found.data) };
    return read && read.deposit.createdSlot <= finalizedSlot ? read : undefined;
  });
  if (deposit.amount !== wish.amount || deposit.mint !== mint || deposit.operator !== operator || deposit.funder !== wallet.address) throw new Error('the deposit on chain is not the one that was signed');
  const vault = mint && vaultAddress({ program: owner, deposit: address }).address;
  tell('The deposit stands in finalized state, read from the chain itself:', [
    `deposit   ${address} (made in slot ${String(deposit.createdSlot)}, owned by ${owner})`,
    `amount    ${amountText(deposit.amount, wish.denom)}${vault === undefined ? '' : `, ${String(await tokensAt(chain, vault))} base units in the vault ${vault}`}`,
    ...(mint === undefined ? [] : [`mint      ${mint}`]),
    `funder    ${deposit.funder}`,
    `issue     ${deposit.repositoryId}/${deposit.issueId}`,
    `deadline  ${instant(deposit.deadline)}`,
  ]);
  return { ...signed, deposit };
}
