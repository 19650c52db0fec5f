import { expect, test } from 'vitest';
import { waitsFor, type WaitsFor } from './waits-for.ts';
import type { PayeeStanding } from '../relayer/look-at-payees.ts';

const [before, now, later, latest] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z'];

interface Case { readonly standing: PayeeStanding | null; readonly finalAt: string; readonly countsFrom?: string; readonly problem?: string; readonly relays?: boolean }

test.each<[string, Case, WaitsFor, string | undefined]>([
  ['nobody has linked a wallet, whatever the award', { standing: 'nobody', finalAt: later }, 'wallet', undefined],
  ['the old wallet objects to a change', { standing: 'contested', finalAt: before }, 'contested', undefined],
  ['nobody looked yet, and the award is not final', { standing: null, finalAt: later }, 'award', undefined],
  ['nobody looked yet, and the award is final', { standing: null, finalAt: before }, '', undefined],
  ['the award is not final', { standing: 'wallet', finalAt: later, countsFrom: before }, 'award', later],
  ['the award is final later than the link counts', { standing: 'linking', finalAt: latest, countsFrom: later }, 'award', latest],
  ['the link counts later than the award is final', { standing: 'linking', finalAt: later, countsFrom: latest }, 'cool-down', latest],
  ['the link cools down', { standing: 'linking', finalAt: before, countsFrom: later }, 'cool-down', later],
  ['a change cools down', { standing: 'changing', finalAt: before, countsFrom: later }, 'change', later],
  ['all is there', { standing: 'wallet', finalAt: before, countsFrom: before }, '', before],
  ['it counts from this instant on', { standing: 'linking', finalAt: before, countsFrom: now }, '', now],
  ['the relayer can not', { standing: 'wallet', finalAt: before, countsFrom: before, problem: 'What the relayer may spend in a day is spent.' }, 'relayer', undefined],
  ['there is no relayer', { standing: 'wallet', finalAt: before, countsFrom: before, relays: false }, 'relayer', undefined],
])('a share when %s', (_when, { standing, finalAt, countsFrom = null, problem = null, relays = true }, what, from) => {
  expect(waitsFor({ standing, countsFrom, problem }, { finalAt: new Date(finalAt), now: new Date(now), relays })).toEqual({ waitsFor: what, paysFrom: from === undefined ? undefined : new Date(from) });
});
