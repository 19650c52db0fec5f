import { failpoints, laws } from '@doubloon/failpoints';
import { expect, test } from 'vitest';
import { kindOf, type Break } from './break.ts';
import { others } from './others.ts';
import { planBreaks, planLawless } from './plan.ts';

const seeds = Array.from({ length: 20 }, (_, seed) => seed * 7919);
const place = { web: true, kafka: false };
const breaksOf = (seed: number, batches: number, where = place): Break[] => Array.from({ length: batches }, (_, batch) => planBreaks(seed, { ...where, batch }).breaks).flat();
const cardsOf = (breaks: readonly Break[]) => breaks.flatMap((one) => (one.what === 'kills' ? one.cards : []));

test('the same seed and batch plan the same, others something else', () => {
  expect(planBreaks(7, { ...place, batch: 3 })).toEqual(planBreaks(7, { ...place, batch: 3 }));
  expect(planBreaks(7, { ...place, batch: 3 })).not.toEqual(planBreaks(7, { ...place, batch: 4 }));
  expect(planBreaks(7, { ...place, batch: 3 })).not.toEqual(planBreaks(8, { ...place, batch: 3 }));
});

test('ten batches deal every failpoint to the app that passes it', () => {
  for (const seed of seeds) {
    const breaks = breaksOf(seed, 10);
    expect(new Set(cardsOf(breaks).map(({ name }) => name))).toEqual(new Set(Object.keys(failpoints)));
    for (const one of breaks) if (one.what === 'kills') for (const { name } of one.cards) expect(failpoints[name].app).toBe(one.app);
  }
});

test.each([[place], [{ web: false, kafka: true }]])('ten batches break everything that can be broken, with %j', (where) => {
  for (const seed of seeds) {
    const random = () => 0.4;
    const found = new Set(breaksOf(seed, 10, where).map(kindOf));
    for (const draw of others(where)) expect(found).toContain(kindOf(draw(random)));
    for (const kind of ['kill', 'everything delivered again']) expect(found).toContain(kind);
  }
});

test('in each batch at least 20 processes are killed, as many other things break, and nothing lasts longer than 5 s', () => {
  for (const seed of seeds) {
    for (let batch = 0; batch < 10; batch++) {
      const { breaks } = planBreaks(seed, { ...place, batch });
      const kills = breaks.flatMap((one) => (one.what === 'kills' ? [one.app, ...one.cards] : []));
      expect(kills.length).toBeGreaterThanOrEqual(20);
      expect(breaks.filter(({ what }) => what !== 'kills').length).toBeGreaterThanOrEqual(20);
      for (const one of breaks) expect('forMs' in one ? one.forMs : 0).toBeLessThanOrEqual(5_000);
    }
  }
});

test('without a website or a broker nothing is planned that would need it', () => {
  for (const seed of seeds) {
    const breaks = breaksOf(seed, 10, { web: false, kafka: false });
    expect(breaks.filter((one) => (one.what === 'kills' && one.app === 'web') || (one.what === 'stall' && one.who === 'web') || one.what === 'broker')).toEqual([]);
  }
});

test('with a law switched off, processes die where it matters, and all run without it', () => {
  for (const law of laws) {
    const { breaks, lawOff } = planLawless(law, 1);
    expect(lawOff).toBe(law);
    expect(cardsOf(breaks).length).toBeGreaterThanOrEqual(6);
  }
});
