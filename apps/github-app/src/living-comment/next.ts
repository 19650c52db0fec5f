import { treasury } from '@doubloon/rpc';
import { isVetoable, textOf } from './award.ts';
import { inCode, link, shortened } from './markdown.ts';
import { amount, atMost, day, type Bounty } from './phrases.ts';

const { DepositState, OfferState } = treasury;
const mostFunds = 20;
const mostLinks = 5;

/** What can be done next, and by whom. */
export function next(bounty: Bounty): string[] {
  const { offers, deposits, awardUrl, bountyUrl } = bounty;
  const held = deposits.filter(({ state }) => state === DepositState.HELD);
  const carried = held.filter(({ withRelayer }) => withRelayer);
  const vetoable = deposits.filter(isVetoable);
  const pages = (which: readonly treasury.Deposit[], url: (deposit: treasury.Deposit) => string) =>
    atMost(which, mostLinks, (deposit) => link(`${textOf(deposit)} of ${inCode(shortened(deposit.funder))}`, url(deposit)), (left) => link(`${String(left)} more`, bountyUrl)).join(', ');
  const lines = [
    ...offers.filter(({ state }) => state === OfferState.OFFERED).slice(0, mostFunds).map(({ text, money, fundUrl }) => `- ${link(`Fund ${amount(text, money?.denom ?? '')}`, fundUrl)}: anyone can; the page shows the terms, and your own wallet signs them.`),
    ...(carried.length === 0 ? [] : [`- A maintainer can award by a comment: ${inCode('/award @login')} or ${inCode('/award #12')}. One key alone is final after 72 hours without a veto.`]),
    ...(carried.length === 0 || awardUrl === '' ? [] : [`- Whoever funded it can ${link('award it with the wallet', awardUrl)}; together with a maintainer that is final at once.`]),
    ...only(held.filter(({ withRelayer }) => !withRelayer), (alone) => `- Their funders decide alone, and no comment does: ${pages(alone, () => awardUrl)}.`),
    ...only(held.filter(({ vetoed }) => vetoed), (vetoed) => `- An award of ${pages(vetoed, () => awardUrl)} was vetoed: two have to decide now, one of them with the wallet.`),
    ...only(vetoable, ([first, ...more]) => `- Until ${day(first?.award?.finalAt ?? '')}${more.length === 0 ? '' : ' or later'} the award can be vetoed: by a maintainer or a linked funder who writes ${inCode('/veto')}, or with the wallet of ${pages(vetoable, ({ refundUrl }) => refundUrl || bountyUrl)}.`),
    ...only(held, () => `- What nobody earns by the date above goes back to whoever funded it; after that anybody can send it back: ${pages(held, ({ refundUrl }) => refundUrl || bountyUrl)}.`),
  ];
  return lines.length === 0 ? [] : ['**What can be done next**', '', ...lines];
}

const only = <T>(some: readonly T[], line: (some: readonly T[]) => string): string[] => (some.length === 0 ? [] : [line(some)]);
