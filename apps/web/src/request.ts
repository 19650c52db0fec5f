import { DoubloonError } from '@doubloon/errors';
import { z } from 'zod';
import { depositSteps, type DepositStep } from './deciding/step-view.ts';
import { linkSteps, type LinkStep } from './linking/identity-view.ts';

const offerId = /^[0-9a-f]{32}$/;

/** The opaque id of a fund link. OFFER_ABSENT for anything else, so that guessing tells nothing. */
export function readOfferId(text: string): string {
  if (!offerId.test(text)) throw new DoubloonError('OFFER_ABSENT', { offerId: text.slice(0, 32) });
  return text;
}

const bounty = /^([1-9]\d{0,18})-([1-9]\d{0,18})$/;

/** The ids in the address of a bounty: `<repository id>-<issue id>`. BOUNTY_ABSENT for anything else. */
export function readBounty(text: string): { repositoryId: string; issueId: string } {
  const [, repositoryId, issueId] = bounty.exec(text) ?? [];
  if (repositoryId === undefined || issueId === undefined) throw new DoubloonError('BOUNTY_ABSENT', { bounty: text.slice(0, 40) });
  return { repositoryId, issueId };
}

const address = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** The address of a deposit. DEPOSIT_ABSENT for anything else. */
export function readDeposit(text: string): string {
  if (!address.test(text)) throw new DoubloonError('DEPOSIT_ABSENT', { deposit: text.slice(0, 44) });
  return text;
}

const wallet = z.string().regex(address);
const walletBody = z.strictObject({ wallet });
// 1232 bytes are what a Solana packet carries; base64 makes 1644 characters of them.
const transaction = z.base64().min(4).max(1644);
const transactionBody = z.strictObject({ transaction });
const githubId = z.string().regex(/^[1-9]\d{0,18}$/);
const linkBody = z.strictObject({ step: z.enum(linkSteps), user: githubId, wallet });
const signedLinkBody = z.strictObject({ step: z.enum(linkSteps), user: githubId, transaction });
const share = z.strictObject({ githubId, bps: z.int().min(1).max(10_000) });
const awardBody = z.strictObject({ deposit: wallet, wallet, shares: z.array(share).min(1).max(8) });
const signedAwardBody = z.strictObject({ deposit: wallet, transaction });
// A deposit has at most eight shares.
const stepOfDeposit = { step: z.enum(depositSteps), share: z.int().min(0).max(7) };
const stepBody = z.strictObject({ ...stepOfDeposit, wallet });
const signedStepBody = z.strictObject({ ...stepOfDeposit, transaction });

/** REQUEST_INVALID when the body is not what the page sends. */
async function read<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await request.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new DoubloonError('REQUEST_INVALID', { problem: 'its body is not what this page sends' });
  return parsed.data;
}

export const readWallet = async (request: Request): Promise<string> => (await read(request, walletBody)).wallet;
export const readTransaction = async (request: Request): Promise<Uint8Array> => Buffer.from((await read(request, transactionBody)).transaction, 'base64');

/** A numeric id of GitHub. GITHUB_USER_ABSENT for anything else. */
export function readGitHubId(text: string): string {
  if (!githubId.safeParse(text).success) throw new DoubloonError('GITHUB_USER_ABSENT', { login: text.slice(0, 40) });
  return text;
}

export const readLink = (request: Request): Promise<{ step: LinkStep; user: string; wallet: string }> => read(request, linkBody);

export async function readSignedLink(request: Request): Promise<{ step: LinkStep; user: string; transaction: Uint8Array }> {
  const { step, user, transaction: signed } = await read(request, signedLinkBody);
  return { step, user, transaction: Buffer.from(signed, 'base64') };
}

export const readAwardToSign = (request: Request): Promise<z.output<typeof awardBody>> => read(request, awardBody);

export async function readSignedAward(request: Request): Promise<{ deposit: string; transaction: Uint8Array }> {
  const { deposit, transaction: signed } = await read(request, signedAwardBody);
  return { deposit, transaction: Buffer.from(signed, 'base64') };
}

export const readStep = (request: Request): Promise<{ step: DepositStep; share: number; wallet: string }> => read(request, stepBody);

export async function readSignedStep(request: Request): Promise<{ step: DepositStep; share: number; transaction: Uint8Array }> {
  const { step, share: which, transaction: signed } = await read(request, signedStepBody);
  return { step, share: which, transaction: Buffer.from(signed, 'base64') };
}
