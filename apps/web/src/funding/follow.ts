import type { OfferView } from './offer-view.ts';

const pollMs = 2_000;
const ended = (view: OfferView) => !['offered', 'submitted'].includes(view.state);

/** Follows an offer live by server-sent events, and by polling when the stream can't be had; stops by itself at the end. */
export function followOffer(path: string, changed: (view: OfferView) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const stop = () => {
    stopped = true;
    source.close();
    clearTimeout(timer);
  };
  const tell = (view: OfferView) => {
    if (stopped) return;
    changed(view);
    if (ended(view)) stop();
  };
  const poll = async (): Promise<void> => {
    const view = await fetch(`${path}/state`).then((reply) => (reply.ok ? (reply.json() as Promise<OfferView>) : undefined), () => undefined);
    if (view !== undefined) tell(view);
    if (!stopped && timer !== undefined) timer = setTimeout(() => void poll(), pollMs);
  };
  const source = new EventSource(`${path}/events`);
  source.onmessage = ({ data }: MessageEvent<string>) => {
    clearTimeout(timer);
    timer = undefined;
    tell(JSON.parse(data) as OfferView);
  };
  // The browser keeps trying to reconnect a stream, some for ever and some not at all: until one speaks, the page asks.
  source.onerror = () => {
    if (!stopped) timer ??= setTimeout(() => void poll(), 0);
  };
  return stop;
}
