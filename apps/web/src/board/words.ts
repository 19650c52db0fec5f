import type { BountyView, MoneyView, Standing } from './board-view.ts';

/** How far a bounty is, in a word. */
export const standings: Readonly<Record<Standing, string>> = { open: 'Open', awarded: 'Awarded', paid: 'Paid', ended: 'Sent back' };

/** `1.5 SOL and 30 USDC`; `nothing` for no money. */
export const moneyText = (money: readonly MoneyView[]): string =>
  money.length === 0 ? 'nothing' : new Intl.ListFormat('en').format(money.map(({ text, denom }) => `${text} ${denom}`));

/** How far it is, with what its money is. */
export function standingText({ standing, isFunded }: Pick<BountyView, 'standing' | 'isFunded'>): string {
  if (standing === 'open') return isFunded ? 'Open, in escrow' : 'Offered, not funded yet';
  if (standing === 'awarded') return 'Awarded, not paid yet';
  return standing === 'paid' ? 'Paid out' : 'Sent back to whoever funded it';
}

/** What kind of money it is that a cluster holds. */
export const playMoney = (cluster: string): string | undefined =>
  cluster === 'mainnet-beta' ? undefined : `Play money: this instance runs on ${cluster}, where nothing has any value.`;
