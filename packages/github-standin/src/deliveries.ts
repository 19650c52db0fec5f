import { createHmac, randomUUID } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Script } from './faults.ts';

/** One attempt to deliver a webhook, with what GitHub's delivery log keeps of it. */
export interface Delivery {
  /** 64 bits, above 2^53: a number would round it. One per attempt. */
  readonly id: bigint;
  /** Of the event, so the same over every attempt. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  /** `null` when it is about no installation, as a ping is. */
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
  /** Where the hook pointed when the attempt was queued. */
  readonly url: string | undefined;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly payload: string };
  /** `undefined` while it is under way. */
  outcome: { readonly deliveredAt: Date; readonly status: string; readonly statusCode: number; readonly seconds: number; readonly response: { readonly headers: Readonly<Record<string, string>>; readonly payload: string } } | undefined;
}

/** An attempt that is over: only these are in GitHub's log. */
export type Finished = Delivery & { readonly outcome: NonNullable<Delivery['outcome']> };

export interface Hook {
  /** Nobody can be reached while it is `undefined`. */
  url: string | undefined;
  secret: string;
  readonly id: number;
  readonly appId: number;
}

/** GitHub hangs up after ten seconds, and never tries again by itself. */
const patienceMs = 10_000;
/** GitHub's log goes back three days. */
const keptMs = 72 * 3_600_000;
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

const isFinished = (delivery: Delivery): delivery is Finished => delivery.outcome !== undefined;

/** What stays the same over every attempt to deliver one event. */
type Told = Pick<Delivery, 'guid' | 'event' | 'action' | 'installationId' | 'repositoryId'> & { readonly text: string };

/** A delivery that nobody took: what it says is made when somebody asks, and each time alike. */
export interface Missed { readonly guid?: string; readonly event: string; readonly action: string | null; payload(): object }

const headersOf = ({ guid, event, text }: Pick<Told, 'guid' | 'event' | 'text'>, { id, appId, secret }: Hook): Record<string, string> => ({
  Accept: '*/*',
  'Content-Type': 'application/json',
  'User-Agent': 'GitHub-Hookshot/7f3c2a1',
  'X-GitHub-Delivery': guid,
  'X-GitHub-Event': event,
  'X-GitHub-Hook-ID': String(id),
  'X-GitHub-Hook-Installation-Target-ID': String(appId),
  'X-GitHub-Hook-Installation-Target-Type': 'integration',
  'X-Hub-Signature': sign('sha1', secret, text),
  'X-Hub-Signature-256': sign('sha256', secret, text),
});

/** Sends webhooks one after the other in the order in which they were told, and keeps the log. */
export class Deliveries {
  /** Every attempt of the last 72 hours, those under way too. */
  readonly log: Delivery[] = [];
  readonly hook: Hook;
  readonly #now: () => Date;
  readonly #closing = new AbortController();
  readonly #script: Script;
  /** Those that the script holds back, with what releases them. */
  readonly #held = new Map<Promise<undefined>, { left: number; release: () => void }>();
  #last: Promise<void> = Promise.resolve();
  #nextId = firstDeliveryId;

  constructor(hook: Hook, now: () => Date, script: Script) {
    this.hook = hook;
    this.#now = now;
    this.#script = script;
  }

  /** Queues one webhook with the payload as it is now, and returns at once. */
  tell(event: string, action: string | null, payload: object, about: { installationId: number | null; repositoryId: number | null }): void {
    const told: Told = { guid: randomUUID(), event, action, ...about, text: JSON.stringify(payload) };
    const fault = this.#script.ofHook(event, action);
    switch (fault?.kind) {
      case 'duplicate':
        this.#queue(told, false);
        this.#queue(told, false);
        break;
      case 'late':
        this.#hold(told, fault.by);
        return;
      case 'lost':
        if (fault.inLog) this.#queue(told, false, true);
        break;
      case undefined: this.#queue(told, false);
    }
    for (const one of this.#held.values()) if ((one.left -= 1) === 0) one.release();
  }

  #hold(told: Told, by: { readonly ms: number } | { readonly deliveries: number }): void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const release = (): void => {
      clearTimeout(timer);
      if (this.#held.delete(promise)) this.#queue(told, false);
      resolve(undefined);
    };
    const timer = 'ms' in by ? setTimeout(release, by.ms) : undefined;
    this.#held.set(promise, { left: 'ms' in by ? Infinity : by.deliveries, release });
  }

