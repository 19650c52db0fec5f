const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request may change something: safe methods always; others only when the browser says that a page of ours
 * sent it. Kit checks form content types alone, so JSON is checked here. A request without an Origin is no browser's
 * same-origin fetch and is refused as well (Fetch standard, "append a request Origin header").
 */
export function mayChange(request: Request, origin: string): boolean {
  if (safe.has(request.method)) return true;
  const site = request.headers.get('sec-fetch-site');
  return request.headers.get('origin') === origin && (site === null || site === 'same-origin');
}
