const pollMs = 2_000;

/**
 * Follows what `path` shows live: by server-sent events of `path`/events, and by asking `path`/state when the stream can't
 * be had. Stops by itself at what is the last. Answers how to stop before.
 */
export function follow<T>(path: string, isLast: (view: T) => boolean, changed: (view: T) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const stop = () => {
    stopped = true;
    source.close();
    clearTimeout(timer);
  };
  const tell = (view: T) => {
    if (stopped) return;
    changed(view);
    if (isLast(view)) stop();
  };
  const poll = async (): Promise<void> => {
    const view = await fetch(`${path}/state`).then((reply) => (reply.ok ? (reply.json() as Promise<T>) : undefined), () => undefined);
    if (view !== undefined) tell(view);
    if (!stopped && timer !== undefined) timer = setTimeout(() => void poll(), pollMs);
  };
  const source = new EventSource(`${path}/events`);
  source.onmessage = ({ data }: MessageEvent<string>) => {
    clearTimeout(timer);
    timer = undefined;
    tell(JSON.parse(data) as T);
  };
  // The browser keeps trying to reconnect a stream, some for ever and some not at all: until one speaks, the page asks.
  source.onerror = () => {
    if (!stopped) timer ??= setTimeout(() => void poll(), 0);
  };
  return stop;
}
