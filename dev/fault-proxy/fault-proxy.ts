import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP proxy on loopback that can fail as networks do. It knows nothing of what it carries. */
export interface FaultProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Closes every connection, and refuses new ones until `heal`. */
  cut(): Promise<void>;
  /** Answers every connection, and each new one until `heal`, with RST. */
  reset(): void;
  /**
   * Swallows what comes, in both directions: nobody learns of it. New connections are taken, and lead nowhere. Those it
   * struck have lost bytes, so they stay silent after `heal` too: it is for the ends to notice.
   */
  halfOpen(): void;
  /** From now on bytes arrive so many milliseconds later, in their order: to the target, and back. */
  delay(thereMs: number, backMs?: number): void;
  /** New connections pass, at once, and those pass again that lost nothing. */
  heal(): Promise<void>;
  /** Connections through it now, those included that lead nowhere. */
  connections(): number;
}

/** Bytes of one direction that may be on their way; more are left with whoever sends them. */
const mostUnderWay = 1024 * 1024;

interface Link {
  readonly ends: readonly [Socket, Socket | undefined];
  isSilent: boolean;
}

/** Stands in front of `to`, on a free port of 127.0.0.1. */
export async function startFaultProxy({ to }: { to: { readonly host: string; readonly port: number } }): Promise<FaultProxy> {
  const links = new Set<Link>();
  const waits = { there: 0, back: 0 };
  let fault: 'cut' | 'reset' | 'half-open' | undefined;
  let server: Server | undefined;

  const end = (link: Link, how: (socket: Socket) => void): void => {
    links.delete(link);
    for (const socket of link.ends) if (socket !== undefined) how(socket);
  };
  const endAll = (how: (socket: Socket) => void): void => { for (const link of [...links]) end(link, how); };

  const carry = (link: Link, from: Socket, into: Socket, direction: keyof typeof waits): void => {
    let underWay = 0;
    // What is late keeps its place: each piece waits for its own time and for the one before it.
    let last: Promise<unknown> = Promise.resolve();
    const after = (work: () => void): void => {
      const due = waits[direction] > 0 ? sleep(waits[direction], undefined, { ref: false }) : undefined;
      last = last.then(() => due).then(() => { if (!link.isSilent) work(); });
    };
    from.on('data', (chunk: Buffer) => {
      if (link.isSilent) return;
      underWay += chunk.length;
      if (underWay > mostUnderWay) from.pause();
      after(() => into.write(chunk, () => {
        underWay -= chunk.length;
        if (underWay <= mostUnderWay) from.resume();
      }));
    });
    from.on('end', () => { after(() => into.end()); });
    from.on('error', () => { if (!link.isSilent) end(link, (socket) => socket.resetAndDestroy()); });
    from.on('close', () => { if (from.destroyed && into.destroyed) links.delete(link); });
  };

  const take = (client: Socket): void => {
    client.on('error', () => undefined);
    if (fault === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const target = fault === 'half-open' ? undefined : connect({ ...to, allowHalfOpen: true, noDelay: true });
    const link: Link = { ends: [client, target], isSilent: target === undefined };
    links.add(link);
    if (target === undefined) {
      client.on('close', () => links.delete(link)).resume();
      return;
    }
    carry(link, client, target, 'there');
    carry(link, target, client, 'back');
  };

  const listen = async (port: number): Promise<number> => {
    const opening = createServer({ allowHalfOpen: true, noDelay: true }, take);
    await new Promise<void>((resolve, reject) => opening.once('error', reject).listen(port, '127.0.0.1', resolve));
    server = opening;
    return (opening.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => { if (server === undefined) resolve(undefined); else server.close(resolve); });
    server = undefined;
    endAll((socket) => socket.destroy());
    await closed;
  };

  const port = await listen(0);
  return {
    host: '127.0.0.1', port,
    async cut() {
      fault = 'cut';
      await close();
    },
    reset() {
      fault = 'reset';
      endAll((socket) => socket.resetAndDestroy());
    },
    halfOpen() {
      fault = 'half-open';
      for (const link of links) link.isSilent = true;
    },
    delay(thereMs, backMs = thereMs) { Object.assign(waits, { there: thereMs, back: backMs }); },
    async heal() {
      fault = undefined;
      Object.assign(waits, { there: 0, back: 0 });
      if (server === undefined) await listen(port);
    },
    connections: () => links.size,
    [Symbol.asyncDispose]: close,
  };
}
