import type pg from 'pg';
import { oneAtATime } from '../one-at-a-time.ts';

/** Where a statement can be run: a pool, or one session. */
export interface Database {
  query<Row extends pg.QueryResultRow>(statement: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

/** One connection, shared by everything that has to run in its session: statements wait for each other. */
export function inSession(client: pg.Client): Database {
  const inTurn = oneAtATime('session', 1_000);
  return { query: (statement, values) => inTurn(() => client.query(statement as string, values)) };
}
