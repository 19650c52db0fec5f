import { startFaultProxy, type FaultProxy } from '../fault-proxy/fault-proxy.ts';

/** Whom the apps talk to, and can be left alone by. */
export type Neighbour = 'postgres' | 'log' | 'node' | 'github';

/** Ports that need not be written out in a URL. */
const usualPorts: Readonly<Record<string, number>> = { 'postgres:': 5432, 'http:': 80, 'ws:': 80 };

/** Proxies in front of neighbours, or none: then each URL stays as it is. They are closed with `open`. */
export function openNeighbours(open: AsyncDisposableStack, areTakeable: boolean) {
  const neighbours: Record<Neighbour, FaultProxy[]> = { postgres: [], log: [], node: [], github: [] };
  /** The same URL, leading through a proxy of its own. */
  const through = async (neighbour: Neighbour, url: string): Promise<string> => {
    if (!areTakeable) return url;
    const way = new URL(url);
    const proxy = open.use(await startFaultProxy({ to: { host: way.hostname, port: Number(way.port) || (usualPorts[way.protocol] ?? 0) } }));
    neighbours[neighbour].push(proxy);
    way.port = String(proxy.port);
    return way.href.replace(/\/$/, '');
  };
  return { neighbours, through };
}
