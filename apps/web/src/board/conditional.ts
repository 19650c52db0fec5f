import { createHash } from 'node:crypto';

/** A document that readers and caches come back for: 304 when it is what they have. */
export function conditional(request: Request, body: string, { type, maxAge, changedAt, status = 200, headers = {} }: { type: string; maxAge: number; changedAt?: Date; status?: number; headers?: Readonly<Record<string, string>> }): Response {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const about = {
    etag, 'cache-control': `public, max-age=${String(maxAge)}`, ...(changedAt === undefined ? {} : { 'last-modified': changedAt.toUTCString() }),
    // Whoever opens it by itself runs nothing of it.
    'content-security-policy': "default-src 'none'; sandbox", ...headers,
  };
  return isKnown(request, etag, changedAt) ? new Response(null, { status: 304, headers: about }) : new Response(body, { status, headers: { ...about, 'content-type': `${type}; charset=utf-8` } });
}

/** RFC 9110: the tag decides where one is sent, the date only without. */
function isKnown({ headers }: Request, etag: string, changedAt: Date | undefined): boolean {
  const tags = headers.get('if-none-match');
  if (tags !== null) return tags.split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')));
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  return changedAt !== undefined && Math.floor(changedAt.getTime() / 1000) * 1000 <= since;
}
