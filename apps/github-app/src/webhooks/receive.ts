import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { DoubloonError } from '@doubloon/errors';
import { failpoint, lawIsOff } from '@doubloon/failpoints';
import { readPayload } from './payload.ts';
import { looksLikeSignature, signedWith, type SecretName, type WebhookSecrets } from './signature.ts';

/** GitHub never sends more than 25 MB (docs: "Webhook events and payloads"). */
export const largestBody = 25 * 1024 * 1024;
/** Bytes of deliveries that are held at one time, until they are refused or stored. */
const largestBacklog = 4 * largestBody;
/** Deliveries that are being stored at one time. One more is refused at once: a queue would only make it late as well. */
export const mostInHand = 256;
/** Milliseconds after which a delivery that can't be stored is refused: GitHub waits ten seconds. */
const storeWithinMs = 3_000;

export interface Delivery {
  /** `X-GitHub-Delivery`: the same over redeliveries of one event. */
  readonly guid: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Receiver {
  readonly secrets: WebhookSecrets;
  /** Resolves when the delivery is durable; false when it was there already. May still do so after 503 was answered. */
  store(delivery: Delivery): Promise<boolean>;
  /** Told once per request, for metrics and the log. */
  onAnswer?(answer: { status: number; key?: SecretName; stored?: boolean; reason: string; error?: unknown }): void;
}

type Verdict = { status: number; reason: string; key?: SecretName; stored?: boolean; error?: unknown; hangUp?: boolean };

const shortestSecret = 32;
const lingerMs = 1_000;
export const guidForm = /^[0-9A-Za-z-]{1,64}$/;
export const eventForm = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * Takes GitHub's deliveries: checks, stores, answers, and does nothing else. 202 stored or already stored, 400 malformed,
 * 401 not signed by one of the secrets, 405 not POST, 413 over 25 MiB, 415 not JSON, 503 can't be stored now, told within
 * 3 s of the last byte. What is held of deliveries is bounded in number and bytes; what is too much is 503 at once. Whatever
 * the path: nothing else is served here. `CONFIG_INVALID` for a secret under 32 characters.
 */
export function createReceiver({ secrets, store, onAnswer }: Receiver): RequestListener {
  const weak = [secrets.current, secrets.previous].some((secret) => secret !== undefined && secret.length < shortestSecret);
  if (weak) throw new DoubloonError('CONFIG_INVALID', { problems: [`a webhook secret has fewer than ${String(shortestSecret)} characters`] });
  let held = 0;
  let inHand = 0;
  /** The bodies that are not here to their end, and how to refuse each. */
  const unfinished = new Map<IncomingMessage, { size: number; refuse(status: number, reason: string): void }>();

  // Whoever holds most makes room: a flood of large bodies can't keep out GitHub's, which are small.
  const makeRoom = (): void => {
    while (held > largestBacklog && unfinished.size > 0) [...unfinished.values()].reduce((one, other) => (other.size > one.size ? other : one)).refuse(503, 'too much is under way');
  };

  /** The whole body, or why it is not read to its end. Rejects when the sender goes away. */
  const readBody = (request: IncomingMessage): Promise<Buffer | Verdict> => new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const stop = (): void => {
      held -= body.size;
      unfinished.delete(request);
      request.off('data', take).off('end', end).off('close', leave);
    };
    const refuse = (status: number, reason: string): void => {
      stop();
      resolve({ status, reason, hangUp: true });
    };
    const body = { size: 0, refuse };
    unfinished.set(request, body);
    const take = (chunk: Buffer): void => {
      body.size += chunk.length;
      held += chunk.length;
      chunks.push(chunk);
      if (body.size > largestBody) refuse(413, 'the body is over 25 MiB');
      else makeRoom();
    };
    const end = (): void => {
      stop();
      resolve(Buffer.concat(chunks, body.size));
    };
    const leave = (): void => {
      stop();
      reject(new Error('the sender went away'));
    };
    request.on('data', take).on('end', end).on('close', leave);
  });

  const judge = async (request: IncomingMessage): Promise<Verdict> => {
    const refusal = refuseByHead(request);
    if (refusal !== undefined) return refusal;
    const { 'x-hub-signature-256': header, 'x-github-delivery': guid, 'x-github-event': event } = request.headers as Readonly<Record<string, string>>;
    const bytes = await readBody(request);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const key = signedWith(secrets, bytes, header ?? '');
    if (key === undefined) return { status: 401, reason: 'the signature does not fit' };
    const payload = readPayload(bytes);
    if (payload === undefined) return { status: 400, reason: 'the body is not a JSON object', key };
    return { key, ...(await keep({ guid: guid ?? '', event: event ?? '', payload }, bytes.length)) };
  };

  const storeNow = async (delivery: Delivery): Promise<boolean> => {
    failpoint('delivery-verified');
    const stored = await store(delivery);
    failpoint('delivery-stored');
    return stored;
  };
  // What the first law forbids: answered, and only then stored.
  const storeLater = (delivery: Delivery): Promise<boolean> => {
    setTimeout(() => { storeNow(delivery).catch(() => undefined); }, 50);
    return Promise.resolve(true);
  };

  const keep = async (delivery: Delivery, size: number): Promise<Verdict> => {
    if (inHand >= mostInHand) return { status: 503, reason: 'too much is under way' };
    inHand += 1;
    // It had its place among the unfinished until this moment, so that there is room.
    held += size;
    // In hand until it is settled, and not only until it was answered: what is given up still takes its place in memory.
    const storing = (lawIsOff('inbox') ? storeLater(delivery) : storeNow(delivery)).finally(() => {
      inHand -= 1;
      held -= size;
    });
    try {
      const stored = await within(storing, storeWithinMs);
      return { status: 202, stored, reason: stored ? 'stored' : 'already stored' };
    } catch (error) {
      return { status: 503, reason: 'it could not be stored', error };
    }
  };

  return (request, response) => {
    judge(request).then(
      (verdict) => { answer(request, response, verdict); onAnswer?.(verdict); },
      // The sender went away or was too slow: there is nobody left to answer.
      () => { response.destroy(); },
    );
  };
}

