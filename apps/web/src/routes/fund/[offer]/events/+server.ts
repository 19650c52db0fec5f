import { getOffer } from '../../../../funding/get-offer.ts';
import { readOfferId } from '../../../../funding/request.ts';
import type { RequestHandler } from './$types';

const everyMs = 500;
// A stream ends by itself; the browser opens the next one. So a forgotten tab holds nothing for ever.
const lifeMs = 5 * 60_000;
const final = new Set(['funded', 'replaced', 'withdrawn', 'expired', 'refunded']);

/** The offer as server-sent events: one at once, then one for each change (WHATWG HTML, 9.2 Server-sent events). */
export const GET: RequestHandler = async ({ params, locals: { app }, request }) => {
  const offerId = readOfferId(params.offer);
  const read = async () => (await getOffer(app.treasury, offerId)).offer;
  const first = await read();
  const started = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  request.signal.addEventListener('abort', stop);

  const stream = new ReadableStream<string>({
    start(controller) {
      let last = '';
      const show = (view: typeof first): void => {
        const text = JSON.stringify(view);
        controller.enqueue(text === last ? ': still here\n\n' : `data: ${text}\n\n`);
        last = text;
        if (final.has(view.state) || Date.now() - started > lifeMs) controller.close();
        else timer = setTimeout(() => void next(), everyMs);
      };
      const next = async (): Promise<void> => {
        if (request.signal.aborted) return;
        try {
          show(await read());
        } catch (error) {
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
