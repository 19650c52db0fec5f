import type { Act, Denom, History, Operation, Part } from '../operation.ts';
import { parts } from '../operation.ts';
import { moneyOf, type Decision, type Deposit, type Money } from './money.ts';
import { readings, type Told } from './readings.ts';
import type { Wording } from './wording.ts';

/** A comment of the history. */
export interface Text {
  /** Place of the operation that wrote it. */
  readonly at: number;
  readonly id: string;
  readonly operation: Operation;
  readonly isGone: boolean;
  /** How often it was worded, its first words among them. */
  readonly wordings: number;
  /** What it may have come to; one, unless it changed faster than anybody need have read. */
  readonly readings: readonly Wording[];
  /** Whether it asked for anything, as far as was read for sure, when the operation at a place was done. */
  readonly standsAt: (place: number) => boolean;
}

/** What has to be true in the end of one history. */
export interface Expected extends Money {
  readonly texts: readonly Text[];
  /** Base units by which wallets are richer for deposits. */
  readonly received: Readonly<Record<Part, Readonly<Record<Denom, bigint>>>>;
}

/** Who takes back by a cancel what they asked for themselves has done what they meant, whether or not they may do more. */
export const takesBack = (texts: readonly Text[], { at, by, kind }: Decision): boolean =>
  kind === 'cancel' && texts.some(({ operation, standsAt }) => operation.kind === 'say' && operation.by === by && standsAt(at));

/** What the history comes to by the rules of the product, when it was acted out like this. `ignored` are vetoes that found nothing to undo. */
export function expected(history: History, acts: readonly Act[], ignored: ReadonlySet<number> = new Set()): Expected {
  const texts = textsOf(history, acts);
  const amounts = new Map(texts.flatMap(({ readings: [first] }) => [...(first?.funded ?? [])]));
  const money = moneyOf(history, acts, amounts, { ignored });
  return { ...money, texts, received: receivedBy(money.deposits) };
}

function textsOf({ operations }: History, acts: readonly Act[]): Text[] {
  const actOf = new Map(acts.map((act) => [act.of, act]));
  const first = (at: number): number => {
    const operation = operations[at];
    return operation?.kind === 'edit' ? first(operation.of) : at;
  };
  return operations.flatMap((operation, at): Text[] => {
    const id = actOf.get(at)?.comment;
    if (id === undefined || operation.kind === 'edit' || operation.kind === 'remove') return [];
    const author = 'by' in operation ? operation.by : undefined;
    const told = operations.flatMap((other, place): Told[] => {
      const act = actOf.get(place);
      if (place < at || act === undefined) return [];
      const { round } = other;
      switch (other.kind) {
        case 'say': return place === at ? [{ kind: 'text', round, place, wishes: other.as === 'prose' ? other.wishes : [] }] : [];
        case 'edit': return act.outcome === 'done' && first(place) === at ? [{ kind: 'text', round, place, wishes: other.wishes }] : [];
        case 'remove': return act.outcome === 'done' && first(other.of) === at ? [{ kind: 'gone', round, place }] : [];
        case 'cancel': return other.by === author ? [{ kind: 'cancel', round, place }] : [];
        case 'fund': return first(other.of) === at && act.signed?.some(({ hasLanded }) => hasLanded) === true ? [{ kind: 'fund', round, wish: other.wish, place }] : [];
        default: return [];
      }
    });
    return [{
      at, id, operation, isGone: told.some(({ kind }) => kind === 'gone'), wordings: told.filter(({ kind }) => kind === 'text').length, readings: readings(told),
      standsAt: (place) => {
        const before = told.findLast((one) => one.kind !== 'fund' && one.place < place);
        return before?.kind === 'text' && before.wishes.length > 0;
      },
    }];
  });
}

export const none = (): Record<Part, Record<Denom, bigint>> => Object.fromEntries(parts.map((part) => [part, { sol: 0n, usdc: 0n }])) as Record<Part, Record<Denom, bigint>>;

function receivedBy(deposits: readonly Deposit[]): Expected['received'] {
  const sums = none();
  for (const { by, denom, amount, award, state } of deposits) {
    for (const share of award?.shares ?? []) if (share.settled !== undefined) sums[share.settled === 'paid' ? share.to : by][denom] += share.amount;
    if (award === undefined && (state === 'refunded' || state === 'cancelled')) sums[by][denom] += amount;
  }
  return sums;
}
