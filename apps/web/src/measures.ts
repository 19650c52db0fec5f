import { Counter, Gauge, type Registry } from '@doubloon/service';
import type { OpenStreams } from './security/open-streams.ts';

export interface WebMeasures {
  /** A request for a page or an endpoint was answered; `route` is its name among ours, `null` when there is none of that path. */
  answered(route: string | null, status: number): void;
}

/** What the pages count. A route is named as in `src/routes`, never by the path that was asked for: anybody can ask for any. */
export function createMeasures(metrics: Registry, streams: OpenStreams): WebMeasures {
  const registers = [metrics];
  const requests = new Counter({ name: 'doubloon_web_requests_total', help: 'Requests for pages and endpoints, by route and status.', labelNames: ['route', 'status'], registers });
  new Gauge({ name: 'doubloon_web_streams_open', help: 'Live pages that are held open.', registers, collect() { this.set(streams.held()); } });
  return { answered: (route, status) => { requests.inc({ route: route ?? 'none', status: String(status) }); } };
}
