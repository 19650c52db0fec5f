import type { Address } from '../address.ts';
import { encodeBase58 } from '../base58.ts';
import type { AccountFilters } from './chain.ts';

export interface HintOptions {
  /** WebSocket of the node. */
  readonly wsUrl: string;
  readonly program: Address;
  readonly filters: AccountFilters;
  /** Something may have happened: an account changed at `finalized`, or the connection is new and what was before it is not known. */
  readonly onHint: () => void;
  /** Hints follow each other at least so many milliseconds apart; the last one is never lost. 1 s unless told. */
  readonly apartMs?: number;
  /** A connection that says nothing for so long is given up; nodes tell of every slot. 15 s unless told. */
  readonly silentMs?: number;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;

/** The WebSocket of a node by its RPC address, as nodes and their clients have it: the next port, where there is one. */
export function webSocketOf(rpcUrl: string): string {
  const url = new URL(rpcUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (url.port !== '') url.port = String(Number(url.port) + 1);
  return url.href;
}

/**
 * Listens for changes of a program's accounts, only to look sooner: a hint proves nothing, and none is needed. It connects
 * again by itself, the later the oftener that fails, also when a connection went silent without an end.
 */
export function listenForHints({ wsUrl, program, filters: { dataSize, memcmp = [] }, onHint, apartMs = 1_000, silentMs = 15_000 }: HintOptions): Disposable {
  const filters = [...(dataSize === undefined ? [] : [{ dataSize }]), ...memcmp.map(({ offset, bytes }) => ({ memcmp: { offset, bytes: encodeBase58(bytes) } }))];
  const questions = [
    { method: 'programSubscribe', params: [program, { commitment: 'finalized', encoding: 'base64', filters }] },
    { method: 'slotSubscribe', params: [] },
  ].map((question, index) => JSON.stringify({ jsonrpc: '2.0', id: index + 1, ...question }));

  let isClosed = false;
  let socket: WebSocket | undefined;
  let failures = 0;
  const timers: { hint?: NodeJS.Timeout | undefined; silence?: NodeJS.Timeout; again?: NodeJS.Timeout } = {};

  let hintedAt = -Infinity;
  const hint = (): void => {
    if (timers.hint !== undefined) return;
    timers.hint = setTimeout(() => {
      timers.hint = undefined;
      hintedAt = performance.now();
      onHint();
    }, Math.max(0, hintedAt + apartMs - performance.now())).unref();
  };

  const connect = (): void => {
    const opened = new WebSocket(wsUrl);
    socket = opened;
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timers.silence);
      // Closing waits for the other side, who may be gone: nothing that comes from here on is heard.
      opened.close();
      if (isClosed) return;
      timers.again = setTimeout(connect, Math.min(firstWaitMs * 2 ** failures, longestWaitMs)).unref();
      failures += 1;
    };
    const alive = (): void => {
      clearTimeout(timers.silence);
      timers.silence = setTimeout(over, silentMs).unref();
    };
    alive();
    opened.addEventListener('open', () => {
      for (const question of questions) opened.send(question);
      hint();
    });
    opened.addEventListener('message', ({ data }) => {
      if (isOver) return;
      alive();
      failures = 0;
      if (String(data).includes('"programNotification"')) hint();
    });
    opened.addEventListener('error', over);
    opened.addEventListener('close', over);
  };
  connect();

  return {
    [Symbol.dispose]() {
      isClosed = true;
      for (const timer of Object.values(timers)) clearTimeout(timer);
      socket?.close();
    },
  };
}
