import { json } from '@sveltejs/kit';
import { getOffer } from '../../../../funding/get-offer.ts';
import { readOfferId } from '../../../../funding/request.ts';
import type { RequestHandler } from './$types';

const everyMs = 500;
// A stream ends by itself; the browser opens the next one. So a forgotten tab holds nothing for ever.
const lifeMs = 5 * 60_000;
const final = new Set(['funded', 'replaced', 'withdrawn', 'expired', 'refunded']);

/**
 * The offer as server-sent events: one at once, then one for each change (WHATWG HTML, 9.2 Server-sent events). Whoever holds
 * too many open gets 429, and the page asks for the state instead.
 */
export const GET: RequestHandler = async ({ params, locals: { app }, request, getClientAddress }) => {
  const offerId = readOfferId(params.offer);
  const leave = app.streams.open(getClientAddress());
  if (leave === undefined) return json({ code: 'TOO_MANY_REQUESTS', message: 'Too many live pages are open from your address.' }, { status: 429, headers: { 'retry-after': '60' } });
  const read = async () => (await getOffer(app.treasury, offerId)).offer;
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
  request.signal.addEventListener('abort', stop);

  const stream = new ReadableStream<string>({
    start(controller) {
      let last = '';
      const show = (view: typeof first): void => {
        const text = JSON.stringify(view);
        controller.enqueue(text === last ? ': still here\n\n' : `data: ${text}\n\n`);
        last = text;
        if (final.has(view.state) || Date.now() - started > lifeMs) {
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
          app.log.warn({ err: error, offerId }, 'the offer could not be read for a live page');
          timer = setTimeout(() => void next(), everyMs * 4);
        }
      };
      show(first);
    },
    cancel: stop,
  });
  return new Response(stream.pipeThrough(new TextEncoderStream()), { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
};
