import type { Signer } from '@doubloon/escrow';
import { terms } from '@doubloon/escrow';
import { until } from '../demo/until.ts';
import { depositsAre, fund, letDaysPass, link, newWallet, offer, openPlace, type Place } from './play.ts';
import { must, type Site } from './site.ts';

/** What a story came to, for a drill to go on with. */
export interface Story {
  readonly paid: Place;
  /** Awarded to somebody without a wallet, and not final yet. */
  readonly awarded: Place;
  readonly wallet: Signer;
}

const days = (seconds: bigint): number => Number(seconds / 86_400n);

/** Some of everything: money that went back, money that was paid, an award that waits, an offer that nobody funded, and one that was taken back. */
export async function play(site: Site): Promise<Story> {
  const { stack, say } = site;
  const wallet = await newWallet(stack);
  const back = openPlace(stack, 'Nobody does it');
  const first = await fund(stack, back, 'ada', { denom: 'usdc', text: '5' }, wallet);
  await letDaysPass(site, 90 + days(terms.graceSeconds));
  await depositsAre(stack, back, [first.deposit], 'REFUNDED');
  say(`issue ${String(back.number)}: 5 usdc went back to its funder after the deadline`, first.deposit);

  const paid = openPlace(stack, 'Somebody did it');
  await link(stack, 'grace');
  const deposits = [await fund(stack, paid, 'ada', { denom: 'sol', text: '0.5' }, wallet), await fund(stack, paid, 'linus', { denom: 'usdc', text: '50' }, wallet)].map(({ deposit }) => deposit);
  await paid.person('linus').comment('/award @grace');
  await depositsAre(stack, paid, deposits, 'AWARDED');
  await letDaysPass(site, days(terms.windowSeconds));
  await depositsAre(stack, paid, deposits, 'PAID');
  say(`issue ${String(paid.number)}: 0.5 sol and 50 usdc were awarded to grace by a comment, and paid`, deposits);

  const awarded = openPlace(stack, 'Maggie did it');
  const { deposit } = await fund(stack, awarded, 'ada', { denom: 'usdc', text: '7' }, wallet);
  await awarded.person('linus').comment('/award @maggie');
  await depositsAre(stack, awarded, [deposit], 'AWARDED');
  await noticesOn(site, awarded, 2);
  // What came after the word of a maintainer is touched by no word from before it.
  const later = await fund(stack, awarded, 'ada', { denom: 'sol', text: '0.3' }, wallet);
  say(`issue ${String(awarded.number)}: 7 usdc were awarded to maggie, who has no wallet; 0.3 sol came after that and are nobody's yet`, [deposit, later.deposit]);

  const open = openPlace(stack, 'Somebody might do it');
  await offer(stack, open, 'ada', { denom: 'sol', text: '0.7' });
  const { comment } = await offer(stack, open, 'linus', { denom: 'sol', text: '0.9' });
  await open.person('linus').remove(comment);
  say(`issue ${String(open.number)}: 0.7 sol are offered, and 0.9 sol were taken back`);
  return { paid, awarded, wallet };
}

/** Waits until the App has written so many comments beside the living one. */
async function noticesOn({ stack: { github } }: Site, place: Place, count: number): Promise<void> {
  const found = await until(`${String(count)} notices on issue ${String(place.number)}`, async () => {
    const all = github.look('analytical-engines/difference', place.number).comments.filter(({ viaApp }) => viaApp);
    return Promise.resolve(all.length > count ? all.length : undefined);
  });
  must(found === count + 1, `there are ${String(found)} comments of ours on issue ${String(place.number)}`);
}
