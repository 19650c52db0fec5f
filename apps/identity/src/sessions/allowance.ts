import type { Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';
import { networkOf } from '@doubloon/service/network-of';

/** How often something may be asked: so many times at once, and once more each `everyMs`. */
interface Rate {
  readonly atOnce: number;
  readonly everyMs: number;
}

/** By address and by GitHub user. People meet none of them, and scripts soon do. */
const rates = {
  'sign-in': { address: { atOnce: 30, everyMs: 10_000 }, user: { atOnce: 30, everyMs: 10_000 } },
  build: { address: { atOnce: 40, everyMs: 5_000 }, user: { atOnce: 20, everyMs: 10_000 } },
  submit: { address: { atOnce: 30, everyMs: 10_000 }, user: { atOnce: 10, everyMs: 60_000 } },
} as const satisfies Readonly<Record<string, { readonly address: Rate; readonly user: Rate }>>;

export type Asked = keyof typeof rates;

/** For all who look somebody up together: what GitHub lets us ask in an hour is for decisions and links. */
const lookUps: Rate = { atOnce: 100, everyMs: 6_000 };

// One instant says all: each thing asked moves it on, and who would move it too far ahead of now has asked too often.
const use = `
  insert into allowance as a (subject, used_until) values ($1, $2::timestamptz + $3::int * interval '1 millisecond')
  on conflict (subject) do update set used_until = greatest(a.used_until, $2) + $3::int * interval '1 millisecond'
    where a.used_until <= $2::timestamptz + ($4::int - 1) * $3::int * interval '1 millisecond'
  returning used_until`;
const usedUntil = 'select used_until from allowance where subject = $1';
const forget = 'delete from allowance where used_until < $1';

/** Counts it for the address and the user that ask, in the database: instances share it. RATE_LIMITED. */
export async function allow({ pool, now }: { pool: Pool; now: () => Date }, asked: Asked, { address, githubId }: { address?: string; githubId?: string }): Promise<void> {
  if (address !== undefined) await spend(pool, now(), `${asked} address ${networkOf(address)}`, rates[asked].address);
  if (githubId !== undefined) await spend(pool, now(), `${asked} user ${githubId}`, rates[asked].user);
}

/** Counts that GitHub is to be asked how somebody is called. RATE_LIMITED. */
export const allowLookUp = ({ pool, now }: { pool: Pool; now: () => Date }): Promise<void> => spend(pool, now(), 'look-up', lookUps);

async function spend(pool: Pool, at: Date, subject: string, { atOnce, everyMs }: Rate): Promise<void> {
  if ((await pool.query(use, [subject, at, everyMs, atOnce])).rowCount !== 0) return;
  const { rows } = await pool.query<{ used_until: Date }>(usedUntil, [subject]);
  const until = rows[0]?.used_until.getTime() ?? at.getTime();
  throw new DoubloonError('RATE_LIMITED', { retryAfterMs: Math.max(until - (atOnce - 1) * everyMs - at.getTime(), 1_000) });
}

/** What says nothing any more. */
export const forgetAllowances = async (pool: Pool, now: Date): Promise<void> => {
  await pool.query(forget, [now]);
};
