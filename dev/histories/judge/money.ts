import type { Final } from '../final.ts';
import { parts, type Act, type Denom, type History } from '../operation.ts';
import type { Expected } from '../model/expected.ts';
import type { Deposit } from '../model/money.ts';
import { difference, leastDifference } from './difference.ts';

const denoms = ['sol', 'usdc'] as const satisfies readonly Denom[];

/** What an offer is called that has money, by where that is. */
export const offerState = ({ state }: Deposit): string => (state === 'held' || state === 'awarded' ? 'funded' : state === 'cancelled' ? 'refunded' : state);

export function judgeOffers({ texts, deposits }: Expected, { offers }: Final): string[] {
  const known = new Set(texts.map(({ id }) => id));
  const strangers = offers.filter(({ source }) => !known.has(source)).map(({ id, source }) => `wrong: offer ${id} is of ${source}, which no comment of the history is`);
  return [...strangers, ...texts.flatMap(({ id, readings }) => leastDifference(
    `the offers of comment ${id}`,
    offers.filter(({ source }) => source === id).map(({ denom, amount, state }) => `${String(amount)} ${denom} ${state}`),
    readings.map(({ offers: wanted, funded }) => wanted.map((offer) => {
      const place = [...funded].find(([, one]) => one === offer)?.[0];
      const deposit = deposits.find(({ at }) => at === place);
      return `${String(offer.amount)} ${offer.denom} ${deposit === undefined ? offer.state : offerState(deposit)}`;
    })),
  ))];
}

/** An account stands for a week after its end: of what has ended before the last journey there is none any more. */
export const isClosed = ({ endedIn }: Deposit): boolean => endedIn !== undefined && endedIn < 4;

export const heldOf = ({ state, amount, award }: Deposit): bigint => {
  if (state === 'held') return amount;
  return state === 'awarded' ? (award?.shares ?? []).reduce((sum, share) => (share.settled === undefined ? sum + share.amount : sum), 0n) : 0n;
};

export function judgeMoney(wanted: Expected, final: Final): string[] {
  const { deposits } = wanted;
  const standing = deposits.filter((one) => !isClosed(one));
  return [
    ...difference('the deposits in the treasury',
      final.deposits.map(({ address, offer, denom, amount, state }) => `${address} for ${offer}, ${String(amount)} ${denom}, ${state}`),
      deposits.map(({ address, offer, denom, amount, state }) => `${address} for ${offer}, ${String(amount)} ${denom}, ${state}`)),
    // A deposit that was found on the chain before its transaction was looked at has none.
    ...final.deposits.flatMap(({ address, signature }) => {
      const by = deposits.find((one) => one.address === address)?.signature;
      return signature === undefined || by === undefined || signature === by ? [] : [`wrong: deposit ${address} is said to be made by ${signature}, and was by ${by}`];
    }),
    ...difference('the accounts on the chain',
      final.accounts.map(({ address, denom, amount, state, held }) => `${address}, ${String(amount)} ${denom}, ${state === 'funded' ? 'held' : state}, ${String(held)} in it`),
      standing.map((one) => `${one.address}, ${String(one.amount)} ${one.denom}, ${one.state}, ${String(heldOf(one))} in it`)),
    ...standing.flatMap(({ address, award }) => {
      const there = final.accounts.find((one) => one.address === address)?.award;
      if (award === undefined || there === undefined) return [];
      return difference(`the shares of ${address}`,
        there.shares.map(({ githubId, bps, isPaid, isRefunded }) => `${githubId} ${String(bps)} ${isPaid ? 'paid' : isRefunded ? 'refunded' : 'open'}`),
        award.shares.map(({ to, bps, settled }) => `${final.people[to].githubId} ${String(bps)} ${settled ?? 'open'}`));
    }),
    ...judgeReceived(wanted, final),
    ...judgeSum(final),
  ];
}

function judgeReceived({ received }: Expected, final: Final): string[] {
  return parts.flatMap((part) => denoms.flatMap((denom) => {
    const [is, wanted] = [final.received[part][denom], received[part][denom]];
    if (is === wanted) return [];
    return [`${is < wanted ? 'lost' : 'doubled'}: ${part} got ${String(is)} ${denom} base units from deposits, and not ${String(wanted)}`];
  }));
}

/** Whatever the model says: what went in came out, or is still there. */
function judgeSum(final: Final): string[] {
  return denoms.flatMap((denom) => {
    const sum = (all: readonly bigint[]): bigint => all.reduce((total, one) => total + one, 0n);
    const came = sum(final.deposits.filter((one) => one.denom === denom).map(({ amount }) => amount));
    const left = sum(parts.map((part) => final.received[part][denom])) + sum(final.accounts.filter((one) => one.denom === denom).map(({ held }) => held));
    return came === left ? [] : [`${left < came ? 'lost' : 'doubled'}: ${String(came)} base units of ${denom} were deposited, and ${String(left)} are in wallets or in escrow`];
  });
}

const ends: readonly string[] = ['finalized', 'expired', 'failed'];

export function judgeTransactions({ operations }: History, acts: readonly Act[], { submissions, relayed }: Final): string[] {
  const signed = new Map(acts.flatMap(({ signed: all }) => all ?? []).map((one) => [one.signature, one]));
  const ours = new Set(acts.flatMap(({ of, signed: all = [] }) => (['fund', 'sign-award', 'sign-veto'].includes(operations[of]?.kind ?? '') ? all : [])).filter(({ hasLanded }) => hasLanded).map(({ signature }) => signature));
  const again = [...submissions, ...relayed].map(({ signature }) => signature).filter((one, place, all) => all.indexOf(one) !== place);
  return [
    // It sends what it was given, so that it knew of it before it landed.
    ...[...ours].filter((signature) => !submissions.some((one) => one.signature === signature)).map((signature) => `lost: the treasury knows nothing of transaction ${signature}, which has landed`),
    ...again.map((signature) => `doubled: transaction ${signature} is kept twice`),
    ...[...submissions, ...relayed].filter(({ state }) => !ends.includes(state)).map(({ signature, state }) => `stuck: transaction ${signature} is ${state}`),
    ...submissions.flatMap(({ signature, state }) => {
      const one = signed.get(signature);
      // What a person signed without the treasury's hearing the answer is theirs all the same.
      if (one === undefined || !ends.includes(state)) return [];
      return one.hasLanded === (state === 'finalized') ? [] : [`wrong: transaction ${signature} has ${one.hasLanded ? '' : 'not '}landed, and is said to be ${state}`];
    }),
    ...relayed.flatMap(({ signature, state, hasLanded }) => (ends.includes(state) && hasLanded !== (state === 'finalized') ? [`wrong: relayed transaction ${signature} has ${hasLanded ? '' : 'not '}landed, and is said to be ${state}`] : [])),
  ];
}

export function judgeLinks({ links }: Expected, final: Final): string[] {
  return parts.flatMap((part) => {
    const [is, wanted] = [final.links[part], links.has(part) ? final.people[part].wallet : undefined];
    if (is === wanted) return [];
    return [is === undefined ? `lost: ${part} is not linked to ${String(wanted)}` : `wrong: ${part} is linked to ${is}, and not to ${wanted ?? 'anything'}`];
  });
}
