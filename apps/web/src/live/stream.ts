import { json } from '@sveltejs/kit';
import type { Logger } from '@doubloon/service';
import type { OpenStreams } from '../security/open-streams.ts';

const everyMs = 500;
// A stream ends by itself; the browser opens the next one. So a forgotten tab holds nothing for ever.
const lifeMs = 5 * 60_000;

/** What a live page shows, and who asks for it. */
export interface Live<T> {
  readonly read: () => Promise<T>;
  /** Whether nothing follows this. */
  readonly isLast: (view: T) => boolean;
  /** The network of the visitor's address. */
  readonly network: string;
  readonly signal: AbortSignal;
  readonly streams: OpenStreams;
  readonly log: Logger;
}

/**
 * What `read` says as server-sent events: one at once, then one for each change (WHATWG HTML, 9.2 Server-sent events).
 * Whoever holds too many open gets 429, and the page asks for the state instead. Rejects with what the first reading does.
 */
export async function stream<T>({ read, isLast, network, signal, streams, log }: Live<T>): Promise<Response> {
  const leave = streams.open(network);
  if (leave === undefined) return json({ code: 'TOO_MANY_REQUESTS', message: 'Too many live pages are open from your address.' }, { status: 429, headers: { 'retry-after': '60' } });
  const first = await read().catch((failure: unknown) => {
    leave();
    throw failure;
  });
  const started = Date.now();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    leave();
  };
  signal.addEventListener('abort', stop);

  const events = new ReadableStream<string>({
    start(controller) {
      let last = '';
      const show = (view: T): void => {
        const text = JSON.stringify(view);
        controller.enqueue(text === last ? ': still here\n\n' : `data: ${text}\n\n`);
        last = text;
        if (isLast(view) || Date.now() - started > lifeMs) {
          stop();
          controller.close();
        } else timer = setTimeout(() => void next(), everyMs);
      };
      const next = async (): Promise<void> => {
        try {
          const view = await read();
          // The page may have been left while this was read.
          if (!stopped) show(view);
        } catch (error) {
          if (stopped) return;
          log.warn({ err: error }, 'what is shown could not be read for a live page');
          timer = setTimeout(() => void next(), everyMs * 4);
        }
      };
      show(first);
    },
    cancel: stop,
  });
  return new Response(events.pipeThrough(new TextEncoderStream()), { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' } });
}
