import { createHmac, randomUUID } from 'node:crypto';
import { request, type OutgoingHttpHeaders } from 'node:http';

export const secret = 'a secret of more than thirty-two characters';

export const sign = (body: string | Uint8Array, key = secret): string => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

export interface Sent {
  readonly body?: string | Uint8Array;
  readonly event?: string;
  readonly guid?: string;
  readonly method?: string;
  /** In place of, or on top of, those a delivery has; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Answered { readonly status: number; readonly text: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> }

/** Posts as GitHub does, with one right signature unless the headers say otherwise. */
export function deliver(url: string, { body = '{}', event = 'ping', guid = randomUUID(), method = 'POST', headers = {} }: Sent = {}): Promise<Answered> {
  const all: Record<string, string | undefined> = {
    'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': guid, 'x-hub-signature-256': sign(body),
    'content-length': String(Buffer.byteLength(body)), ...headers,
  };
  const sent: OutgoingHttpHeaders = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: sent, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => { resolve({ status: response.statusCode ?? 0, text, headers: response.headers }); }).on('error', reject);
    });
    outgoing.on('error', reject).end(body);
  });
}
