import { z } from 'zod';
import { evolve, noBounty, offerKey, openOffer as open, parseAmount, type GitHubId, type OfferId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { depositNonce } from '@doubloon/escrow';
import { inTransaction } from '@doubloon/postgres';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { lockBounty } from './bounty-lock.ts';
import { existingOffer, publish, readBounty } from './change-offer.ts';
import { githubId, issueShape, storable, webAddress } from './issue-shape.ts';
import { offerBySource } from './offer-row.ts';
import { offerIdOf } from './offer-id.ts';
import { fundUrl, showOffer } from './offer-view.ts';
import { checkAmount, fundableDenom } from './quote.ts';
import type { Treasury } from '../treasury.ts';

const amount = z.string().refine((text) => { const read = parseAmount(text, 0); return read.ok && String(read.amount) === text; }, 'is no number of base units');
const requestSchema = z.object({
  source: z.object({ kind: z.enum(['issue', 'issue-comment', 'review', 'review-comment']), id: githubId, nth: z.number().int().min(0).max(1_000), url: webAddress }),
  issue: z.object(issueShape),
  offeredBy: z.object({ githubId, login: storable.min(1).max(100) }),
  money: z.object({ denom: z.string(), amount }),
  writtenAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)).or(z.literal('').transform(() => undefined)),
});

// Whoever keeps the issue knows how new that is (`keepIssue`), and this does not.
const insertBounty = `
  insert into bounty (repository_id, issue_id, repository, number, title, url) values ($1, $2, $3, $4, $5, $6)
  on conflict (repository_id, issue_id) do update set repository = $3, number = $4, title = $5, url = $6 where bounty.seen_at = '-infinity'`;

const insertOffer = `
  insert into offer (id, source_kind, source_id, nth, source_url, repository_id, issue_id, offered_by, offered_by_login, denom, mint, decimals, amount, nonce, offered_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

const reopenOffer = `
  update offer set state = $4, opened = opened + 1, offered_at = $2, expires_at = $3, ending = null, replaced_by = null where id = $1`;

const forgetWish = 'update offer set ending = null, replaced_by = null where id = $1';

/**
 * Opens an offer, or answers the one that its source opened before, whatever became of it. One that an edit took away is
 * opened again under its id, because its text stands there again; one that was cancelled, or expired, stays so, and one
 * whose money went back is over: its funder's deposit would be the same account once more.
 * REQUEST_INVALID, DENOM_UNKNOWN, AMOUNT_TOO_SMALL.
 */
export async function openOffer(context: Treasury, request: treasury.OpenOfferRequest): Promise<MessageInitShape<typeof treasury.OpenOfferResponseSchema>> {
  const { pool, denoms, facts, webUrl, now, operator, unclaimed, wake } = context;
  const { source, issue, offeredBy, money, writtenAt } = read(request);
  const denom = fundableDenom(denoms, money.denom);
  const amount = BigInt(money.amount);
  checkAmount(amount, denom, facts.current());

  const answer = await inTransaction(pool, async (db) => {
    await lockBounty(db, issue);
    await db.query(insertBounty, [issue.repositoryId, issue.issueId, issue.repository, issue.number, issue.title, issue.url]);
    const existing = await offerBySource(db, source, { denom: denom.name, amount });
    const key = offerKey({ kind: source.kind, id: source.id as GitHubId }, { denom: denom.name, amount, nth: source.nth });
    const offerId = existing?.id ?? offerIdOf(operator, key);
    // Its life counts from its text: one that we hear of much later, or once more after everything here was lost, is no younger for
    // that. Later than the last time, whatever the clock did: that is what makes it another opening.
    const at = new Date(Math.max(Math.min(now().getTime(), writtenAt?.getTime() ?? Infinity), (existing?.offered_at.getTime() ?? 0) + 1));
    const [event] = open(noBounty, { offer: offerId as OfferId, key, denom: denom.name, amount, at });
    if (event?.type !== 'offered') throw new DoubloonError('OFFER_ABSENT', { offerId });

    if (existing !== undefined) {
      if (existing.ending !== 'edited' || existing.state === 'submitted') {
        if (existing.ending === 'edited') await db.query(forgetWish, [offerId]);
        return { offer: await showOffer(db, await existingOffer(db, offerId), context), opened: false, fundUrl: fundUrl(webUrl, offerId) };
      }
      const state = evolve(await readBounty(db, existing), event).offers.get(offerId as OfferId)?.state;
      await db.query(reopenOffer, [offerId, event.at, event.expiresAt, state]);
    } else {
      await db.query(insertOffer, [
        offerId, source.kind, source.id, source.nth, source.url, issue.repositoryId, issue.issueId, offeredBy.githubId, offeredBy.login,
        denom.name, denom.mint, denom.decimals, amount, depositNonce(offerId), event.at, event.expiresAt,
      ]);
    }
    const offer = await existingOffer(db, offerId);
    await publish(db, offer, event, {});
    return { offer: await showOffer(db, offer, context), opened: true, fundUrl: fundUrl(webUrl, offerId) };
  });
  // Its money may be there before it: then nobody else is to pay for it meanwhile.
  if (unclaimed.has(String(depositNonce(answer.offer.id ?? '')))) wake.scan();
  return answer;
}

function read(request: treasury.OpenOfferRequest): z.output<typeof requestSchema> {
  const checked = requestSchema.safeParse(request);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new DoubloonError('REQUEST_INVALID', { problem: `${issue?.path.join('.') ?? 'it'} ${issue?.message ?? ''}` });
}
