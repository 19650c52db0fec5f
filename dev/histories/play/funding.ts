import type { Came, DeedOf, Doing } from './doing.ts';
import { commentOf } from './comments.ts';
import { insist, Refused, Unanswered } from './insist.ts';
import { wishIn, type Place } from './place.ts';
import { signUntilItLands, type ToSign, type Unsigned } from './signing.ts';
import type { KnownWish } from './stage.ts';
import { readPage, sayTo } from './website.ts';

/** Puts in escrow what a comment offers. */
export async function fund(doing: Doing<DeedOf<'fund'>>): Promise<Came> {
  const { place, deed: { by, way, twice }, end } = doing;
  const offer = await offerOf(doing);
  const how = way === 'page' ? await byPage(place, by, offer, end) : byCall(place, by, offer);
  return signUntilItLands(place, end, { ...how, by, offer, twice });
}

const isOver: ReadonlySet<string> = new Set(['funded', 'refunded', 'paid', 'closed']);

/** The offer of a wish once it is open. */
async function offerOf(doing: Doing<DeedOf<'fund'>>): Promise<string> {
  const { place: { stage, history }, deed, end } = doing;
  const said = history.operations[deed.of];
  const wish = wishIn(history.operations, deed);
  if (wish === undefined || (said?.kind !== 'say' && said?.kind !== 'edit')) throw new Refused('WISH_ABSENT', {});
  if (said.kind === 'say' && said.as !== 'prose') throw new Refused('WISH_ABSENT', {});
  const nth = said.wishes.slice(0, deed.wish).filter(({ denom, amount }) => denom === wish.denom && amount === wish.amount).length;
  const find = (all: readonly KnownWish[] | undefined) => all?.find((one) => one.denom === wish.denom && one.wished === wish.amount && one.nth === nth);
  // What was handled to its end and has come to no open offer comes to none any more.
  const found = await stage.wishes.until(commentOf(doing, deed.of).id, (all) => {
    const known = find(all);
    return known?.offer?.state === 'offered' || isOver.has(known?.offer?.state ?? '') || (all?.every(({ isSettled }) => isSettled) === true && known?.offer?.state !== 'submitted');
  }, end);
  if (found === undefined) throw new Unanswered('nobody opened the offer in time');
  const known = find(found.value);
  if (known?.offer === undefined) throw new Refused('OFFER_ABSENT', {});
  if (known.offer.state !== 'offered') throw new Refused('OFFER_NOT_OPEN', { state: known.offer.state });
  return known.offer.id;
}

/** As the website does it, without the website. */
function byCall({ stage: { stack: { treasury } }, people }: Place, by: DeedOf<'fund'>['by'], offerId: string): Pick<ToSign, 'build' | 'handIn'> {
  return {
    async build(): Promise<Unsigned> {
      const built = await treasury.buildFunding({ offerId, wallet: people[by].wallet.address });
      return { transaction: built.transaction, deposit: built.deposit, lastValidBlockHeight: BigInt(built.lastValidBlockHeight) };
    },
    handIn: (transaction) => treasury.submitFunding({ offerId, transaction }),
  };
}

async function byPage(place: Place, by: DeedOf<'fund'>['by'], offerId: string, end: number): Promise<Pick<ToSign, 'build' | 'handIn'>> {
  const [player, path] = [place.people[by], `/fund/${offerId}`];
  const html = await insist(end, () => readPage(place, player, path));
  if (!html.includes('What you sign')) throw new Refused('PAGE_WITHOUT_TERMS', {});
  return {
    async build(): Promise<Unsigned> {
      const built = await sayTo<{ transaction: string; deposit: string }>(place, player, `${path}/prepare`, { wallet: player.wallet.address });
      // The page does not say it: what is built later is taken longer.
      const { lastValidBlockHeight } = await place.stage.stack.chain.latestBlockhash();
      return { transaction: Buffer.from(built.transaction, 'base64'), deposit: built.deposit, lastValidBlockHeight };
    },
    handIn: (transaction) => sayTo(place, player, `${path}/submit`, { transaction: Buffer.from(transaction).toString('base64') }),
  };
}
