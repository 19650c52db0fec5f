import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Health } from './health.ts';

/** The internal port: `/livez`, `/readyz`, `/startupz` and `/metrics`. Never to be reachable from outside. */
export async function startInternal({ port, host = '127.0.0.1', metrics, health }: { port: number; host?: string; metrics: Registry; health: Health }): Promise<AsyncDisposable & { url: string }> {
  const probes: Readonly<Record<string, () => { ok: boolean }>> = { '/livez': () => health.live(), '/readyz': () => health.ready(), '/startupz': () => health.startup() };

  const answer = async (path: string): Promise<{ status: number; type: string; body: string }> => {
    const probe = Object.hasOwn(probes, path) ? probes[path]?.() : undefined;
    if (probe !== undefined) return { status: probe.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(probe)}\n` };
    if (path === '/metrics') return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
    return { status: 404, type: 'text/plain', body: 'not found\n' };
  };

  const server = createServer({ requestTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const answered = isRead ? answer(path) : Promise.resolve({ status: 405, type: 'text/plain', body: 'only GET\n' });
    answered.then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(request.method === 'HEAD' ? undefined : body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(taken)}`,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); });
    },
  };
}
