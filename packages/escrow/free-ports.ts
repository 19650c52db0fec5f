import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';

const host = '127.0.0.1';
type Held = AsyncDisposable & { readonly port: number };

// A port that is taken says EADDRINUSE; one beyond the last is none at all.
const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'ERR_SOCKET_BAD_PORT');

async function holdTcp(port: number): Promise<Held> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(port, host, resolve); });
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => { server.close(() => { resolve(); }); }) };
}

async function holdUdp(port: number): Promise<Held> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => { socket.once('error', reject).bind(port, host, resolve); });
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => { socket.close(() => { resolve(); }); }) };
}

/**
 * The first of `count` ports in a row that are free on 127.0.0.1 for TCP and UDP at the time of asking. `from` names where
 * to look, 0 for where the system likes.
 */
export async function freePorts(count: number, from: () => number = () => 0): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    await using held = new AsyncDisposableStack();
    try {
      const { port: first } = held.use(await holdTcp(from()));
      held.use(await holdUdp(first));
      for (let port = first + 1; port < first + count; port++) {
        held.use(await holdTcp(port));
        held.use(await holdUdp(port));
      }
      return first;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new Error(`there are no ${String(count)} free ports in a row`);
}
