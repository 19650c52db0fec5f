import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startFaultProxy } from './fault-proxy.ts';

const patient = { timeout: 20_000 };

/** A server that says everything back, behind a proxy. */
async function open() {
  const met = new Set<Socket>();
  const echo = createServer({ allowHalfOpen: true }, (socket) => {
    met.add(socket);
    socket.on('error', () => undefined).on('close', () => met.delete(socket)).pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const proxy = await startFaultProxy({ to: { host: '127.0.0.1', port: (echo.address() as AddressInfo).port } });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    for (const socket of met) socket.destroy();
    await new Promise((resolve) => echo.close(resolve));
  });
  return { proxy, met };
}

function call(port: number) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => { socket.destroy(); });
  const heard = { text: '', error: '', isClosed: false };
  socket.setEncoding('utf8').on('data', (chunk: string) => { heard.text += chunk; }).on('error', ({ code }: NodeJS.ErrnoException) => { heard.error = code ?? ''; }).on('close', () => { heard.isClosed = true; });
  return { socket, heard };
}

const says = async (port: number, text: string) => {
  const { socket, heard } = call(port);
  socket.write(text);
  await expect.poll(() => heard.text, patient).toBe(text);
  return { socket, heard };
};

test('it carries bytes as they are, the end of each side too', async () => {
  const { proxy, met } = await open();
  const { socket, heard } = call(proxy.port);
  const text = '0123456789'.repeat(1_000_000);
  socket.end(text);
  await once(socket, 'end');
  expect(heard.text === text).toBe(true);
  socket.destroy();
  await expect.poll(() => [proxy.connections(), met.size], patient).toEqual([0, 0]);
});

test('cut closes what is open and refuses what comes, until it is healed on the same port', async () => {
  const { proxy, met } = await open();
  const { heard, socket } = await says(proxy.port, 'before');
  socket.on('end', () => socket.end());
  await proxy.cut();
  await expect.poll(() => [heard.isClosed, met.size], patient).toEqual([true, 0]);
  const refused = call(proxy.port);
  await expect.poll(() => refused.heard.error, patient).toBe('ECONNREFUSED');
  await proxy.heal();
  await says(proxy.port, 'after');
});

test('reset answers with RST, those who come too', async () => {
  const { proxy, met } = await open();
  const { heard } = await says(proxy.port, 'before');
  proxy.reset();
  await expect.poll(() => [heard.error, met.size], patient).toEqual(['ECONNRESET', 0]);
  const late = call(proxy.port);
  late.socket.write('hello');
  await expect.poll(() => late.heard.error, patient).toMatch(/^(ECONNRESET|EPIPE)$/);
  await proxy.heal();
  await says(proxy.port, 'after');
});

test('half-open swallows everything and tells nobody, and what it struck stays silent when it is healed', async () => {
  const { proxy, met } = await open();
  const struck = await says(proxy.port, 'before');
  proxy.halfOpen();
  const late = call(proxy.port);
  await once(late.socket, 'connect');
  struck.socket.write('lost');
  late.socket.write('lost');
  await expect.poll(() => [struck.socket.writableLength, late.socket.writableLength, proxy.connections()], patient).toEqual([0, 0, 2]);
  await proxy.heal();
  struck.socket.write('lost too');
  await says(proxy.port, 'after');
  expect([struck.heard, late.heard]).toEqual([{ text: 'before', error: '', isClosed: false }, { text: '', error: '', isClosed: false }]);
  // The server was not told either, not even of an end.
  struck.socket.destroy();
  await says(proxy.port, 'and after');
  expect(met.size).toBe(3);
});

test.each([[200, 0], [0, 200], [100, 100]])('delay makes bytes late: %d ms there and %d ms back', async (there, back) => {
  const { proxy } = await open();
  const { socket, heard } = await says(proxy.port, 'soon');
  proxy.delay(there, back);
  const before = performance.now();
  socket.write(' late');
  await once(socket, 'data');
  // Timers count whole milliseconds.
  expect(performance.now() - before).toBeGreaterThanOrEqual(there + back - 2);
  expect(heard.text).toBe('soon late');
});

test('bytes that are late keep their order when the delay ends', async () => {
  const { proxy } = await open();
  const { socket, heard } = await says(proxy.port, '0');
  for (let piece = 1; piece < 10; piece++) {
    proxy.delay(piece % 2 === 0 ? 0 : 60, 10);
    socket.write(String(piece));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => heard.text, patient).toBe('0123456789');
});

test('much that is late is not held: whoever sends it has to wait', async () => {
  const { proxy } = await open();
  const { socket, heard } = call(proxy.port);
  proxy.delay(60_000);
  const chunk = 'x'.repeat(64 * 1024);
  let sent = 0;
  while (sent < 1_000 && socket.writableLength < 8 * chunk.length) {
    socket.write(chunk);
    sent++;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // What neither the proxy nor the kernel took stays with the sender: without a bound all of it would be gone.
  expect(sent).toBeLessThan(1_000);
  expect(heard.text).toBe('');
});
