import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { formatAmount } from '@doubloon/domain';
import { isDoubloonError } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { treasury, type IdentityClient, type TreasuryClient } from '@doubloon/rpc';
import type { OfferKey, OfferWork } from '../issues/intent.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import { inCode, link } from '../living-comment/markdown.ts';
import { whyNotOffer } from './may-offer.ts';
import { findOffer, keepCovered, keepOpened } from './offer-row.ts';
import { findSource } from './source-row.ts';

export interface Pursuit {
  readonly pool: Pool;
  readonly client: TreasuryClient;
  /** Knows the rules of repositories. */
  readonly identity: Pick<IdentityClient, 'authorize'>;
  /** Decimals of each denom that can be offered here. */
  readonly denoms: ReadonlyMap<string, number>;
}

/** What became of a piece of work: done, done with a sentence to tell, or to be looked at again when the chain has spoken. */
export type Outcome = 'done' | 'waits' | { readonly told: string };

/** Failures of the treasury that no repetition mends. Everything else is tried again. */
const final = ['AMOUNT_INVALID', 'DENOM_UNKNOWN', 'AMOUNT_TOO_SMALL', 'REQUEST_INVALID'] as const;

/**
 * A top-up's place among the equal pairs of its source: made from the offer it belongs to, and apart from the pairs that
 * stand in a text (there are at most five).
 */
const topUpNth = ({ amount, nth }: OfferKey): number => 100 + (createHash('sha256').update(`${amount}/${String(nth)}`).digest().readUInt32BE() % 900);

const { OfferState } = treasury;
const heldStates = [OfferState.FUNDED, OfferState.REFUNDED];

/** Does one piece of work with the treasury. Every step may be repeated; what is not one of its final refusals rejects. */
export async function pursueOffer(pursuit: Pursuit, issue: KnownIssue, work: OfferWork): Promise<Outcome> {
  try {
    switch (work.kind) {
      case 'open': return await openWhole(pursuit, issue, work.offer);
      case 'withdraw': return await withdraw(pursuit, work.offer, work.reason);
      case 'replace': return await replace(pursuit, issue, work.offer, work.by);
    }
  } catch (error) {
    if (isDoubloonError(error) && (final as readonly string[]).includes(error.code)) return { told: `${inCode('by' in work ? work.by.denom : work.offer.denom)} ${link('here', (await findSource(pursuit.pool, work.offer.sourceKind, work.offer.sourceId))?.url ?? '')}: ${error.message}` };
    throw error;
  }
}

async function openWhole(pursuit: Pursuit, issue: KnownIssue, key: OfferKey): Promise<Outcome> {
  const opened = await open(pursuit, issue, key, BigInt(key.amount), key.nth);
  if (typeof opened !== 'string') return opened;
  failpoint('offer-opened');
  await keepOpened(pursuit.pool, key, opened);
  return 'done';
}

/** Answers the offer's id, or why it may not be made: that is asked first. */
async function open(pursuit: Pursuit, issue: KnownIssue, key: OfferKey, amount: bigint, nth: number): Promise<string | { readonly told: string }> {
  const { pool, client } = pursuit;
  const { repositoryId, issueId, repository, number, title, url } = issue;
  const source = await findSource(pool, key.sourceKind, key.sourceId);
  if (source === undefined) throw new Error('an offer without its source');
  const whyNot = await whyNotOffer(pursuit, issue, key);
  const decimals = pursuit.denoms.get(key.denom);
  if (whyNot !== undefined) return { told: `${inCode(`${decimals === undefined ? '' : `${formatAmount(amount, decimals)} `}${key.denom}`)} ${link('here', source.url)}: ${whyNot}` };
  const { offer } = await client.openOffer({
    source: { kind: key.sourceKind, id: key.sourceId, nth, url: source.url },
    issue: { repositoryId, issueId, repository, number, title, url },
    offeredBy: { githubId: source.authorId, login: source.authorLogin },
    money: { denom: key.denom, amount: amount.toString() },
    writtenAt: source.updatedAt.toISOString(),
  });
  if (offer === undefined) throw new Error('the treasury opened an offer without telling which');
  return offer.id;
}

const stays: Readonly<Record<'edited' | 'deleted' | 'cancelled', string>> = {
  edited: 'the text that offered it no longer does', deleted: 'the text that offered it was deleted', cancelled: 'what is funded can not be cancelled by a comment',
};

// A funded offer stays as it is, and one whose transaction is alive keeps the wish: the treasury sees to both. Which of them
// it becomes is told when the chain has decided.
async function withdraw({ pool, client }: Pursuit, key: OfferKey, reason: keyof typeof stays): Promise<Outcome> {
  const offerId = (await findOffer(pool, key))?.offerId;
  if (offerId === undefined) return 'done';
  const { offer, pending } = await client.withdrawOffer({ offerId, reason });
  if (pending) return 'waits';
  return offer?.state === OfferState.FUNDED ? { told: `${inCode(`${offer.text} ${key.denom}`)} stays in escrow: ${stays[reason]}.` } : 'done';
}

/**
 * An edit put `to` in the place of `from`. Unfunded, the new offer replaces the old one. Once funded, the chain wins: only
 * what the new amount has beyond it is asked for. In between, while a signed transaction may land, it waits.
 */
async function replace(pursuit: Pursuit, issue: KnownIssue, from: OfferKey, to: OfferKey): Promise<Outcome> {
  const { pool, client } = pursuit;
  const row = await findOffer(pool, from);
  const isSameDenom = from.denom === to.denom;
  const covered = isSameDenom ? (row?.covered ?? 0n) : 0n;
  if (row?.offerId === undefined) return openBeyond(pursuit, issue, to, covered);
  const { offer } = await client.getOffer({ offerId: row.offerId });
  if (offer === undefined || offer.state === OfferState.SUBMITTED) return 'waits';
  if (heldStates.includes(offer.state)) return isSameDenom ? openBeyond(pursuit, issue, to, covered + BigInt(offer.money?.amount ?? '0')) : openWhole(pursuit, issue, to);

  const outcome = await openBeyond(pursuit, issue, to, covered);
  failpoint('replacement-opened');
  const replacement = (await findOffer(pool, to))?.offerId ?? '';
  const { offer: after, pending } = await client.withdrawOffer({ offerId: row.offerId, reason: 'edited', replacedBy: replacement });
  // Somebody signed in between: what was opened in its place is taken back, and the chain decides first.
  if (!pending && (after === undefined || !heldStates.includes(after.state))) return outcome;
  if (replacement !== '') await client.withdrawOffer({ offerId: replacement, reason: 'edited' });
  return 'waits';
}

async function openBeyond(pursuit: Pursuit, issue: KnownIssue, to: OfferKey, covered: bigint): Promise<Outcome> {
  const decimals = pursuit.denoms.get(to.denom);
  if (covered === 0n || decimals === undefined) return openWhole(pursuit, issue, to);
  const difference = BigInt(to.amount) - covered;
  const said = `${inCode(`${formatAmount(BigInt(to.amount), decimals)} ${to.denom}`)} is asked for now, and ${inCode(`${formatAmount(covered, decimals)} ${to.denom}`)} was funded before that`;
  if (difference <= 0n) {
    await keepCovered(pursuit.pool, to, covered);
    return { told: `${said}: an edit changes nothing about what is funded.` };
  }
  const opened = await open(pursuit, issue, to, difference, topUpNth(to));
  if (typeof opened !== 'string') return opened;
  failpoint('top-up-opened');
  await keepOpened(pursuit.pool, to, opened, covered);
  return { told: `${said}: the offer is for the difference.` };
}
