import { createHmac, randomUUID } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

/** One attempt to deliver a webhook, with what GitHub's delivery log keeps of it. */
export interface Delivery {
  /** 64 bits, above 2^53: a number would round it. One per attempt. */
  readonly id: bigint;
  /** Of the event, so the same over every attempt. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number;
  readonly repositoryId: number;
  readonly deliveredAt: Date;
  readonly redelivery: boolean;
  readonly url: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly payload: string };
  /** `undefined` while it is under way. */
  outcome: { readonly status: string; readonly statusCode: number; readonly seconds: number; readonly response: { readonly headers: Readonly<Record<string, string>>; readonly payload: string } } | undefined;
}

export interface Hook {
  /** Nothing is sent while it is `undefined`. */
  url: string | undefined;
  secret: string;
  readonly id: number;
  readonly appId: number;
}

/** GitHub hangs up after ten seconds, and never tries again by itself. */
const patienceMs = 10_000;
const firstDeliveryId = 180_143_985_094_819_840n;

type Outcome = NonNullable<Delivery['outcome']>;

function post(url: string, headers: Readonly<Record<string, string>>, body: Buffer, signal: AbortSignal): Promise<{ statusCode: number; headers: Record<string, string>; payload: string }> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? secureRequest : plainRequest;
    const outgoing = send(url, { method: 'POST', headers: { ...headers, 'content-length': body.length }, agent: false, signal }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({
          statusCode: answer.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
          payload: Buffer.concat(chunks).toString('utf8').slice(0, 65_536),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const sign = (algorithm: 'sha1' | 'sha256', secret: string, body: string): string => `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;

/** Sends webhooks one after the other in the order in which they were told, and keeps the log. */
export class Deliveries {
  readonly log: Delivery[] = [];
  readonly #hook: Hook;
  readonly #now: () => Date;
  readonly #closing = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #nextId = firstDeliveryId;

  constructor(hook: Hook, now: () => Date) {
    this.#hook = hook;
    this.#now = now;
  }

  /** Queues one webhook with the payload as it is now, and returns at once. */
  tell(event: string, action: string | null, payload: object, about: { installationId: number; repositoryId: number }): void {
    const { url, secret, id, appId } = this.#hook;
    if (url === undefined || this.#closing.signal.aborted) return;
    const text = JSON.stringify(payload);
    const guid = randomUUID();
    const headers = {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/7f3c2a1',
      'x-github-delivery': guid,
      'x-github-event': event,
      'x-github-hook-id': String(id),
      'x-github-hook-installation-target-id': String(appId),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature': sign('sha1', secret, text),
      'x-hub-signature-256': sign('sha256', secret, text),
    };
    this.#nextId += 1_048_573n;
    const delivery: Delivery = { id: this.#nextId, guid, event, action, ...about, deliveredAt: this.#now(), redelivery: false, url, request: { headers, payload: text }, outcome: undefined };
    this.log.push(delivery);
    this.#last = this.#last.then(() => this.#deliver(delivery));
  }

  async #deliver(delivery: Delivery): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const started = performance.now();
    const finish = (status: string, statusCode: number, response: Outcome['response']): void => {
      delivery.outcome = { status, statusCode, seconds: Math.round(performance.now() - started) / 1000, response };
    };
    const patience = AbortSignal.timeout(patienceMs);
    try {
      const answer = await post(delivery.url, delivery.request.headers, Buffer.from(delivery.request.payload), AbortSignal.any([patience, this.#closing.signal]));
      const good = answer.statusCode >= 200 && answer.statusCode < 300;
      finish(good ? 'OK' : `Invalid HTTP Response: ${answer.statusCode}`, answer.statusCode, { headers: answer.headers, payload: answer.payload });
    } catch {
      finish(patience.aborted ? 'timed out' : 'failed to connect to host', patience.aborted ? 504 : 502, { headers: {}, payload: '' });
    }
  }

  /** Resolves when everything told so far has been answered, refused or given up on. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Hangs up and forgets what is queued. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }
}
