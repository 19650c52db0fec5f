import { z } from 'zod';
import { readSetback, type Octokit } from '../github.ts';
import { readPayload } from '../webhooks/payload.ts';
import { eventForm, guidForm, largestBody, type Delivery } from '../webhooks/receive.ts';
import { requestsLeft, type RequestsLeft } from '../reread/requests-left.ts';

/** One attempt to deliver, as the App's delivery log lists it. */
export interface LoggedDelivery {
  /** Of the attempt: 64 bits since 2026, so always its digits and never a number. */
  readonly id: string;
  /** Of the event: the same over all of its attempts. */
  readonly guid: string;
  readonly deliveredAt: Date;
}

export interface LogPage {
  /** Newest first. */
  readonly deliveries: readonly LoggedDelivery[];
  /** Entries that are not of the form we know. */
  readonly malformed: number;
  /** Where the next page, of older ones, begins. */
  readonly next: string | undefined;
  /** GitHub's clock, when it told. */
  readonly at: Date | undefined;
  readonly left: RequestsLeft | undefined;
}

export type Fetched = { readonly delivery: Delivery; readonly left: RequestsLeft | undefined } | { readonly problem: 'gone' | 'malformed' | 'foreign'; readonly left: RequestsLeft | undefined };

/** Our own body is in the answer once more, with what we answered then. */
const largestAnswer = largestBody + 1024 * 1024;

const entry = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  guid: z.string().regex(guidForm),
  delivered_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});

/** The page of the log that begins at `cursor`, the newest one without. Rejects with what GitHub's client threw. */
export async function readLogPage(octokit: Octokit, cursor: string | undefined, signal: AbortSignal): Promise<LogPage> {
  const { bytes, headers } = await ask(octokit, 'GET /app/hook/deliveries', { per_page: 100, ...(cursor === undefined ? {} : { cursor }) }, signal);
  const list: unknown = JSON.parse(bytes.toString('utf8'), withExactIds);
  if (!Array.isArray(list)) throw new Error('the delivery log is not a list');
  const read = list.map((one) => entry.safeParse(one).data);
  const date = Date.parse(headers['date'] ?? '');
  return {
    deliveries: read.filter((one) => one !== undefined).map(({ id, guid, delivered_at: deliveredAt }) => ({ id, guid, deliveredAt })),
    malformed: read.filter((one) => one === undefined).length,
    next: nextCursor(headers['link']),
    at: Number.isNaN(date) ? undefined : new Date(date),
    left: requestsLeft(headers, new Date()),
  };
}

/** One delivery with what it carried, tamed as the receiver does. Rejects with what GitHub's client threw, but not because it is gone. */
export async function fetchDelivery(octokit: Octokit, appId: string, { id, guid }: Pick<LoggedDelivery, 'id' | 'guid'>, signal: AbortSignal): Promise<Fetched> {
  let answer: Awaited<ReturnType<typeof ask>>;
  try {
    answer = await ask(octokit, 'GET /app/hook/deliveries/{delivery_id}', { delivery_id: id }, signal);
  } catch (error) {
    const { status } = readSetback(error, new Date());
    if (status === 404 || status === 410 || error instanceof TooLong) return { problem: error instanceof TooLong ? 'malformed' : 'gone', left: undefined };
    throw error;
  }
  const left = requestsLeft(answer.headers, new Date());
  const { event, guid: told, request } = readPayload(answer.bytes) ?? {};
  if (typeof request !== 'object' || request === null || typeof event !== 'string' || !eventForm.test(event) || told !== guid) return { problem: 'malformed', left };
  const { payload, headers } = request as { payload?: unknown; headers?: unknown };
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return { problem: 'malformed', left };
  if (!isForApp(appId, headers)) return { problem: 'foreign', left };
  return { delivery: { guid, event, payload: payload as Delivery['payload'] }, left };
}

// A GUID belongs to the event, which hooks of repositories and of other Apps may have been sent as well.
function isForApp(appId: string, headers: unknown): boolean {
  const target = typeof headers === 'object' && headers !== null ? Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-github-hook-installation-target-id')?.[1] : undefined;
  return target === undefined || String(target) === appId;
}

class TooLong extends Error {}

// The client's own JSON reader makes a number or a bigint of an id, as it happens to be large: the bytes are read here.
async function ask(octokit: Octokit, route: string, parameters: object, signal: AbortSignal): Promise<{ bytes: Buffer; headers: Readonly<Record<string, string | undefined>> }> {
  const { data, headers } = await octokit.request(route, { ...parameters, request: { parseSuccessResponseBody: false, signal } }) as { data: AsyncIterable<Uint8Array> | null; headers: Record<string, string | undefined> };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of data ?? []) {
    size += chunk.length;
    if (size > largestAnswer) throw new TooLong('the answer is larger than any delivery');
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), headers };
}

const withExactIds = (key: string, value: unknown, context?: { readonly source?: string }): unknown => (key === 'id' && typeof value === 'number' ? context?.source : value);

// Only the cursor is taken from the link: where it leads is none of an answer's business.
function nextCursor(link: string | undefined): string | undefined {
  const target = /<([^<>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return target === undefined ? undefined : (URL.parse(target)?.searchParams.get('cursor') ?? undefined);
}
