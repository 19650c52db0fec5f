import type { History, Operation } from '../operation.ts';

/** The places of other operations that one refers to. */
export function references(operation: Operation): number[] {
  switch (operation.kind) {
    case 'edit': case 'remove': case 'fund': case 'merge': case 'sign-award': case 'sign-veto': case 'pay': case 'refund': return [operation.of];
    case 'award': return 'pull' in operation.to ? [operation.to.pull] : [];
    default: return [];
  }
}

/** The history without the operations at these places, and without all that refer to them; what is left refers to where things are now. */
export function without(history: History, places: readonly number[]): History {
  const gone = new Set(places);
  // What is referred to stands before what refers to it.
  for (const [place, operation] of history.operations.entries()) if (references(operation).some((of) => gone.has(of))) gone.add(place);
  const now = new Map<number, number>();
  for (const place of history.operations.keys()) if (!gone.has(place)) now.set(place, now.size);
  return { ...history, operations: history.operations.flatMap((operation, place) => (gone.has(place) ? [] : [moved(operation, (of) => now.get(of) ?? of)])) };
}

function moved(operation: Operation, to: (of: number) => number): Operation {
  switch (operation.kind) {
    case 'edit': case 'remove': case 'fund': case 'merge': case 'sign-award': case 'sign-veto': case 'pay': case 'refund': return { ...operation, of: to(operation.of) };
    case 'award': return 'pull' in operation.to ? { ...operation, to: { pull: to(operation.to.pull) } } : operation;
    default: return operation;
  }
}