  /** Queues another attempt with the payload of then, to where the hook points now and signed with the secret of now. */
  redeliver({ guid, event, action, installationId, repositoryId, request }: Delivery): void {
    this.#queue({ guid, event, action, installationId, repositoryId, text: request.payload }, true);
  }

  /** What GitHub's log shows: attempts of the last 72 hours that are over, newest first. */
  kept(): Finished[] {
    const since = this.#now().getTime() - keptMs;
    return this.log.filter(isFinished).filter((it) => it.outcome.deliveredAt.getTime() > since).reverse();
  }

  /** One that is over, by the digits of its id. */
  find(digits: string): Finished | undefined {
    // Ids rise along the log.
    let [low, high] = [0, this.log.length];
    const id = /^\d{1,20}$/.test(digits) ? BigInt(digits) : -1n;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.log[middle]?.id ?? 0n) < id) low = middle + 1;
      else high = middle;
    }
    const found = this.log[low];
    return found?.id === id && isFinished(found) && found.outcome.deliveredAt.getTime() > this.#now().getTime() - keptMs ? found : undefined;
  }

  /** Adds attempts that nobody took to the log. What each carried is made when it is asked for: there may be very many. */
  miss(count: number, of: (nth: number) => Missed, installationId: number | null): string[] {
    const [deliveredAt, { url, secret }, hook] = [this.#now(), { ...this.hook }, this.hook];
    return Array.from({ length: count }, (_, nth) => {
      const { guid = randomUUID(), event, action } = of(nth);
      const text = (): string => JSON.stringify(of(nth).payload());
      this.#nextId += 1_048_573n;
      this.log.push({
        id: this.#nextId, guid, event, action, installationId, repositoryId: null, redelivery: false, url,
        request: { get headers() { return headersOf({ guid, event, text: text() }, { ...hook, secret }); }, get payload() { return text(); } },
        outcome: { deliveredAt, status: 'failed to connect to host', statusCode: 502, seconds: 0, response: { headers: {}, payload: '' } },
      });
      return guid;
    });
  }

  #queue({ text, ...told }: Told, redelivery: boolean, isLost = false): void {
    const { url } = this.hook;
    if (this.#closing.signal.aborted) return;
    this.#nextId += 1_048_573n;
    const delivery: Delivery = { id: this.#nextId, ...told, redelivery, url, request: { headers: headersOf({ ...told, text }, this.hook), payload: text }, outcome: undefined };
    this.#forget();
    this.log.push(delivery);
    this.#last = this.#last.then(() => this.#deliver(delivery, isLost));
  }

  /** What is no longer in GitHub's log takes no memory either. */
  #forget(): void {
    const since = this.#now().getTime() - keptMs;
    const first = this.log.findIndex(({ outcome }) => outcome === undefined || outcome.deliveredAt.getTime() > since);
    this.log.splice(0, first < 0 ? this.log.length : first);
  }

  async #deliver(delivery: Delivery, isLost: boolean): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { url, request } = delivery;
    const deliveredAt = this.#now();
    const started = performance.now();
    const finish = (status: string, statusCode: number, response: Outcome['response']): void => {
      delivery.outcome = { deliveredAt, status, statusCode, seconds: Math.round(performance.now() - started) / 1000, response };
    };
    const unreachable = (): void => { finish('failed to connect to host', 502, { headers: {}, payload: '' }); };
    if (url === undefined || isLost) {
      unreachable();
      return;
    }
    const patience = AbortSignal.timeout(patienceMs);
    try {
      const answer = await post(url, request.headers, Buffer.from(request.payload), AbortSignal.any([patience, this.#closing.signal]));
      const good = answer.statusCode >= 200 && answer.statusCode < 300;
      finish(good ? 'OK' : `Invalid HTTP Response: ${answer.statusCode}`, answer.statusCode, { headers: answer.headers, payload: answer.payload });
    } catch {
      if (patience.aborted) finish('timed out', 504, { headers: {}, payload: '' });
      else unreachable();
    }
  }

  /** Resolves when everything told so far has been answered, refused or given up on. */
  async settled(): Promise<void> {
    for (let held = [...this.#held.keys()]; held.length > 0; held = [...this.#held.keys()]) await Promise.all(held);
    await this.#last;
  }

  /** Hangs up and forgets what is queued. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { release } of this.#held.values()) release();
    await this.#last;
  }
}
