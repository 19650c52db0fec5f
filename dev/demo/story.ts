import { randomBytes } from 'node:crypto';
import { formatAmount } from '@doubloon/domain';
import { associatedTokenAddress, decodeDeposit, parseAddress, signerFromSeed, signTransaction, terms, vaultAddress, type Address, type Deposit, type Signer } from '@doubloon/escrow';
import { openEventLog, type Position } from '@doubloon/events';
import type { Stack } from '../stack/stack.ts';
import { runWithKey } from './doubloon.ts';
import { linkWallet, readLink } from './link.ts';
import { openPerson, type Comment, type Person } from './person.ts';
import { until } from './until.ts';

const repository = 'analytical-engines/difference';
const issue = 1;
const lamportsPerSol = 1_000_000_000n;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** What ada offers, in the order of her comment. */
const wishes = [
  { denom: 'sol', decimals: 9, text: '0.5', amount: lamportsPerSol / 2n },
  { denom: 'usdc', decimals: 6, text: '50', amount: 50_000_000n },
] as const;
type Wish = (typeof wishes)[number];

interface Told {
  readonly type: string;
  readonly id: string;
  readonly data: { readonly offerId?: string };
}

interface Teller {
  readonly stack: Stack;
  readonly ada: Person;
  /** Says what happened, with its evidence. */
  tell(what: string, evidence: string | readonly string[]): void;
}

interface Signed {
  readonly wish: Wish;
  readonly offerId: string;
  /** Where the deposit is to stand. */
  readonly address: Address;
}

interface Funded extends Signed {
  readonly deposit: Deposit;
}

/**
 * Plays the main job once, as a person would: everything through GitHub's API and the pages, and the chain read directly
 * for what must not be believed on anybody's word. Says each step with its evidence; rejects when one does not come.
 */
export async function tellStory(stack: Stack, say: (line: string) => void): Promise<void> {
  const tell: Teller['tell'] = (what, evidence) => { say(`${what}\n${[evidence].flat().join('\n').replaceAll(/^/gm, '    ')}`); };
  const teller = { stack, ada: openPerson(stack.github, 'ada', repository, issue), tell };

  const { living, offers } = await offer(teller);
  const wallet = await newWallet(stack);
  const signed: Signed[] = [];
  for (const [index, wish] of wishes.entries()) signed.push(await sign(teller, wallet, wish, offers[index] ?? ''));
  const funded: Funded[] = [];
  for (const one of signed) funded.push(await readDeposit(teller, wallet, one));
  await readEvents(teller, funded);
  await readComment(teller, living, 'The same comment now says', funded.map(({ wish }) => `**${wish.text} ${wish.denom}** funded, in escrow`));

  const [, tokens] = funded;
  if (tokens === undefined) throw new Error('nothing was funded in tokens');
  const linked = await linkWallet(teller, 'grace');
  await letTimePass(teller, tokens);
  await readLink(teller, linked);
  await refundByStranger(teller, tokens);
  await readComment(teller, living, 'The same comment knows it', ['**0.5 sol** funded, in escrow', '1 refunded']);
}

/** A comment with both wishes; answers the living comment, and the ids of the offers in their order. */
async function offer({ ada, tell }: Teller): Promise<{ living: Comment; offers: readonly string[] }> {
  const text = `I would love this. ${wishes.map(({ denom, text: amount }) => `$${denom}:${amount}$`).join(' and ')}`;
  const comment = await ada.comment(text);
  tell(`ada comments on an issue: ${text}`, comment.html_url);
  const linksIn = (body: string) => wishes.map((wish) => new RegExp(`Fund ${wish.text.replace('.', '\\.')} ${wish.denom}\\]\\([^)]*/fund/([0-9a-f]{32})`).exec(body)?.[1] ?? '');
  const living = await until('the living comment', () => ada.livingComment((body) => linksIn(body).every((id) => id !== '')));
  tell(`The bot answers with its one living comment (${living.html_url}):`, living.text);
  return { living, offers: linksIn(living.body) };
}

async function newWallet({ localnet }: Stack): Promise<Signer> {
  const wallet = signerFromSeed(randomBytes(32));
  await Promise.all([localnet.faucet.airdrop(wallet.address, 2n * lamportsPerSol), localnet.faucet.giveUsdc(wallet.address, 100_000_000n)]);
  return wallet;
}

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
    `amount    ${formatAmount(deposit.amount, wish.decimals)} ${wish.denom}${vault === undefined ? '' : `, ${String(await tokensAt(chain, vault))} base units in the vault ${vault}`}`,
    ...(mint === undefined ? [] : [`mint      ${mint}`]),
    `funder    ${deposit.funder}`,
    `issue     ${deposit.repositoryId}/${deposit.issueId}`,
    `deadline  ${instant(deposit.deadline)}`,
  ]);
  return { ...signed, deposit };
}

