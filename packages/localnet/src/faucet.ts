import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { parseAddress, type Address } from '@doubloon/escrow';

const maxBodyBytes = 1024;
// A thousand SOL: enough to play with, and far below where a JSON number loses digits.
const maxLamports = 1_000_000_000_000n;
const maxUsdc = 1_000_000_000_000n;

export interface FaucetServer extends AsyncDisposable {
  readonly url: string;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > maxBodyBytes) throw new DoubloonError('REQUEST_INVALID', { problem: 'the body is too long' });
  }
  return text;
}

/** Base units of the local `usdc` are asked for on top, or not at all. */
function readWish(body: string): { address: Address; lamports: bigint; usdc: bigint } {
  const problem = 'send {"address": "<base58>", "lamports": "<decimal digits>"}, and "usdc" in the same way';
  let wish: unknown;
  try {
    wish = JSON.parse(body);
  } catch (cause) {
    throw new DoubloonError('REQUEST_INVALID', { problem }, { cause });
  }
  if (typeof wish !== 'object' || wish === null || !('address' in wish) || !('lamports' in wish)) throw new DoubloonError('REQUEST_INVALID', { problem });
  const { address, lamports, usdc = '0' } = wish as { address: unknown; lamports: unknown; usdc?: unknown };
  if (typeof address !== 'string' || typeof lamports !== 'string' || typeof usdc !== 'string' || !/^[1-9]\d{0,12}$/.test(lamports) || !/^(0|[1-9]\d{0,12})$/.test(usdc)) throw new DoubloonError('REQUEST_INVALID', { problem });
  if (BigInt(lamports) > maxLamports) throw new DoubloonError('REQUEST_INVALID', { problem: `at most ${maxLamports} lamports at once` });
  if (BigInt(usdc) > maxUsdc) throw new DoubloonError('REQUEST_INVALID', { problem: `at most ${maxUsdc} base units of usdc at once` });
  return { address: parseAddress(address), lamports: BigInt(lamports), usdc: BigInt(usdc) };
}

/**
 * `POST /airdrop` for pages of the local stack: `{ address, lamports, usdc? }` in, `{ signature }` of the airdrop out. Listens on loopback, and
 * answers browsers only when their page comes from one of `origins`.
 */
export async function serveFaucet({ airdrop, giveUsdc, origins, port }: {
  airdrop(address: Address, lamports: bigint): Promise<string>; giveUsdc(address: Address, amount: bigint): Promise<string>; origins: readonly string[]; port: number;
}): Promise<FaucetServer> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, host = '' } = request.headers;
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', vary: 'origin' }).end(JSON.stringify(body));
    };
    // A page elsewhere could point its own name at loopback, so the name has to be a loopback one too.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) || (origin !== undefined && !origins.includes(origin))) {
      reply(403, { code: 'FORBIDDEN' });
      return;
    }
    if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
    if (request.url !== '/airdrop') {
      reply(404, { code: 'REQUEST_INVALID' });
    } else if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type', vary: 'origin' }).end();
    } else if (request.method === 'POST') {
      const { address, lamports, usdc } = readWish(await readBody(request));
      const [signature] = await Promise.all([airdrop(address, lamports), usdc > 0n ? giveUsdc(address, usdc) : undefined]);
      reply(200, { signature });
    } else {
      response.setHeader('allow', 'POST, OPTIONS');
      reply(405, { code: 'REQUEST_INVALID' });
    }
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const known = isDoubloonError(error);
      const asked = known && (error.code === 'REQUEST_INVALID' || error.code === 'ADDRESS_INVALID');
      if (!response.headersSent) response.writeHead(asked ? 400 : 502, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(known ? { code: error.code, message: error.message } : { code: 'INTERNAL' }));
    });
  });
  server.requestTimeout = 5000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
