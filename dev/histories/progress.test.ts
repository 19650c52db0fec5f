import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keep, readRun, type BatchOutcome, type RunHead } from './progress.ts';
import { report } from './report.ts';

const head: RunHead = { seed: 7, eventLog: 'postgres', commit: 'abcdef1', began: '2026-01-01 10:00' };
const batch = (number: number, more: Partial<BatchOutcome> = {}): BatchOutcome => ({
  batch: number, histories: 50, operations: 1_100, outcomes: { done: 1_090, refused: 10 }, breaks: { 'treasury killed at a failpoint': 3, 'node: drop': 2 }, kills: 3, failpoints: ['relay-sent'], problems: [], seconds: 60, ...more,
});
const file = (): string => join(mkdtempSync(join(tmpdir(), 'doubloon-run-')), 'histories/run.jsonl');

test('a run is gone on with where its file ends, also when its last line was cut off', () => {
  const at = file();
  expect(readRun(at)).toBeUndefined();
  keep(at, head);
  keep(at, batch(0));
  appendFileSync(at, '{"batch":1,"histor');
  expect(readRun(at)).toEqual({ head, batches: [batch(0)] });
});

test('what is kept after a line that was cut off is read', () => {
  const at = file();
  keep(at, head);
  appendFileSync(at, '{"batch":0,"histor');
  readRun(at);
  keep(at, batch(0));
  expect(readRun(at)).toEqual({ head, batches: [batch(0)] });
});

test('the report counts what was played, broken, lost and doubled, and names what the oracle said', () => {
  const text = report([{ head, batches: [batch(0), batch(1, { failpoints: ['relay-sent', 'eyes-set'], problems: [{ seed: '61', says: 'lost: an offer' }, { seed: '62', says: 'doubled: a comment' }, { seed: 'stack', says: 'stuck: 2 of notices wait' }] })] }], [['cores', '2']]);
  for (const line of ['## 100 histories, event log on PostgreSQL', '| operations of people | 2,200 |', '| processes killed | 6 |', '| failpoints at which one died | 2 |', '| **lost** | **1** |', '| **doubled** | **1** |', '| stuck | 1 |', '| treasury killed at a failpoint | 6 |', '- seed 61: lost: an offer', 'seeds 7 to 106']) expect(text).toContain(line);
});
