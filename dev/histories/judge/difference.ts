/** Sentences about how `is` differs from `wanted`, each thing counted as often as it is there. */
export function difference(what: string, is: readonly string[], wanted: readonly string[]): string[] {
  const left = [...wanted];
  const more = is.filter((one) => {
    const place = left.indexOf(one);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
  if (more.length > 0 && left.length > 0) return [`wrong: ${what}: ${more.join(', ')} in the place of ${left.join(', ')}`];
  return [
    ...more.map((one) => (wanted.includes(one) ? `doubled: ${what}: ${one}` : `wrong: ${what}: ${one} should not be there`)),
    ...left.map((one) => `lost: ${what}: ${one}`),
  ];
}

/** By the one of several that might be which differs least. */
export function leastDifference(what: string, is: readonly string[], all: readonly (readonly string[])[]): string[] {
  const found = all.map((wanted) => ({ said: difference(what, is, wanted), weight: difference(what, is, wanted).join().length }));
  return found.toSorted((one, other) => one.weight - other.weight)[0]?.said ?? difference(what, is, []);
}
