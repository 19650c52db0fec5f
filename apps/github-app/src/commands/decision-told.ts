import { treasury } from '@doubloon/rpc';
import { inCode, link, shortened } from '../living-comment/markdown.ts';
import type { DecisionCommand } from './source-row.ts';

const { DepositState, IntentState } = treasury;

/** What the treasury answered about a command. */
export interface Taken {
  readonly decision: treasury.Decision;
  readonly untouched: readonly treasury.Untouched[];
}
/** Where the money stands, and the pages on which people decide with their wallets. */
export type Bounty = Pick<treasury.GetBountyResponse, 'deposits' | 'awardUrl'>;

const mostNamed = 5;

const notDone: Readonly<Record<DecisionCommand, string>> = { award: 'is not awarded by this', veto: 'stays awarded', cancel: 'is not sent back' };

/** A deposit that a decision might have been about; what is over, or was never at issue, needs no word. */
const isConcerned: Readonly<Record<DecisionCommand, (deposit: treasury.Deposit) => boolean>> = {
  award: ({ state }) => state === DepositState.HELD,
  veto: ({ state }) => state === DepositState.AWARDED,
  cancel: ({ state }) => state === DepositState.HELD || state === DepositState.AWARDED,
};

/** Sentences about the deposits that a decision did not reach, and why; empty when there are none. */
export function notReached(action: DecisionCommand, { decision, untouched }: Taken, bounty: Bounty): string[] {
  const failed = decision.intents.filter(({ state }) => state === IntentState.FAILED).map(({ deposit, problem }) => ({ deposit, reason: problem }));
  const decided = new Set(decision.intents.map(({ deposit }) => deposit));
  const reasons = new Map(untouched.map(({ deposit, reason }) => [deposit, reason]));
  const others = bounty.deposits.flatMap((deposit) => {
    const reason = deposit.withRelayer ? reasons.get(deposit.address) : 'Its funder decides alone.';
    return reason === undefined || decided.has(deposit.address) || !isConcerned[action](deposit) ? [] : [{ deposit: deposit.address, reason }];
  });
  const all = [...failed, ...others];
  const sentences = all.slice(0, mostNamed).map(({ deposit, reason }) => `${moneyOf(bounty, deposit)} ${notDone[action]}: ${reason}${ownWay(action, bounty, deposit)}`);
  return all.length > mostNamed ? [...sentences, `So are ${String(all.length - mostNamed)} more.`] : sentences;
}

/** What those can do who have a wallet and were not reached by a command that was refused. */
export function otherWay(action: DecisionCommand, reason: string | undefined, bounty: Bounty): string {
  const alone = bounty.deposits.filter((deposit) => !deposit.withRelayer && isConcerned[action](deposit));
  if (reason === undefined) return alone.length === 0 || action !== 'award' ? '' : ` Whoever funded it can award it ${link('with their own wallet', bounty.awardUrl)}.`;
  if (action === 'veto' && reason === 'NOT_A_MAINTAINER') return ` Whoever funded it can veto ${link('with their own wallet', bounty.awardUrl)}.`;
  return '';
}

function moneyOf({ deposits }: Bounty, address: string): string {
  const deposit = deposits.find((one) => one.address === address);
  return deposit === undefined ? `The deposit ${inCode(shortened(address))}` : `${inCode(`${deposit.text} ${deposit.money?.denom ?? ''}`)} from ${inCode(shortened(deposit.funder))}`;
}

function ownWay(action: DecisionCommand, { deposits, awardUrl }: Bounty, address: string): string {
  const deposit = deposits.find((one) => one.address === address);
  if (deposit === undefined || deposit.withRelayer) return '';
  if (action === 'award') return ` They can award it ${link('here', awardUrl)}.`;
  return deposit.refundUrl === '' ? '' : ` They can act ${link('here', deposit.refundUrl)}.`;
}
