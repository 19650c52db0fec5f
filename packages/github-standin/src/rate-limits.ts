import type { Caller } from './credentials.ts';
import { Refusal } from './refusal.ts';

/** GitHub's limits, by its docs "Rate limits for the REST API". */
export interface Limits {
  /** Requests an hour. An installation begins with 5,000. */
  readonly perHour: number;
  /** What may be created in a minute and in an hour. */
  readonly createsPerMinute: number;
  readonly createsPerHour: number;
}

export const githubLimits: Limits = { perHour: 5_000, createsPerMinute: 80, createsPerHour: 500 };

const minuteMs = 60_000;
const hourMs = 3_600_000;
const support = 'If you reach out to GitHub Support for help, please include the request ID and timestamp.';

/** The refusal of an hour's budget that is used up until `reset`, seconds since 1970. */
export const primaryLimit = (whose: string, headers: Readonly<Record<string, string>>, status = 403): Refusal =>
  new Refusal(status, `API rate limit exceeded for ${whose}. ${support}`, { headers });

/** The refusal of too much at once. GitHub does not always say when to come back. */
export const secondaryLimit = (retryAfter: number | undefined, status = 403): Refusal =>
  new Refusal(status, `You have exceeded a secondary rate limit. Please wait a few minutes before you try again. ${support}`, { headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) } });

/** What one caller may still ask for. */
export class Budget {
  readonly #whose: string;
  readonly #resource: string;
  readonly #limits: Limits;
  readonly #now: () => Date;
  #used = 0;
  #reset = 0;
  #created: number[] = [];

  constructor(whose: string, limits: Limits, now: () => Date, resource = 'core') {
    this.#whose = whose;
    this.#resource = resource;
    this.#limits = limits;
    this.#now = now;
  }

  /** Counts a request, or refuses it in GitHub's words. */
  spend(isCreating: boolean): void {
    const now = this.#now().getTime();
    this.#begin(now);
    if (this.#used >= this.#limits.perHour) throw primaryLimit(this.#whose, this.headers());
    this.#used += 1;
    if (!isCreating) return;
    this.#created = this.#created.filter((at) => at > now - hourMs);
    for (const [most, withinMs] of [[this.#limits.createsPerMinute, minuteMs], [this.#limits.createsPerHour, hourMs]] as const) {
      const first = this.#created.at(-most);
      if (first !== undefined && first > now - withinMs) throw secondaryLimit(Math.ceil((first + withinMs - now) / 1000));
    }
    this.#created.push(now);
  }

  /** An answer of 304 costs nothing. */
  refund(): void {
    this.#used = Math.max(0, this.#used - 1);
  }

  /** `over` is what is told in place of the truth, by a fault of the script. */
  headers(over: { remaining?: number; reset?: number } = {}): Record<string, string> {
    this.#begin(this.#now().getTime());
    const { perHour } = this.#limits;
    const remaining = over.remaining ?? perHour - this.#used;
    return {
      'x-ratelimit-limit': String(perHour), 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-used': String(perHour - remaining),
      'x-ratelimit-reset': String(over.reset ?? Math.ceil(this.#reset / 1000)), 'x-ratelimit-resource': this.#resource,
    };
  }

  get whose(): string {
    return this.#whose;
  }

  // The hour begins with the first request after the last one ended.
  #begin(now: number): void {
    if (now < this.#reset) return;
    this.#reset = now + hourMs;
    this.#used = 0;
  }
}

/** The budgets of each App and of each of its installations. People have none here: behind one of them stand all the scripts of a test. */
export class Budgets {
  readonly #limits: Limits;
  readonly #now: () => Date;
  readonly #byName = new Map<string, Budget>();

  constructor(limits: Limits, now: () => Date) {
    this.#limits = limits;
    this.#now = now;
  }

  /** GraphQL has an hour's budget of its own. */
  of(caller: Caller, resource: 'core' | 'graphql' = 'core'): Budget | undefined {
    if (caller.kind !== 'installation' && caller.kind !== 'app') return undefined;
    const whose = caller.kind === 'app' ? `app ID ${String(caller.app.id)}` : `installation ID ${caller.token.installation.id}`;
    const name = `${resource} of ${whose}`;
    const known = this.#byName.get(name) ?? new Budget(whose, this.#limits, this.#now, resource);
    this.#byName.set(name, known);
    return known;
  }
}
