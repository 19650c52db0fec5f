import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from './free-ports.ts';

async function takeTcp(port: number): Promise<void> {
  const server: Server = createServer();
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(port, '127.0.0.1', resolve); });
  onTestFinished(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); }));
}

async function takeUdp(port: number): Promise<void> {
  const socket: Socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => { socket.once('error', reject).bind(port, '127.0.0.1', resolve); });
  onTestFinished(() => new Promise<void>((resolve) => { socket.close(() => { resolve(); }); }));
}

test('ports that were found can be taken, each of them, for TCP and UDP', async () => {
  const first = await freePorts(64);
  for (let port = first; port < first + 64; port++) {
    await takeTcp(port);
    await takeUdp(port);
  }
});

test.each([['TCP', 0, takeTcp], ['UDP', 0, takeUdp], ['TCP', 7, takeTcp], ['UDP', 7, takeUdp]])('a row in which %s of port %i is taken is passed over', async (_name, at, take) => {
  const taken = await freePorts(16);
  const free = taken + 8;
  await take(taken + at);
  const places = [taken, 65_530, free];
  expect(await freePorts(8, () => places.shift() ?? 0)).toBe(free);
});

test('when every row is taken it says so and ends', async () => {
  const taken = await freePorts(2);
  await takeTcp(taken + 1);
  await expect(freePorts(2, () => taken)).rejects.toThrow('no 2 free ports in a row');
});
