import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { isDoubloonError } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { isDatabaseOutage } from '@doubloon/postgres';
import type { Logger } from '@doubloon/service';
import { readSetback, type Refusal } from '../github.ts';
import { TooSoon } from './installation-pace.ts';
import type { IssueKey } from './issue-row.ts';

export interface IssueWorkerOptions {
  /** Lends a connection to each issue in hand, for its lock, beside those that the work itself takes. */
  readonly pool: Pool;
  /** Resolves to when the issue has to be looked at again, if it has to. */
  tend(issue: IssueKey): Promise<Date | undefined>;
  readonly concurrency?: number;
  readonly pollMs?: number;
  readonly log: Logger;
  readonly now: () => Date;
  /** From 0 to 1, spreads the retries. */
  readonly random?: () => number;
}

export interface IssueWorker extends AsyncDisposable {
  /** Something is about to be committed: look soon. */
  wake(): void;
}

/** Advisory lock (this, hash of the issue): who holds it tends the issue. It ends with the connection, however that ends. */
const lockKind = 0x444211;
/** After `wake` the commit may be a moment away: the looks that follow, in milliseconds. */
const eager = [2, 8, 20, 50, 120, 300];
/** Before so many of them are over a further wake begins no new series, but afterwards: a flood of reasons is not looked at one by one. */
const together = 2;
const backoff = { baseMs: 1_000, capMs: 300_000 };
/** An outage is over for all at once, and people wait for what it held up. */
const outageCapMs = 20_000;
/** What GitHub refuses this often (not for its limits) is not asked again before there is another reason to look. */
const mostRefusals = 8;
/** These don't pass by themselves: whoever ends them gives a reason to look. */
const lasting: readonly (Refusal | undefined)[] = ['locked', 'archived'];

const due = `
  select repository_id as "repositoryId", issue_id as "issueId"
  from living_comment where due_at <= $1 and (not_before is null or not_before <= $1) and not (repository_id || '/' || issue_id = any ($2::text[]))
  order by due_at limit $3`;

const claim = `
  update living_comment set attempts = attempts + 1
  where repository_id = $1 and issue_id = $2 and due_at <= $3 and (not_before is null or not_before <= $3)
  returning wanted::text, attempts`;

// A reason that came up meanwhile is not lost: the issue stays due.
const finish = `
  update living_comment set attempts = 0, problem = null, not_before = null, due_at = case when wanted = $3::bigint then $4::timestamptz else $5::timestamptz end
  where repository_id = $1 and issue_id = $2`;

// Only a limit of GitHub's keeps the next reason waiting; what failed otherwise may pass with it, also when it came up meanwhile.
const postpone = `
  update living_comment set problem = $3, not_before = $6, attempts = case when $5 then attempts else 0 end,
    due_at = case when wanted <> $7::bigint then $8::timestamptz when $5 then $4::timestamptz end
  where repository_id = $1 and issue_id = $2`;

/** Whether who did not answer was somebody else: GitHub, the treasury or the database. */
function isOutage(error: unknown): boolean {
  if (error instanceof Error && error.name === 'HttpError') return readSetback(error, new Date()).isUnknown;
  return isDoubloonError(error, 'SERVICE_UNAVAILABLE') || isDoubloonError(error, 'GITHUB_UNAVAILABLE') || isDoubloonError(error, 'DEADLINE_EXCEEDED') || isDatabaseOutage(error);
}

