import { z } from 'zod';

const decimal = z.string().regex(/^[1-9]\d{0,19}$/).describe('Base units, decimal');
const base58 = (min: number, max: number) => z.string().regex(new RegExp(`^[1-9A-HJ-NP-Za-km-z]{${min},${max}}$`));
const offerId = z.string().regex(/^[0-9a-f]{32}$/).describe('Id of the offer: 32 lower-case hexadecimal digits');
const denom = z.string().regex(/^[a-z][a-z0-9]{1,11}$/).describe('Name of the denom, for example usdc');
const deposit = base58(32, 44).describe('Address of the deposit account, base58');
const funder = base58(32, 44).describe('Wallet of the funder, base58');
const signature = base58(64, 88).describe('Signature of the transaction, base58');
const deadline = z.iso.datetime().describe('When anybody may send the deposit back, RFC 3339 in UTC');
const reason = z.string().min(1).max(500).describe('Why, fit to show');

const money = { denom, amount: decimal };
const offer = { offerId, ...money };
const ofDeposit = { offerId: offerId.optional(), ...money, deposit, funder };
const githubId = z.string().regex(/^[1-9]\d{0,19}$/).describe('Numeric GitHub id of the user, decimal');
const bps = z.number().int().min(1).max(10_000).describe('Basis points of the deposit');
const share = z.number().int().min(0).max(7).describe('Which share of the award, from 0; the amount is that of the share');

const bounty = <T extends z.ZodRawShape>(meaning: string, data: T) => ({ topic: 'bounty', source: '/doubloon/treasury', meaning, data: z.object(data) }) as const;

const wallet = base58(32, 44).describe('Wallet, base58');
const account = base58(32, 44).describe('Address of the identity account, base58');
const identity = <T extends z.ZodRawShape>(meaning: string, data: T) => ({ topic: 'identity', source: '/doubloon/identity', meaning, data: z.object({ account, ...data }) }) as const;

/** Every event type we publish: its topic, who publishes it, and the shape of its data. Fields are added, never changed: that takes a v2. */
export const eventTypes = {
  'dev.doubloon.bounty.offered.v1': bounty('A comment asked for money on the issue; nothing has moved yet.', offer),
  'dev.doubloon.bounty.replaced.v1': bounty('An edit put another offer in the place of this one.', {
    ...offer, replacedBy: offerId.describe('Id of the offer that stands in its place'), reason: reason.optional(),
  }),
  'dev.doubloon.bounty.withdrawn.v1': bounty('An offer that was not funded was taken back.', { ...offer, reason: reason.optional() }),
  'dev.doubloon.bounty.offer-expired.v1': bounty('An offer ended because nobody funded it in time.', offer),
  'dev.doubloon.bounty.submitted.v1': bounty('A signed transaction is on its way to the chain; this is not yet money in escrow.', {
    ...offer, signature, funder, deposit: deposit.optional(), deadline: deadline.optional(),
  }),
  'dev.doubloon.bounty.submission-expired.v1': bounty('That transaction can no longer land, or the chain refused it.', {
    ...offer, signature, funder: funder.optional(), deposit: deposit.optional(), reason: reason.optional(),
  }),
  'dev.doubloon.bounty.funded.v1': bounty('The deposit stands in finalized state.', {
    offerId: offerId.optional(), ...money, deposit, funder, deadline, signature: signature.optional(),
  }),
  'dev.doubloon.bounty.awarded.v1': bounty('A deposit was awarded. Until it is final, another decider may veto.', {
    ...ofDeposit, shares: z.array(z.object({ githubId, bps, amount: decimal })).min(1).max(8).describe('Who earned what of it; the amounts add up'),
    by: z.array(z.enum(['funder', 'relayer', 'approver'])).min(1).describe('Who decided'),
    finalAt: z.iso.datetime().describe('From when on it can not be vetoed, RFC 3339 in UTC'),
  }),
  'dev.doubloon.bounty.vetoed.v1': bounty('An award was undone before it was final.', {
    ...ofDeposit, reason: z.enum(['vetoed', 'withdrawn', 'void']).describe('By another decider, by whoever made it, or by the end of the relayer\'s key'),
  }),
  'dev.doubloon.bounty.paid.v1': bounty('A share of an award went to the wallet of who earned it.', { ...ofDeposit, share, githubId, signature: signature.optional() }),
  'dev.doubloon.bounty.cancelled.v1': bounty('An unawarded deposit was sent back to its funder by a decision.', { ...ofDeposit, signature: signature.optional() }),
  'dev.doubloon.bounty.refunded.v1': bounty('A deposit, or a share of it that nobody claimed, went back to its funder because its time was over.', { ...ofDeposit, share: share.optional(), githubId: githubId.optional(), signature: signature.optional() }),
  'dev.doubloon.bounty.closed.v1': bounty('The account of a deposit is gone, and its rent went back. If nothing was told of an end before, nobody here saw how its money left.', ofDeposit),
  'dev.doubloon.identity.linked.v1': identity('A wallet is linked to the GitHub user in finalized state; payouts go to it from the instant that is named.', {
    wallet, linkedAt: z.iso.datetime().describe('When it was linked, RFC 3339 in UTC'), paysFrom: z.iso.datetime().describe('When payouts go to it, unless something happens until then, RFC 3339 in UTC'),
    signature: signature.optional(),
  }),
  'dev.doubloon.identity.changing.v1': identity('Another wallet was asked for, or the old one objects to that; payouts wait.', {
    wallet: wallet.describe('The wallet that was linked until now, base58'), pendingWallet: wallet.optional().describe('The wallet that is asked for, base58'),
    pendingFrom: z.iso.datetime().optional().describe('When that one takes over by itself, RFC 3339 in UTC'), contested: z.boolean().describe('Whether the old wallet objects: then nothing happens by itself'),
  }),
  'dev.doubloon.identity.unlinked.v1': identity('The GitHub user has no wallet any more: it ended the link, or the attestor that vouched for it was disabled in time.', {
    wallet: wallet.describe('The wallet that was linked until now, base58'),
  }),
} as const;

export type EventType = keyof typeof eventTypes;
export type EventData<T extends EventType = EventType> = z.output<(typeof eventTypes)[T]['data']>;
export type BountyEventType = Extract<EventType, `dev.doubloon.bounty.${string}`>;
export type IdentityEventType = Extract<EventType, `dev.doubloon.identity.${string}`>;

export const isEventType = (type: string): type is EventType => Object.hasOwn(eventTypes, type);
