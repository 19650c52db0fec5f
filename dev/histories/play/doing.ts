import type { Act, Deed, Operation } from '../operation.ts';
import type { Place } from './place.ts';

/** One operation of a history, under way. */
export interface Doing<D extends Deed = Deed> {
  readonly place: Place;
  readonly deed: D;
  /** Place of the operation in its history. */
  readonly of: number;
  /** What was done so far, in any order. */
  readonly acts: readonly Act[];
  /** When to give up, in milliseconds of the wall clock. */
  readonly end: number;
}

/** What came of it, without its place. */
export type Came = Omit<Act, 'of'>;

export type Kind = Deed['kind'];
export type DeedOf<K extends Kind> = Extract<Deed, { readonly kind: K }>;

export const actOf = ({ acts }: Doing, of: number): Act | undefined => acts.find((act) => act.of === of);

/** Another operation of the same history, which has to be of one of these kinds. */
export function earlier<K extends Kind>({ place }: Doing, of: number, ...kinds: readonly K[]): DeedOf<K> & Operation {
  const operation = place.history.operations[of];
  if (operation === undefined || !(kinds as readonly Kind[]).includes(operation.kind)) throw new Error(`operation ${String(of)} of history ${String(place.history.seed)} is ${operation?.kind ?? 'none'}`);
  return operation as DeedOf<K> & Operation;
}
