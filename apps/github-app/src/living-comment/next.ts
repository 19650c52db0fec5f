import { treasury } from '@doubloon/rpc';
import { isVetoable, textOf } from './award.ts';
import { isLate, isSmall } from './deposits.ts';
import { inCode, link, shortened } from './markdown.ts';
import type { Own } from './own.ts';
import { amount, atMost, day, type Bounty } from './phrases.ts';

const { DepositState, OfferState } = treasury;
const mostFunds = 20;
const mostLinks = 5;
/** In one award. */
const mostPeople = 8;

/** What can be done next, and by whom. */
export function next(bounty: Bounty, { rules, candidates }: Own): string[] {
  const { offers, deposits, awardUrl, bountyUrl } = bounty;
  const offerOf = new Map(offers.map((offer) => [offer.id, offer]));
  const held = deposits.filter((deposit) => deposit.state === DepositState.HELD && !isSmall(deposit, rules));
  const [late, standing] = [held.filter(({ offerId }) => isLate(offerOf.get(offerId))), held.filter(({ offerId }) => !isLate(offerOf.get(offerId)))];
  const carried = standing.filter(({ withRelayer }) => withRelayer);
  const vetoable = deposits.filter(isVetoable);
  const pages = (which: readonly treasury.Deposit[], url: (deposit: treasury.Deposit) => string) =>
    atMost(which, mostLinks, (deposit) => link(`${textOf(deposit)} of ${inCode(shortened(deposit.funder))}`, url(deposit)), (left) => link(`${String(left)} more`, bountyUrl)).join(', ');
  const lines = [
    ...offers.filter(({ state }) => state === OfferState.OFFERED).slice(0, mostFunds).map(({ text, money, fundUrl }) => `- ${link(`Fund ${amount(text, money?.denom ?? '')}`, fundUrl)}: anyone can; the page shows the terms, and your own wallet signs them.`),
    ...(carried.length === 0 ? [] : [`- A maintainer can award by a comment: ${inCode('/award @login')} or ${inCode('/award #12')}. One key alone is final after 72 hours without a veto.`]),
    ...(carried.length === 0 || awardUrl === '' ? [] : [`- Whoever funded it can ${link('award it with the wallet', naming(awardUrl, candidates))}; together with a maintainer that is final at once.`]),
    ...only(standing.filter(({ withRelayer }) => !withRelayer), (alone) => `- About ${pages(alone, () => awardUrl)} the funder decides alone, with the wallet; no comment does.`),
    ...only(carried.filter(({ vetoed }) => vetoed), (vetoed) => `- An award of ${pages(vetoed, () => awardUrl)} was vetoed: two have to decide now, one of them with the wallet.`),
    ...only(late, () => `- ${pages(late, ({ refundUrl }) => refundUrl || bountyUrl)} came for an offer that had ended: a maintainer can send it back by ${inCode('/cancel')}.`),
    ...only(vetoable, () => `- Until ${[...new Set(vetoable.map(({ award }) => day(award?.finalAt ?? '')))].slice(0, mostLinks).join(', ')} the award can be vetoed: by a maintainer or a linked funder who writes ${inCode('/veto')}, or with the wallet of ${pages(vetoable, ({ refundUrl }) => refundUrl || bountyUrl)}.`),
    ...only(held, () => `- What nobody earns by the date above goes back to whoever funded it; after that anybody can send it back: ${pages(held, ({ refundUrl }) => refundUrl || bountyUrl)}.`),
  ];
  return lines.length === 0 ? [] : ['**What can be done next**', '', ...lines];
}

/** The page with everybody in it whose merged work closed the issue; who gets how much is said there. */
function naming(url: string, candidates: Own['candidates']): string {
  const merged = candidates.filter(({ state }) => state === 'merged').flatMap(({ author, coAuthors }) => [...(author === undefined ? [] : [author]), ...coAuthors]);
  const logins = [...new Map(merged.map(({ id, login }) => [id, login])).values()].slice(0, mostPeople);
  return logins.length === 0 ? url : `${url}?${new URLSearchParams(logins.map((login) => ['login', login])).toString()}`;
}

const only = <T>(some: readonly T[], line: (some: readonly T[]) => string): string[] => (some.length === 0 ? [] : [line(some)]);
