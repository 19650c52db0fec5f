import { treasury } from '@doubloon/rpc';
import { inCell, link, shortened } from './markdown.ts';
import type { Own } from './own.ts';
import { amount, count, day, sumOf, type Bounty } from './phrases.ts';

const { DepositState, OfferState, SubmissionState } = treasury;

/** More rows of a kind than this are summed up: a flood must not outgrow a comment. */
const mostRows = 20;

/** What of each denom is here: funded, and offered. */
export function totals({ totals: sums }: Bounty): string[] {
  // What is over leaves no line of zeros behind.
  const shown = sums.filter(({ funded, offered }) => [funded, offered].some((sum) => sum !== '0' && sum !== ''));
  if (shown.length === 0) return ['There is no money on this issue.'];
  return shown.map(({ denom, funded, fundedText, offered, offeredText }) => {
    const parts = [`**${amount(fundedText, denom)}** funded, in escrow`];
    if (offered !== '0' && offered !== '') parts.push(`${amount(offeredText, denom)} offered and not funded yet`);
    return funded === '0' && parts[1] !== undefined ? `- ${parts[1]}` : `- ${parts.join(', ')}`;
  });
}

/** Whether money of it is in escrow. */
export const isHeld = ({ state }: treasury.Deposit): boolean => state === DepositState.HELD || state === DepositState.AWARDED;

/** Under the minimum of the repository: nobody handles it by themselves, so that nobody can make us pay fees for dust. */
export const isSmall = ({ state, money }: treasury.Deposit, rules: Own['rules']): boolean =>
  state === DepositState.HELD && money !== undefined && BigInt(money.amount) < BigInt(rules?.minimums[money.denom] ?? 0);

/** One row for each deposit, what holds money first, and one for each offer that is not funded yet. */
export function rows(bounty: Bounty, { rules }: Own): string[] {
  const offers = new Map(bounty.offers.map((offer) => [offer.id, offer]));
  const order = [DepositState.HELD, DepositState.AWARDED];
  const place = ({ state }: treasury.Deposit) => (order.includes(state) ? order.indexOf(state) : order.length);
  const deposits = bounty.deposits.filter((deposit) => !isSmall(deposit, rules)).toSorted((a, b) => place(a) - place(b));
  const small = bounty.deposits.filter((deposit) => isSmall(deposit, rules));
  const open = [OfferState.SUBMITTED, OfferState.OFFERED].flatMap((state) => bounty.offers.filter((offer) => offer.state === state));
  const left = [[deposits, 'more deposit'] as const, [open, 'more offer'] as const].flatMap(([all, word]) => (all.length > mostRows ? [count(all.length - mostRows, word)] : []));
  const lines = [
    ...deposits.slice(0, mostRows).map((deposit) => depositRow(deposit, offers.get(deposit.offerId), bounty.bountyUrl)),
    ...open.slice(0, mostRows).map(offerRow),
  ];
  return [
    ...(lines.length === 0 ? [] : ['| From | Amount | State | Until | Transaction |', '| --- | --- | --- | --- | --- |', ...lines]),
    ...(left.length === 0 ? [] : ['', `And ${left.join(' and ')}.`]),
    ...(small.length === 0 ? [] : ['', `And ${count(small.length, 'deposit')} under the minimum of this repository, ${sumOf(bounty, small.flatMap(({ money }) => money ?? []))} in all: nothing is done about those by itself.`]),
  ];
}

function depositRow(deposit: treasury.Deposit, offer: treasury.Offer | undefined, bountyUrl: string): string {
  const { funder, text, money, deadline, signature, state } = deposit;
  const proof = offer?.fundUrl ?? bountyUrl;
  return row([inCell(shortened(funder)), amount(text, money?.denom ?? ''), stateOf(deposit, offer), state === DepositState.HELD ? day(deadline) : '–',
    signature === '' ? link('seen on chain', proof) : link(inCell(shortened(signature, 8)), proof)]);
}

const over = [OfferState.REPLACED, OfferState.WITHDRAWN, OfferState.EXPIRED];

/** It was money for an offer that had ended: it is never awarded, and can go back at once. */
export const isLate = (offer: treasury.Offer | undefined): boolean => offer !== undefined && over.includes(offer.state);

function stateOf({ state, withRelayer, vetoed, award }: treasury.Deposit, offer: treasury.Offer | undefined): string {
  switch (state) {
    case DepositState.HELD:
      if (isLate(offer)) return 'funded after the offer had ended';
      if (vetoed) return 'funded, an award of it was vetoed';
      return withRelayer ? 'funded' : 'funded, the funder decides alone';
    case DepositState.AWARDED: {
      const shares = award?.shares ?? [];
      const paid = shares.filter(({ settled }) => settled !== '').length;
      if (paid > 0) return `awarded, ${String(paid)} of ${count(shares.length, 'share')} settled`;
      return award === undefined || award.finalAt <= award.awardedAt ? 'awarded' : `awarded, final at ${day(award.finalAt)}`;
    }
    case DepositState.PAID: return 'paid';
    case DepositState.REFUNDED: return 'refunded';
    case DepositState.CANCELLED: return 'cancelled, back with the funder';
    case DepositState.CLOSED:
    case DepositState.UNSPECIFIED: return 'closed on the chain';
  }
}

function offerRow(offer: treasury.Offer): string {
  const { submission, offeredBy, text, money, state, expiresAt, fundUrl } = offer;
  const signed = isUnderWay(submission) ? submission : undefined;
  const isLapsed = submission !== undefined && signed === undefined;
  return row([
    signed === undefined ? `asked by ${inCell(offeredBy?.login ?? '')}` : inCell(shortened(signed.wallet)),
    amount(text, money?.denom ?? ''),
    state === OfferState.SUBMITTED ? 'signed, on its way' : isLapsed ? 'not funded yet (the last try did not land)' : 'not funded yet',
    day(expiresAt),
    signed === undefined ? '–' : link(inCell(shortened(signed.signature, 8)), fundUrl),
  ]);
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const isUnderWay = (submission: treasury.Submission | undefined): submission is treasury.Submission =>
  submission !== undefined && submission.state !== SubmissionState.FAILED && submission.state !== SubmissionState.EXPIRED;

const endings: readonly (readonly [treasury.OfferState, string])[] = [
  [OfferState.REPLACED, 'replaced by an edit'],
  [OfferState.WITHDRAWN, 'withdrawn'],
  [OfferState.EXPIRED, 'expired unfunded'],
  [OfferState.REFUNDED, 'refunded'],
  [OfferState.PAID, 'awarded and paid out'],
  [OfferState.CLOSED, 'closed on the chain, in a way that was not seen here'],
];

/** How many offers came to which end. */
export function ended({ offers, deposits }: Bounty): string[] {
  const held = new Set(deposits.filter(isHeld).map(({ offerId }) => offerId));
  const counts = endings
    .map(([state, word]) => [offers.filter((offer) => offer.state === state && !held.has(offer.id)).length, word] as const)
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${String(many)} ${word}`);
  return counts.length === 0 ? [] : [`Ended: ${counts.join(', ')}.`];
}
