import { treasury, type TreasuryClient } from '@doubloon/rpc';
import type { IssueView, MoneyView, Standing } from './board-view.ts';
import { issueOf, moneyNow } from './get-board.ts';

const { DepositState, OfferState } = treasury;
export type DepositWords = 'held' | 'awarded' | 'paid' | 'refunded' | 'cancelled' | 'closed';

export interface ShareView {
  readonly githubId: string;
  readonly percent: string;
  readonly money: MoneyView;
  /** paid | refunded, empty while it is neither. */
  readonly settled: string;
  readonly waitsFor: string;
  readonly wallet: string;
  readonly signature: string;
}

export interface DepositView {
  readonly address: string;
  readonly state: DepositWords;
  readonly money: MoneyView;
  /** What of it is still in escrow; undefined when that is all or nothing of it. */
  readonly held: MoneyView | undefined;
  readonly funder: string;
  readonly deadline: string;
  readonly signature: string;
  readonly endSignature: string;
  readonly withRelayer: boolean;
  readonly slot: string;
  readonly by: readonly string[];
  readonly finalAt: string;
  readonly shares: readonly ShareView[];
  readonly isOver: boolean;
}

export interface EntryView {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly money: MoneyView | undefined;
  readonly by: string;
  readonly deposit: string;
  readonly signature: string;
}

/** All that there is to know of one bounty. */
export interface BountyPage {
  /** `<repository id>-<issue id>` as it is now. */
  readonly id: string;
  readonly issue: IssueView;
  /** undefined when it is not on the board: nothing of it counts. */
  readonly standing: Standing | undefined;
  readonly money: readonly MoneyView[];
  readonly isFunded: boolean;
  readonly offered: readonly MoneyView[];
  readonly offers: readonly { readonly id: string; readonly money: MoneyView; readonly by: string; readonly expiresAt: string }[];
  readonly deposits: readonly DepositView[];
  readonly history: readonly EntryView[];
  readonly cluster: string;
  readonly genesisHash: string;
  readonly program: string;
  readonly operator: string;
}

const depositStates: Readonly<Record<treasury.DepositState, DepositWords>> = {
  [DepositState.UNSPECIFIED]: 'held', [DepositState.HELD]: 'held', [DepositState.AWARDED]: 'awarded', [DepositState.PAID]: 'paid',
  [DepositState.REFUNDED]: 'refunded', [DepositState.CANCELLED]: 'cancelled', [DepositState.CLOSED]: 'closed',
};
const moneyView = (text: string, denom = ''): MoneyView => ({ text, denom: denom.toUpperCase() });

function depositView({ address, state, money, text, held, heldText, funder, deadline, signature, endSignature, withRelayer, slot, award }: treasury.Deposit): DepositView {
  const isOver = state !== DepositState.HELD && state !== DepositState.AWARDED;
  return {
    address, state: depositStates[state], money: moneyView(text, money?.denom), held: isOver || held === money?.amount ? undefined : moneyView(heldText, money?.denom),
    funder, deadline, signature, endSignature, withRelayer, slot, by: award?.by ?? [], finalAt: award?.finalAt ?? '', isOver,
    shares: (award?.shares ?? []).map((one) => ({
      githubId: one.githubId, percent: `${String(one.bps / 100)} %`, money: moneyView(one.text, money?.denom), settled: one.settled, waitsFor: one.waitsFor, wallet: one.wallet, signature: one.signature,
    })),
  };
}

/** The bounty of these ids, under whatever ids it is now; `undefined` when nothing was ever offered for such an issue. */
export async function getBountyPage(client: TreasuryClient, key: { repositoryId: string; issueId: string }): Promise<BountyPage | undefined> {
  const [bounty, { entries }] = await Promise.all([client.getBounty(key), client.getHistory(key)]);
  const { issue, totals, state, offers, deposits, cluster, program, operator } = bounty;
  if (issue === undefined || offers.length === 0) return undefined;
  return {
    id: `${issue.repositoryId}-${issue.issueId}`, issue: issueOf(issue), standing: state === '' ? undefined : (state as Standing), ...moneyNow(totals),
    offers: offers.filter((one) => one.state === OfferState.OFFERED || one.state === OfferState.SUBMITTED).map(({ id, text, money, offeredBy, expiresAt }) => ({ id, money: moneyView(text, money?.denom), by: offeredBy?.login ?? '', expiresAt })),
    deposits: deposits.map(depositView),
    history: entries.map(({ eventId, kind, at, text, money, by, deposit, signature }) => ({ id: eventId, kind, at, money: text === '' ? undefined : moneyView(text, money?.denom), by, deposit, signature })),
    cluster: cluster?.name ?? '', genesisHash: cluster?.genesisHash ?? '', program: program?.address ?? '', operator,
  };
}