async function readEvents({ stack: { eventLogUrl }, tell }: Teller, funded: readonly Funded[]): Promise<void> {
  await using log = await openEventLog(eventLogUrl, { clientId: 'demo', log: quiet, topics: ['bounty'] });
  const ours = new Set(funded.map(({ offerId }) => offerId));
  const told = await until('the events bounty.funded', async () => {
    const seen: (Told & Position)[] = [];
    for await (const { value, topic, partition, offset } of log.replay('bounty')) {
      const event = JSON.parse(value) as Told;
      if (ours.has(event.data.offerId ?? '')) seen.push({ ...event, topic, partition, offset });
    }
    return seen.filter(({ type }) => type === 'dev.doubloon.bounty.funded.v1').length === funded.length ? seen : undefined;
  });
  tell('The event log has it all, in order:', told.map(({ type, id, topic, partition, offset }) => `${topic} ${String(partition)}@${offset}  ${type}  id ${id}`));
}

async function readComment({ ada, tell }: Teller, living: Comment, what: string, wanted: readonly string[]): Promise<void> {
  const now = await until(`the living comment to say ${wanted.join(', ')}`, () => ada.livingComment((body) => wanted.every((part) => body.includes(part))));
  if (now.html_url !== living.html_url) throw new Error('there are two living comments');
  tell(`${what} (${now.html_url}):`, now.text);
}

/** Moves the chain's clock, and nobody else's, to where anybody may send the deposit back. */
async function letTimePass({ stack: { chain, localnet }, tell }: Teller, { deposit }: Funded): Promise<void> {
  const opens = deposit.deadline + terms.graceSeconds;
  const before = await chain.time();
  await localnet.timeTravel(Number(opens - before) + 60);
  const after = await until('the chain to be past the deadline', async () => {
    const time = await chain.time();
    return time >= opens ? time : undefined;
  });
  tell('Nobody earns it. Time passes on the chain, past the deadline and three days of grace:', [`before    ${instant(before)}`, `now       ${instant(after)}`]);
}

/** Somebody without any part in it sends a deposit back by the command line, which asks the chain alone. */
async function refundByStranger({ stack: { chain, localnet }, tell }: Teller, { wish, address, deposit }: Funded): Promise<void> {
  const { funder } = deposit;
  const source = associatedTokenAddress({ wallet: funder, mint: localnet.mints.usdc }).address;
  const seed = randomBytes(32);
  const stranger = signerFromSeed(seed);
  await localnet.faucet.airdrop(stranger.address, lamportsPerSol);
  const held = await tokensAt(chain, source);
  const said = await runWithKey(['refund', '--deposit', address, '--rpc', localnet.rpcUrl], { seed, address: stranger.address });
  const signature = /^sending +(\w+)$/m.exec(said)?.[1] ?? '';
  const [holds, left, after] = [await tokensAt(chain, source), (await chain.account(stranger.address, 'confirmed'))?.lamports ?? 0n, decodeDeposit((await chain.account(address, 'confirmed'))?.data ?? new Uint8Array())];
  if (holds - held !== wish.amount || after.state !== 'refunded') throw new Error('the money did not go back to its funder');
  const tokens = (amount: bigint) => `${formatAmount(amount, wish.decimals)} ${wish.denom}`;
  tell(`A stranger's key sends the ${wish.text} ${wish.denom} back, with none of our services: doubloon refund --deposit ${address} --rpc ${localnet.rpcUrl} --keypair …`, [
    `signature ${signature}`,
    `deposit   ${after.state} at ${instant(after.endedAt ?? 0n)}`,
    `funder    ${funder} held ${tokens(held)} and now holds ${tokens(holds)}`,
    `stranger  ${stranger.address} paid ${String(lamportsPerSol - left)} lamports for the network and got nothing`,
  ]);
}

/** Base units in a token account: bytes 64 to 72 of it, little-endian. */
async function tokensAt(chain: Stack['chain'], address: Address): Promise<bigint> {
  const account = await chain.account(address, 'confirmed');
  return account === undefined ? 0n : new DataView(account.data.buffer, account.data.byteOffset).getBigUint64(64, true);
}

const instant = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();
