/** What GitHub leaves us of the requests of an hour, as an answer told. */
export interface RequestsLeft {
  readonly remaining: number;
  readonly limit: number;
  /** Milliseconds until the next hour begins. */
  readonly waitMs: number;
}

/** The hour and a minute: whatever an answer says, no limit that GitHub documents lasts longer. */
const longestMs = 3_660_000;

/** Reads the headers of an answer that came at `now`; nothing when it does not say. The hour's end is told by GitHub's clock, as the time of the answer is. */
export function requestsLeft(headers: Readonly<Record<string, string | number | undefined>>, now: Date): RequestsLeft | undefined {
  const [remaining, limit, reset] = ['remaining', 'limit', 'reset'].map((name) => Number(headers[`x-ratelimit-${name}`] ?? NaN)) as [number, number, number];
  if (![remaining, limit, reset].every(Number.isFinite)) return undefined;
  const told = Date.parse(String(headers['date']));
  return { remaining, limit, waitMs: Math.min(Math.max(0, (reset + 1) * 1_000 - (Number.isNaN(told) ? now.getTime() : told)), longestMs) };
}