/** Tends issues that are due until disposed: side by side, each by one worker over all processes. */
export function startIssueWorker({ pool, tend, concurrency = 4, pollMs = 1_000, log, now, random = Math.random }: IssueWorkerOptions): IssueWorker {
  const inHand = new Map<string, Promise<void>>();
  let stopping = false;
  let looks = 0;
  let isWokenAgain = false;
  let rouse = new AbortController();

  /** False when another process has it, or had it. */
  async function take(db: PoolClient, { repositoryId, issueId }: IssueKey): Promise<boolean> {
    const name = `${repositoryId}/${issueId}`;
    const { rows: [lock] } = await db.query<{ locked: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as locked', [lockKind, name]);
    if (lock?.locked !== true) return false;
    try {
      const { rows: [row] } = await db.query<{ wanted: string; attempts: number }>(claim, [repositoryId, issueId, now()]);
      if (row === undefined) return false;
      await attempt(db, { repositoryId, issueId }, row);
      return true;
    } finally {
      await db.query('select pg_advisory_unlock($1, hashtext($2))', [lockKind, name]);
    }
  }

  async function attempt(db: PoolClient, issue: IssueKey, { wanted, attempts }: { wanted: string; attempts: number }): Promise<void> {
    const { repositoryId, issueId } = issue;
    try {
      failpoint('issue-claimed');
      const again = await tend(issue);
      failpoint('issue-tended');
      await db.query(finish, [repositoryId, issueId, wanted, again ?? null, now()]);
      if (again !== undefined) wakeAt(again);
    } catch (error) {
      const wait = Math.min(isOutage(error) ? outageCapMs : backoff.capMs, backoff.baseMs * 2 ** Math.min(attempts - 1, 20)) * (0.5 + random() / 2);
      const setback = readSetback(error, now());
      const notBefore = setback.notBefore ?? new Date(now().getTime() + wait);
      const isRefused = setback.notBefore === undefined && !setback.isUnknown;
      const goesOn = !isRefused || (attempts < mostRefusals && !lasting.includes(setback.refusal));
      await db.query(postpone, [repositoryId, issueId, error instanceof Error ? error.message : 'unknown reason', notBefore, goesOn, setback.notBefore ?? null, wanted, now()]);
      if (goesOn) wakeAt(notBefore);
      // Waiting for our turn is no failure.
      const level = error instanceof TooSoon ? 'debug' : goesOn || lasting.includes(setback.refusal) ? 'warn' : 'error';
      log[level]({ repository: repositoryId, issue: issueId, attempts, notBefore, refusal: setback.refusal, err: error }, goesOn ? 'issue will be tended again' : 'issue waits for its next reason');
    }
  }

  async function serve(row: IssueKey): Promise<void> {
    let db: PoolClient | undefined;
    let isBroken = true;
    let isWorthALook = false;
    try {
      db = await pool.connect();
      isWorthALook = await take(db, row);
      isBroken = false;
    } catch (err) {
      log.error({ err }, 'issue worker lost its database connection');
    } finally {
      // A connection that failed may still hold the lock: it is closed.
      db?.release(isBroken);
      inHand.delete(`${row.repositoryId}/${row.issueId}`);
      if (isWorthALook) rouse.abort();
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      rouse = new AbortController();
      const free = concurrency - inHand.size;
      const rows = free <= 0 ? [] : await pool.query<IssueKey>(due, [now(), [...inHand.keys()], free]).then((it) => it.rows, (err: unknown) => {
        log.error({ err }, 'issues can not be read');
        return [];
      });
      for (const row of rows) inHand.set(`${row.repositoryId}/${row.issueId}`, serve(row));
      if (isWokenAgain && looks >= together) {
        looks = 0;
        isWokenAgain = false;
      }
      const pause = eager[looks] ?? pollMs;
      if (looks < eager.length) looks += 1;
      if (!stopping) await sleep(pause, undefined, { signal: rouse.signal }).catch(() => undefined);
    }
    await Promise.all(inHand.values());
  }

  function wake(): void {
    if (looks > 0 && looks <= together) isWokenAgain = true;
    else {
      looks = 0;
      rouse.abort();
    }
  }

  // Looking finds it too, up to a poll later.
  function wakeAt(time: Date): void {
    const ms = time.getTime() - now().getTime();
    if (ms < pollMs * 60) setTimeout(wake, Math.max(0, ms) + 1).unref();
  }

  looks = eager.length;
  const running = run();
  return {
    wake,
    async [Symbol.asyncDispose]() {
      stopping = true;
      rouse.abort();
      await running;
    },
  };
}
