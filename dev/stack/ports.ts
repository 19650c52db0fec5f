import { createServer, type AddressInfo } from 'node:net';

/** A port that is free on loopback now. */
export const freePort = async (): Promise<number> => portOf(0);

/** `port` when it is free; rejects with a sentence that names it when somebody else has it. */
export async function claimPort(port: number, purpose: string): Promise<number> {
  try {
    return await portOf(port);
  } catch (cause) {
    throw new Error(`port ${String(port)}, which ${purpose} needs, is in use: stop whatever has it, or run the demo with --once, which takes free ports`, { cause });
  }
}

const portOf = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => { resolve(port); });
    });
  });
