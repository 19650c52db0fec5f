/** The budgets that GitHub counts apart and we could use. All others are one. */
const resources = ['core', 'graphql', 'other'] as const;
type Resource = (typeof resources)[number];

/** What is left of GitHub's budgets, over all installations: of each resource the lowest that was seen, until its hour is over. */
export class Quota {
  readonly #lowest = new Map<Resource, { readonly remaining: number; readonly endsAt: number }>();

  /** Takes in what an answer says, which came at `now`. An answer may say nothing. */
  hear(headers: Headers, now: Date): void {
    const [remaining, reset] = ['x-ratelimit-remaining', 'x-ratelimit-reset'].map((name) => Number(headers.get(name) ?? Number.NaN));
    if (remaining === undefined || reset === undefined || !Number.isFinite(remaining) || !Number.isFinite(reset)) return;
    const said = headers.get('x-ratelimit-resource');
    const resource = resources.find((it) => it === said) ?? 'other';
    const known = this.left(now).get(resource);
    if (known !== undefined && known < remaining) return;
    // By GitHub's own clock, as the end of the hour is.
    const told = Date.parse(headers.get('date') ?? '');
    this.#lowest.set(resource, { remaining, endsAt: now.getTime() + reset * 1_000 - (Number.isNaN(told) ? now.getTime() : told) });
  }

  /** Requests left in the hours under way, by resource; what was not heard of in this hour is not in it. */
  left(now: Date): ReadonlyMap<Resource, number> {
    return new Map([...this.#lowest].filter(([, { endsAt }]) => endsAt > now.getTime()).map(([resource, { remaining }]) => [resource, remaining]));
  }
}