// All that can be refused before a byte of the body is read.
function refuseByHead({ method, headers }: IncomingMessage): Verdict | undefined {
  if (method !== 'POST') return { status: 405, reason: 'only POST', hangUp: true };
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return { status: 415, reason: 'only application/json', hangUp: true };
  if (headers['content-encoding'] !== undefined) return { status: 415, reason: 'no content encoding', hangUp: true };
  if (Number(headers['content-length'] ?? 0) > largestBody) return { status: 413, reason: 'the body is over 25 MiB', hangUp: true };
  if (!looksLikeSignature(only(headers['x-hub-signature-256']))) return { status: 401, reason: 'there is no signature', hangUp: true };
  if (!guidForm.test(only(headers['x-github-delivery']) ?? '')) return { status: 400, reason: 'X-GitHub-Delivery is not a delivery id', hangUp: true };
  if (!eventForm.test(only(headers['x-github-event']) ?? '')) return { status: 400, reason: 'X-GitHub-Event is not an event name', hangUp: true };
  return undefined;
}

const only = (header: string | string[] | undefined): string | undefined => (typeof header === 'string' ? header : undefined);

function answer(request: IncomingMessage, response: ServerResponse, { status, reason, hangUp = false }: Verdict): void {
  const body = `${JSON.stringify({ answer: reason })}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(hangUp ? { connection: 'close' } : {}),
  });
  if (!hangUp || request.complete) {
    response.end(body);
    return;
  }
  // Closing with bytes unread resets the connection, and the sender would never see the answer: swallow for a moment.
  response.write(body);
  const leave = (): void => { response.end(); };
  const timer = setTimeout(leave, lingerMs);
  request.once('close', () => { clearTimeout(timer); }).once('end', leave).resume();
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => { reject(new Error(`no answer within ${String(ms)} ms`)); }, ms); });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // When it lost the race, nobody else hears of it.
    work.catch(() => undefined);
  }
}
