import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to the next request that fits. `before`: GitHub never sees it. `after`: GitHub did it, and says nothing of it. */
export interface Fault {
  readonly method: string;
  readonly path: RegExp;
  readonly when: 'before' | 'after';
  /** An answer in place of GitHub's; a cut connection when there is none. */
  readonly answer?: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object };
}

export interface GitHubProxy extends AsyncDisposable {
  readonly url: string;
  /** Each fault happens once. */
  fail(...faults: readonly Fault[]): void;
  /** Faults that did not happen yet. */
  readonly left: () => number;
  /** Method and path of what was asked for, oldest first. */
  readonly asked: readonly string[];
}

/** Stands between the App and the REST API, which listens at `target`. */
export async function startGitHubProxy(target: string): Promise<GitHubProxy> {
  const pending: Fault[] = [];
  const asked: string[] = [];
  const { host, pathname } = new URL(target);

  const strike = (response: ServerResponse, { answer }: Fault): void => {
    if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body ?? {}));
  };

  const forward = (incoming: IncomingMessage, body: Buffer): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> => new Promise((resolve, reject) => {
    const outgoing = request(`http://${host}${pathname}${incoming.url ?? ''}`, { method: incoming.method, headers: { ...incoming.headers, host, connection: 'close' }, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => { resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) }); }).on('error', reject);
    });
    outgoing.on('error', reject).end(body);
  });

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const index = pending.findIndex(({ method, path }) => method === incoming.method && path.test(incoming.url ?? ''));
    const [fault] = index < 0 ? [] : pending.splice(index, 1);
    if (fault?.when === 'before') return strike(response, fault);
    const answer = await forward(incoming, Buffer.concat(chunks));
    if (fault !== undefined) return strike(response, fault);
    // Links to further pages lead through here too.
    const { link } = answer.headers;
    response.writeHead(answer.status, { ...answer.headers, ...(typeof link === 'string' ? { link: link.replaceAll(target, url) } : {}) }).end(answer.body);
  }

  const server = createServer((incoming, response) => { handle(incoming, response).catch(() => { response.destroy(); }); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url, asked, left: () => pending.length,
    fail: (...faults) => { pending.push(...faults); },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}
