import { collectDefaultMetrics, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A registry of its own, in which every series carries the app's name, with what prom-client measures of every process under the names that everybody gives them. */
export function createMetrics(app: string): Registry {
  const metrics = new Registry();
  metrics.setDefaultLabels({ app });
  collectDefaultMetrics({ register: metrics });
  return metrics;
}
