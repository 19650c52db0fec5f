/** What somebody wants to see of the board, as it stands in an address; empty is any. */
export interface Filter {
  readonly denom: string;
  readonly state: string;
  readonly language: string;
  readonly label: string;
  readonly repository: string;
}

const names = ['denom', 'state', 'language', 'label', 'repository'] as const;
const longest = 200;

/** Out of the question part of an address. What is longer than anything there can be is cut: it matches nothing either way. */
export const readFilter = (params: URLSearchParams): Filter =>
  Object.fromEntries(names.map((name) => [name, (params.get(name) ?? '').trim().slice(0, longest)])) as Record<(typeof names)[number], string>;

/** The same as the question part of an address, `?` included; empty when nothing is asked for. */
export function queryOf(filter: Filter, cursor = ''): string {
  const params = new URLSearchParams([...names.map((name) => [name, filter[name]] as [string, string]), ['cursor', cursor]].filter(([, value]) => value !== ''));
  return params.size === 0 ? '' : `?${params.toString()}`;
}

export const isFiltered = (filter: Filter): boolean => names.some((name) => filter[name] !== '');
