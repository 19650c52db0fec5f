import { treasury } from '@doubloon/rpc';
import type { Bounty } from '../living-comment/phrases.ts';

export const noticeKinds = ['wallet', 'window'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

interface Money { readonly denom: string; readonly amount: string }

/** Somebody has a share, and no wallet that it could go to. */
export interface WalletNotice {
  readonly kind: 'wallet';
  /** The GitHub user. */
  readonly subject: string;
  readonly money: readonly Money[];
  /** Until when the first of it can be claimed; empty when nobody says. */
  readonly until: string;
}

/** Something was awarded, and can be vetoed for a time. */
export interface WindowNotice {
  readonly kind: 'window';
  /** The comment that decided, or the deposit that was awarded by a wallet. */
  readonly subject: string;
  readonly money: readonly Money[];
  readonly awardees: readonly { readonly githubId: string; readonly bps: number }[];
  /** Whoever may veto, by numeric id: those who asked for the money, and whoever decided. */
  readonly people: readonly string[];
  /** When the first of it is final. */
  readonly until: string;
}

export type Notice = WalletNotice | WindowNotice;

const { DepositState, IntentState } = treasury;
const earliest = (times: readonly string[]): string => times.filter((time) => time !== '').toSorted((one, other) => Date.parse(one) - Date.parse(other))[0] ?? '';

type Seen = Pick<Bounty, 'deposits' | 'decisions' | 'offers'>;

/** The comments beside the living one that there is a reason for at `now`, in a fixed order. */
export function noticesDue(bounty: Seen, now: Date): Notice[] {
  const awarded = bounty.deposits.flatMap((deposit) => (deposit.state === DepositState.AWARDED && deposit.award !== undefined ? [{ deposit, award: deposit.award }] : []));
  return [...windows(bounty, awarded.filter(({ award }) => isOpen(award, now))), ...wallets(awarded)];
}

interface Awarded { readonly deposit: treasury.Deposit; readonly award: treasury.DepositAward }

function wallets(awarded: readonly Awarded[]): WalletNotice[] {
  const waiting = awarded.flatMap(({ deposit, award }) => award.shares.filter(({ settled, waitsFor }) => settled === '' && waitsFor === 'wallet').map((share) => ({ denom: deposit.money?.denom ?? '', share })));
  return [...Map.groupBy(waiting, ({ share }) => share.githubId)].map(([subject, theirs]) => ({
    kind: 'wallet', subject, money: theirs.map(({ denom, share }) => ({ denom, amount: share.amount })), until: earliest(theirs.map(({ share }) => share.claimableUntil)),
  }));
}

// What two decided is final at once: there is no time in which anybody could veto.
const isOpen = ({ by, finalAt, awardedAt, shares }: treasury.DepositAward, now: Date): boolean =>
  by.length === 1 && Date.parse(finalAt) > Math.max(Date.parse(awardedAt), now.getTime()) && shares.every(({ settled }) => settled === '');

// The oldest comment that says what stands there, and was not vetoed before: a deposit has counted on since. While one of several that race is on its way, which it was is not known.
function decidedBy({ decisions }: Pick<Seen, 'decisions'>, { address, sequence: now }: treasury.Deposit): treasury.Decision | 'wallet' | 'unknown' {
  const all = decisions.flatMap((decision) => decision.intents.filter(({ deposit }) => deposit === address).map(({ state, sequence }) => ({ decision, state, sequence })));
  const undone = all.findIndex(({ decision, state, sequence }) => decision.action === 'veto' && state === IntentState.DONE && BigInt(sequence) < BigInt(now));
  const about = all.slice(0, undone === -1 ? undefined : undone).filter(({ decision }) => decision.action === 'award');
  if (about.some(({ state }) => state === IntentState.WAITING)) return 'unknown';
  return about.findLast(({ state }) => state === IntentState.DONE)?.decision ?? 'wallet';
}

function windows(bounty: Seen, open: readonly Awarded[]): WindowNotice[] {
  const decided = open.map((one) => ({ ...one, by: decidedBy(bounty, one.deposit) }));
  const groups = Map.groupBy(decided.filter(({ by }) => by !== 'unknown'), ({ deposit, award, by }) =>
    typeof by === 'string' ? `deposit ${deposit.address} ${award.awardedAt}` : `${by.sourceKind}/${by.sourceId}`);
  return [...groups].map(([subject, group]) => {
    const people = group.flatMap(({ deposit, by }) => [bounty.offers.find(({ id }) => id === deposit.offerId)?.offeredBy?.githubId, typeof by === 'string' ? undefined : by.actor?.githubId]);
    return {
      kind: 'window', subject, people: [...new Set(people.map((id) => id ?? ''))].filter((id) => id !== ''),
      money: group.map(({ deposit }) => ({ denom: deposit.money?.denom ?? '', amount: deposit.money?.amount ?? '0' })),
      awardees: group[0]?.award.shares.map(({ githubId, bps }) => ({ githubId, bps })) ?? [],
      until: earliest(group.map(({ award }) => award.finalAt)),
    };
  });
}

/** How soon to look again at what nobody knows yet: what somebody's share waits for, or which comment decided. */
const soonMs = 5_000;

/**
 * When an issue has to be looked at again for its awards, since no event tells of it: soon, while the treasury does not know
 * yet what a share waits for, or may not know of the link that `news` was about; and when a share is to be paid.
 */
export function lookAgainAt(bounty: Seen, news: ReadonlySet<string>, now: Date): Date | undefined {
  const soon = new Date(now.getTime() + soonMs);
  const times = bounty.deposits.flatMap((deposit) => {
    if (deposit.state !== DepositState.AWARDED || deposit.award === undefined) return [];
    const unknown = decidedBy(bounty, deposit) === 'unknown' ? [soon] : [];
    return [...unknown, ...deposit.award.shares.filter(({ settled }) => settled === '').flatMap(({ githubId, waitsFor, paysFrom }) => {
      if (news.has(githubId) || (paysFrom === '' && (waitsFor === '' || waitsFor === 'award'))) return [soon];
      return Date.parse(paysFrom) > now.getTime() ? [new Date(paysFrom)] : [];
    })];
  });
  return times.length === 0 ? undefined : new Date(Math.min(...times.map(Number)));
}
