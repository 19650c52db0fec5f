import { PageRefusal } from './insist.ts';
import type { Place, Player } from './place.ts';

/** How long somebody waits for a page. */
const patienceMs = 15_000;

async function visit({ stage: { stack: { webUrl } } }: Place, { address }: Player, path: string, said?: unknown): Promise<Response> {
  const reply = await fetch(`${webUrl}${path}`, {
    signal: AbortSignal.timeout(patienceMs),
    headers: { origin: webUrl, 'x-visitor': address, ...(said === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(said === undefined ? {} : { method: 'POST', body: JSON.stringify(said) }),
  });
  if (reply.ok) return reply;
  const text = await reply.text();
  const refusal = text.startsWith('{') ? (JSON.parse(text) as { code?: string; facts?: unknown }) : {};
  throw new PageRefusal(reply.status, refusal.code ?? `HTTP_${String(reply.status)}`, refusal.facts);
}

/** A page of the website. */
export const readPage = async (place: Place, player: Player, path: string): Promise<string> => (await visit(place, player, path)).text();

/** What a page does with what somebody says there. */
export const sayTo = async <T>(place: Place, player: Player, path: string, said: unknown): Promise<T> => (await (await visit(place, player, path, said)).json()) as T;
