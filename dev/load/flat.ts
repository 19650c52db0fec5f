import type { Sample } from './samples.ts';

export interface Course {
  /** `kind what`. */
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Of the second half. */
  readonly mean: number;
  /** By how much the straight line through the second half goes up from its beginning to its end. */
  readonly growth: number;
  readonly isFlat: boolean;
  /** It is kept for ever: it grows with the work. */
  readonly grows: boolean;
}

/** By how much a line may go up over the second half: a share of the mean, or, when that is more, so much. */
const allowed: Readonly<Record<string, { readonly share: number; readonly atLeast: number }>> = {
  memory: { share: 0.1, atLeast: 12_000_000 },
  heap: { share: 0.1, atLeast: 4_000_000 },
  handles: { share: 0, atLeast: 8 },
  connections: { share: 0, atLeast: 2 },
  rows: { share: 0.15, atLeast: 30 },
  bytes: { share: 0.25, atLeast: 262_144 },
};

/** For each series whether it is flat. `isKept` tells which tables keep what they have for ever. */
export function judge(samples: readonly Sample[], isKept: (table: string) => boolean): Course[] {
  const second = samples.slice(Math.floor(samples.length / 2));
  const names = samples.at(-1)?.values.keys() ?? [];
  return [...names].map((name) => {
    const points = second.flatMap(({ at, values }) => (Number.isFinite(values.get(name)) ? [{ at, value: values.get(name) ?? 0 }] : []));
    const mean = points.reduce((sum, { value }) => sum + value, 0) / points.length;
    const growth = slope(points) * ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0));
    const [kind = '', what = ''] = name.split(' ');
    const { share, atLeast } = allowed[kind] ?? { share: 0, atLeast: 0 };
    const grows = ['rows', 'bytes'].includes(kind) && isKept(what);
    return {
      name, mean, growth, grows,
      first: samples.find(({ values }) => Number.isFinite(values.get(name)))?.values.get(name) ?? Number.NaN,
      last: points.at(-1)?.value ?? Number.NaN,
      isFlat: growth <= Math.max(mean * share, atLeast),
    };
  });
}

/** Of the straight line with the least squares; 0 of fewer than two points. */
export function slope(points: readonly { readonly at: number; readonly value: number }[]): number {
  const mean = (of: (point: { at: number; value: number }) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [at, value] = [mean((point) => point.at), mean((point) => point.value)];
  const spread = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
  return spread === 0 || points.length < 2 ? 0 : points.reduce((sum, point) => sum + (point.at - at) * (point.value - value), 0) / spread;
}
