export interface FetchBounds {
  /** Milliseconds until a request is given up. */
  readonly timeoutMs: number;
  /** Hears the headers of every answer. */
  readonly onAnswer?: (headers: Headers) => void;
}

/** `fetch` for requests to GitHub, none of which may hang: it also ends with the signal that a request brings itself. */
export const boundedFetch = ({ timeoutMs, onAnswer }: FetchBounds): typeof fetch => async (input, init) => {
  const answer = await fetch(input, { ...init, signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init?.signal ? [init.signal] : [])]) });
  onAnswer?.(answer.headers);
  return answer;
};
