import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with one JSON-RPC call: pass it on, hold it for ever, or answer as if the node had taken it and lost it. */
export type Fault = 'pass' | 'hold' | 'drop' | 'refuse';

export interface RpcProxy extends AsyncDisposable {
  readonly url: string;
  /** How often each method was called. */
  readonly calls: ReadonlyMap<string, number>;
  /** The fault for calls of a method from now on; `all` for every method that has none of its own. */
  set(method: string, fault: Fault): void;
}

interface Call { readonly id: unknown; readonly method: string }

/** A JSON-RPC proxy in front of a real node, with faults by method. `drop` fits `sendTransaction` only: it needs no answer of the node. */
export async function startRpcProxy(nodeUrl: string, signatureOf: (transaction: Uint8Array) => string): Promise<RpcProxy> {
  const faults = new Map<string, Fault>();
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      const { id, method, params } = JSON.parse(body) as Call & { params: readonly unknown[] };
      calls.set(method, (calls.get(method) ?? 0) + 1);
      const fault = faults.get(method) ?? faults.get('all') ?? 'pass';
      if (fault === 'hold') return;
      if (fault === 'refuse') return void response.writeHead(503).end();
      response.setHeader('content-type', 'application/json');
      if (fault === 'drop') return void response.end(JSON.stringify({ jsonrpc: '2.0', id, result: signatureOf(Buffer.from(String(params[0]), 'base64')) }));
      const answer = await fetch(nodeUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      response.writeHead(answer.status).end(await answer.text());
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    set: (method, fault) => { faults.set(method, fault); },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); });
    },
  };
}
