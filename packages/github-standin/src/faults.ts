/** What of the API a fault meets: requests of the App and its installations. */
export interface ApiMatch {
  /** Requests of people too: they are a test's own hands otherwise. */
  readonly people?: boolean;
  /** Every one when left out. */
  readonly method?: string;
  /** Of the path below the API's root, without the query, by the repository's name: `/repos/ada/notes/issues/1/comments`. */
  readonly path: RegExp;
  /** How many requests it meets: one when left out, `Infinity` until `clear`. */
  readonly times?: number;
}

/** What of the App's webhooks a fault meets. A redelivery that was asked for meets none. */
export interface HookMatch {
  readonly event: string;
  /** Every one when left out. */
  readonly action?: string;
  readonly times?: number;
}

/** What becomes of a request to the API. With `done` it had its effect all the same; otherwise GitHub never did it. */
export type ApiFault =
  /** 502 unless `status` says otherwise. */
  | { readonly kind: 'unavailable'; readonly status?: 500 | 502 | 503 | 504; readonly done?: boolean }
  /** Never answers. `done: { afterMs }` has its effect when the caller may have gone already. */
  | { readonly kind: 'hang'; readonly done?: boolean | { readonly afterMs: number } }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly done?: boolean }
  /** Does it and answers rightly, so many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The hour's budget is used up, with `x-ratelimit-remaining: 0`, until so many seconds from now by GitHub's clock. */
  | { readonly kind: 'primary-limit'; readonly status?: 403 | 429; readonly resetSeconds: number }
  /** Too much in too short a time; GitHub says `retry-after` (seconds), or leaves it out. */
  | { readonly kind: 'secondary-limit'; readonly status?: 403 | 429; readonly retryAfter?: number }
  /** 404 for what exists: the copy that was asked has not heard of it yet. */
  | { readonly kind: 'not-found' }
  /** 401, and the installation token that was sent is void from now on. */
  | { readonly kind: 'token-expired' };

/** What becomes of a webhook. */
export type HookFault =
  /** Sent once more at once, under the same GUID. */
  | { readonly kind: 'duplicate' }
  /** Sent so many milliseconds later, or after so many of those that follow it: it is overtaken. Its payload stays that of the event. */
  | { readonly kind: 'late'; readonly by: { readonly ms: number } | { readonly deliveries: number } }
  /** Never arrives. The delivery log shows it as failed, or knows nothing of it. */
  | { readonly kind: 'lost'; readonly inLog: boolean };

/** The script of what goes wrong. Of several that fit, the one that was scripted first happens, until its times are used up. */
export interface Faults {
  /** Answers what tells how often it happened so far. */
  api(match: ApiMatch, fault: ApiFault): () => number;
  hook(match: HookMatch, fault: HookFault): () => number;
  /** GitHub's clock is so many milliseconds ahead of ours (behind when negative): timestamps, `Date`, limits, tokens, JWTs. */
  skew(ms: number): void;
  readonly skewMs: number;
  /** How many scripted faults did not happen yet, or not often enough. */
  left(): number;
  /** Forgets the script and sets the clock right. */
  clear(): void;
}

interface Scripted<Match, Fault> { readonly match: Match; readonly fault: Fault; left: number; met: number }

function scripted<Match extends { readonly times?: number }, Fault>(script: Scripted<Match, Fault>[], match: Match, fault: Fault): () => number {
  const one = { match, fault, left: match.times ?? 1, met: 0 };
  script.push(one);
  return () => one.met;
}

function take<Match, Fault>(script: Scripted<Match, Fault>[], fits: (match: Match) => boolean): Fault | undefined {
  const found = script.find(({ match, left }) => left > 0 && fits(match));
  if (found === undefined) return undefined;
  found.left -= 1;
  found.met += 1;
  return found.fault;
}

/** The script, as the stand-in itself goes by it. */
export class Script implements Faults {
  #api: Scripted<ApiMatch, ApiFault>[] = [];
  #hook: Scripted<HookMatch, HookFault>[] = [];
  skewMs = 0;

  api(match: ApiMatch, fault: ApiFault): () => number {
    return scripted(this.#api, match, fault);
  }

  hook(match: HookMatch, fault: HookFault): () => number {
    return scripted(this.#hook, match, fault);
  }

  skew(ms: number): void {
    this.skewMs = ms;
  }

  left(): number {
    return [...this.#api, ...this.#hook].filter(({ left }) => left > 0 && left !== Infinity).length;
  }

  clear(): void {
    this.#api = [];
    this.#hook = [];
    this.skewMs = 0;
  }

  /** What happens to this request. Counts it. */
  ofRequest(method: string, path: string, isPerson: boolean): ApiFault | undefined {
    return take(this.#api, (match) => (match.people === true || !isPerson) && (match.method === undefined || match.method === method) && match.path.test(path));
  }

  /** What happens to this webhook. Counts it. */
  ofHook(event: string, action: string | null): HookFault | undefined {
    return take(this.#hook, (match) => match.event === event && (match.action === undefined || match.action === action));
  }
}
