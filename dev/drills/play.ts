import { randomBytes } from 'node:crypto';
import { parseAddress, signerFromSeed, signTransaction, type Address, type Signer } from '@doubloon/escrow';
import { identity, treasury } from '@doubloon/rpc';
import { moveClock } from '../demo/clock.ts';
import { openPerson, type Person } from '../demo/person.ts';
import { until } from '../demo/until.ts';
import type { Stack } from '../stack/stack.ts';
import { repository, type Site } from './site.ts';

const { DepositState, OfferState } = treasury;
/** On a busy machine, with an app that is starting again. */
const patienceMs = 60_000;

/** An issue of its own. */
export interface Place {
  readonly number: number;
  readonly repositoryId: string;
  readonly issueId: string;
  person(login: string): Person;
}

export interface Money {
  readonly denom: 'sol' | 'usdc';
  readonly text: string;
}

export interface Funded {
  readonly offerId: string;
  readonly deposit: Address;
}

/** Asks until somebody answers: an app may be away for a moment. What was refused for another reason rejects. */
const insist = <T>(what: string, ask: () => Promise<T>): Promise<T> => until(what, () => ask().catch((error: unknown) => {
  const { code } = error as { code?: string };
  if (code !== undefined && !['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNAUTHENTICATED', 'BLOCKHASH_EXPIRED', 'CHAIN_UNAVAILABLE'].includes(code)) throw error;
  return undefined;
}), patienceMs);

export function openPlace({ github }: Stack, title: string): Place {
  const { number } = github.openIssue('ada', repository, { title });
  const { id, repositoryId } = github.issue(repository, number);
  return { number, issueId: String(id), repositoryId: String(repositoryId), person: (login) => openPerson(github, login, repository, number) };
}

export async function newWallet({ localnet }: Stack): Promise<Signer> {
  const wallet = signerFromSeed(randomBytes(32));
  await Promise.all([localnet.faucet.airdrop(wallet.address, 3_000_000_000n), localnet.faucet.giveUsdc(wallet.address, 500_000_000n)]);
  return wallet;
}

const bountyOf = (stack: Stack, { repositoryId, issueId }: Place) => insist('the bounty', () => stack.treasury.getBounty({ repositoryId, issueId }));

/** Offers in a comment. Answers the comment and the offer's id, once it is open. */
export async function offer(stack: Stack, place: Place, login: string, { denom, text }: Money): Promise<{ comment: number; offerId: string }> {
  const { id } = await place.person(login).comment(`For whoever does it: $${denom}:${text}$`);
  const offerId = await until(`the offer of comment ${String(id)}`, async () => (await bountyOf(stack, place)).offers.find(({ source }) => source?.id === String(id))?.id, patienceMs);
  return { comment: id, offerId };
}

/** Offers, and puts it in escrow. */
export async function fund(stack: Stack, place: Place, login: string, money: Money, wallet: Signer): Promise<Funded & { comment: number }> {
  const { comment, offerId } = await offer(stack, place, login, money);
  const deposit = await insist('the signed transaction to be taken', async () => {
    const built = await stack.treasury.buildFunding({ offerId, wallet: wallet.address });
    await stack.treasury.submitFunding({ offerId, transaction: signTransaction(built.transaction, [wallet]) });
    return parseAddress(built.deposit);
  });
  await until(`offer ${offerId} to be funded`, async () => ((await bountyOf(stack, place)).offers.find(({ id }) => id === offerId)?.state === OfferState.FUNDED ? true : undefined), patienceMs);
  return { comment, offerId, deposit };
}

/** Waits for deposits to be in a state. */
export const depositsAre = (stack: Stack, place: Place, addresses: readonly string[], state: keyof typeof DepositState): Promise<true> =>
  until(`the deposits of issue ${String(place.number)} to be ${state}`, async () => {
    const { deposits } = await bountyOf(stack, place);
    return addresses.every((address) => deposits.find((one) => one.address === address)?.state === DepositState[state]) ? true : undefined;
  }, patienceMs);

/** Signs in through GitHub and links a wallet. Answers the wallet, once the service knows the link. */
export async function link(stack: Stack, login: string): Promise<Signer> {
  const { identity: service, github } = stack;
  const wallet = await newWallet(stack);
  const address = '192.0.2.1';
  const step = identity.LinkStep.LINK;
  await insist(`${login} to be signed in and the link to be taken`, async () => {
    const begun = await service.beginSession({ returnTo: '/link', address });
    const back = new URL(github.authorize({ user: login, url: begun.authorizeUrl })).searchParams;
    const { session } = await service.completeOAuth({ session: begun.session, code: back.get('code') ?? '', state: back.get('state') ?? '', error: back.get('error') ?? '', address });
    const built = await service.buildLink({ step, session, wallet: wallet.address, address });
    return service.submitLink({ step, session, transaction: signTransaction(built.transaction, [wallet]), address });
  });
  const githubId = String(github.account(login).id);
  await until(`the link of ${login}`, () => service.getIdentity({ githubId }).then(({ identity: found }) => (found?.wallet === wallet.address ? true : undefined), () => undefined), patienceMs);
  return wallet;
}

/** Days pass on the chain. */
export async function letDaysPass({ stack, say }: Site, days: number): Promise<void> {
  const { now } = await moveClock(stack, (await stack.chain.time()) + BigInt(days) * 86_400n + 60n);
  say(`${String(days)} days pass on the chain`, new Date(Number(now) * 1000).toISOString());
}
