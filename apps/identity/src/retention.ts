import { deleteInBatches, pruneBatch } from '@doubloon/postgres';
import type { IdentityContext } from './context.ts';
import { forgetAllowances } from './sessions/allowance.ts';
import { forgetSessions } from './sessions/session.ts';

/** What was handed out and never came back is of no use after a day. What was submitted stays: it says who was vouched for. */
const buildsMs = 86_400_000;
const forgetBuilds = `delete from link_build where id in (select id from link_build where built_at < $1 order by built_at limit ${pruneBatch})`;

/** Deletes what says nothing any more. */
export async function forgetOld({ pool, now }: Pick<IdentityContext, 'pool' | 'now'>): Promise<void> {
  const at = now();
  await forgetSessions(pool, at);
  await forgetAllowances(pool, at);
  await deleteInBatches(pool, forgetBuilds, [new Date(at.getTime() - buildsMs)]);
}
