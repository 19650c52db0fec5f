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

/** The comments beside the living one that there is a reason for now, in a fixed order. */
export function noticesDue(bounty: Pick<Bounty, 'deposits' | 'decisions' | 'offers'>): Notice[] {
  const awarded = bounty.deposits.flatMap((deposit) => (deposit.state === DepositState.AWARDED && deposit.award !== undefined ? [{ deposit, award: deposit.award }] : []));
  return [...windows(bounty, awarded), ...wallets(awarded)];
}

interface Awarded { readonly deposit: treasury.Deposit; readonly award: treasury.DepositAward }

function wallets(awarded: readonly Awarded[]): WalletNotice[] {
  const waiting = awarded.flatMap(({ deposit, award }) => award.shares.filter(({ settled, waitsFor }) => settled === '' && waitsFor === 'wallet').map((share) => ({ denom: deposit.money?.denom ?? '', share })));
  return [...Map.groupBy(waiting, ({ share }) => share.githubId)].map(([subject, theirs]) => ({
    kind: 'wallet', subject, money: theirs.map(({ denom, share }) => ({ denom, amount: share.amount })), until: earliest(theirs.map(({ share }) => share.claimableUntil)),
  }));
}

// What two decided is final at once: there is no time in which anybody could veto.
const isOpen = ({ award }: Awarded): boolean => award.by.length === 1 && Date.parse(award.finalAt) > Date.parse(award.awardedAt) && award.shares.some(({ settled, waitsFor }) => settled === '' && waitsFor === 'award');

function windows({ decisions, offers }: Pick<Bounty, 'decisions' | 'offers'>, awarded: readonly Awarded[]): WindowNotice[] {
  const decisionOf = ({ address }: treasury.Deposit) => decisions.find(({ action, intents }) => action === 'award' && intents.some(({ deposit, state }) => deposit === address && state === IntentState.DONE));
  const groups = Map.groupBy(awarded.filter(isOpen), ({ deposit }) => {
    const decision = decisionOf(deposit);
    return decision === undefined ? `deposit ${deposit.address}/${deposit.createdSlot}` : `${decision.sourceKind}/${decision.sourceId}`;
  });
  return [...groups].map(([subject, group]) => {
    const asked = group.map(({ deposit }) => offers.find(({ id }) => id === deposit.offerId)?.offeredBy?.githubId ?? '');
    const [first] = group;
    const decided = first === undefined ? '' : (decisionOf(first.deposit)?.actor?.githubId ?? '');
    return {
      kind: 'window', subject, people: [...new Set([...asked, decided])].filter((id) => id !== ''),
      money: group.map(({ deposit }) => ({ denom: deposit.money?.denom ?? '', amount: deposit.money?.amount ?? '0' })),
      awardees: first?.award.shares.map(({ githubId, bps }) => ({ githubId, bps })) ?? [],
      until: earliest(group.map(({ award }) => award.finalAt)),
    };
  });
}
