import type { Refusal } from './problem.ts';

/** A refusal of our own server, or of the way to it, as it is thrown. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.message, options);
    this.refusal = refusal;
  }
}

const away = { code: 'SERVICE_UNAVAILABLE', message: 'This site can’t be reached at the moment.' };

/** Posts JSON to an endpoint of this page. Rejects with `Refused`, whether the server or the network says no. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  let reply: Response;
  try {
    reply = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) });
  } catch (cause) {
    throw new Refused(away, { cause });
  }
  const answer: unknown = await reply.json().catch(() => undefined);
  if (reply.ok) return answer as T;
  throw new Refused(typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer ? { code: String(answer.code), message: String(answer.message) } : away);
}
