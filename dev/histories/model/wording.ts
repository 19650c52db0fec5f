import type { Wish } from '../operation.ts';

/** An offer by the rules: what one wish of a comment has come to. */
export interface Offer {
  readonly denom: Wish['denom'];
  readonly amount: bigint;
  state: 'offered' | 'funded' | 'replaced' | 'withdrawn';
  /** By whoever asked: its text does not bring it back. */
  isCancelled?: true;
}

/** What happens to a comment, by which operation. `fund` names a wish by its place in the text as it is then. */
export type Happening = { readonly place: number } & (
  | { readonly kind: 'text'; readonly wishes: readonly Wish[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'fund'; readonly wish: number }
);

/** What a comment came to. */
export interface Wording {
  readonly offers: readonly Readonly<Offer>[];
  /** What each funding paid for, by its place in the history. */
  readonly funded: ReadonlyMap<number, Readonly<Offer>>;
  /** Sentences about what an edit, a deletion or a cancel does not change, as they stand now. */
  readonly told: readonly Said[];
  /** Whether it asks for anything now, or did when it was read. */
  readonly everAsked: boolean;
}

/** `of` is what is funded and stays so, `by` the place of what would have it otherwise: once its money is gone nobody says that it stays. */
export interface Said {
  readonly what: 'unchanged' | 'difference' | 'stays' | 'kept';
  readonly of: Readonly<Offer> | undefined;
  readonly by: number;
}

/** What stands at one place of the text, among equal wishes of it. */
interface Slot {
  readonly denom: Wish['denom'];
  readonly amount: bigint;
  offer: Offer | undefined;
  /** Base units of it that an earlier wording has in escrow. */
  covered: bigint;
}

const keysOf = (wishes: readonly Wish[]): string[] => {
  const seen = new Map<string, number>();
  return wishes.map(({ denom, amount }) => {
    const terms = `${denom}:${String(amount)}`;
    const nth = seen.get(terms) ?? 0;
    seen.set(terms, nth + 1);
    return `${terms}:${String(nth)}`;
  });
};

/**
 * What comes of a comment of which these wordings were read, in this order: what stayed keeps its offer, what vanished is
 * withdrawn, what an edit put in its place replaces it, and what is in escrow stays there, so that only more is asked for.
 */
export function wording(happenings: readonly Happening[]): Wording {
  const [offers, funded] = [new Map<string, Offer>(), new Map<number, Offer>()];
  const slots = new Map<string, Slot>();
  let standing: string[] = [];
  let told: Said[] = [];
  let everAsked = false;

  const open = (slot: Slot, key: string, amount: bigint): void => {
    const known = offers.get(`${key}:${String(amount)}`);
    if (known === undefined) {
      slot.offer = { denom: slot.denom, amount, state: 'offered' };
      offers.set(`${key}:${String(amount)}`, slot.offer);
    } else if (known.isCancelled !== true && known.state !== 'funded') known.state = 'offered';
  };
  const openBeyond = (slot: Slot, key: string, covered: bigint, by: number): void => {
    slot.covered = covered;
    if (covered > 0n) told.push({ what: slot.amount > covered ? 'difference' : 'unchanged', of: undefined, by });
    if (slot.amount > covered) open(slot, key, slot.amount - covered);
  };
  const end = (offer: Offer | undefined, state: 'replaced' | 'withdrawn'): void => {
    if (offer?.state === 'offered') offer.state = state;
  };

  function read(wishes: readonly Wish[], by: number): void {
    const keys = keysOf(wishes);
    const [gone, fresh] = [standing.filter((key) => !keys.includes(key)), keys.filter((key) => !standing.includes(key))];
    if (gone.length + fresh.length > 0) told = [];
    for (const [place, key] of keys.entries()) if (!slots.has(key)) slots.set(key, { denom: wishes[place]?.denom ?? 'sol', amount: wishes[place]?.amount ?? 0n, offer: undefined, covered: 0n });
    const at = (key: string): Slot => slots.get(key) as Slot;
    const pairs = new Map<string, string>();
    // Of the same denom first.
    for (const fits of [(one: string, other: string) => at(one).denom === at(other).denom, () => true])
      for (const one of gone) {
        const other = pairs.has(one) ? undefined : fresh.find((key) => ![...pairs.values()].includes(key) && fits(one, key));
        if (other !== undefined) pairs.set(one, other);
      }
    for (const [one, other] of pairs) {
      const [from, to] = [at(one), at(other)];
      const covered = from.denom === to.denom ? from.covered + (from.offer?.state === 'funded' ? from.offer.amount : 0n) : 0n;
      openBeyond(to, other, covered, by);
      end(from.offer, to.offer === undefined ? 'withdrawn' : 'replaced');
    }
    for (const key of fresh) if (![...pairs.values()].includes(key)) openBeyond(at(key), key, 0n, by);
    for (const key of gone) if (!pairs.has(key)) {
      if (at(key).offer?.state === 'funded') told.push({ what: 'stays', of: at(key).offer, by });
      end(at(key).offer, 'withdrawn');
    }
    standing = keys;
    everAsked ||= wishes.length > 0;
  }

  for (const happening of happenings) {
    switch (happening.kind) {
      case 'text': read(happening.wishes, happening.place); break;
      case 'gone': read([], happening.place); break;
      case 'cancel':
        for (const key of standing) {
          const offer = slots.get(key)?.offer;
          if (offer?.state === 'funded') told.push({ what: 'kept', of: offer, by: happening.place });
          if (offer?.state === 'offered') Object.assign(offer, { state: 'withdrawn', isCancelled: true });
        }
        break;
      case 'fund': {
        const offer = slots.get(standing[happening.wish] ?? '')?.offer;
        if (offer === undefined) break;
        offer.state = 'funded';
        funded.set(happening.place, offer);
        break;
      }
    }
  }
  return { offers: [...offers.values()], funded, told, everAsked };
}
