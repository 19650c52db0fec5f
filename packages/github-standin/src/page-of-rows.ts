const most = 100;

const whole = (value: string | string[] | undefined, otherwise: number): number => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
};

/** How many rows a page has: 30 when the query does not say, 100 at most. */
export const perPage = (query: Readonly<Record<string, string | string[]>>): number => Math.min(whole(query['per_page'], 30), most);

/** The page of a list that the query asks for, and the `Link` header that leads to its neighbours. GitHub gives at most 100 rows. */
export function pageOf(rows: readonly unknown[], query: Readonly<Record<string, string | string[]>>, url: string): { page: readonly unknown[]; link: string | undefined } {
  const count = perPage(query);
  const number = whole(query['page'], 1);
  const last = Math.max(1, Math.ceil(rows.length / count));
  const to = (page: number, rel: string): string => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) search.append(name, one);
    search.set('page', String(page));
    return `<${url}?${search}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [to(number - 1, 'prev')] : []),
    ...(number < last ? [to(number + 1, 'next'), to(last, 'last')] : []),
    ...(number > 1 ? [to(1, 'first')] : []),
  ];
  return { page: rows.slice((number - 1) * count, number * count), link: links.length === 0 ? undefined : links.join(', ') };
}
