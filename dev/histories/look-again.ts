import type { Place } from './play/place.ts';
import type { Stage } from './play/stage.ts';

/** Answers whether all has been looked at since. */
export type HaveLooked = () => Promise<boolean>;

/**
 * Lets the App look through GitHub's log of deliveries, and lets the time come at which it reads these issues again, as it does
 * now and then by itself: only that finds what no webhook told.
 */
export async function lookAgain({ app, stack }: Stage, places: readonly Place[]): Promise<HaveLooked> {
  const keys = [places.map(({ repositoryId }) => repositoryId), places.map(({ issueId }) => issueId)];
  const { rows: [began] } = await app.query<{ at: Date }>('select now() as at');
  await app.query('update issue set reread_at = now() from unnest($1::text[], $2::text[]) as at (repository_id, issue_id) where issue.repository_id = at.repository_id and issue.id = at.issue_id', keys);
  const from = began?.at ?? new Date();
  const rounds = await sweepsOf(stack.app('github-app').internalUrl);
  let lookedThrough = false;
  return async () => {
    // The round that was under way may have read past what was delivered since.
    lookedThrough ||= (await sweepsOf(stack.app('github-app').internalUrl)) >= rounds + 2;
    if (!lookedThrough) return false;
    const { rows: [left] } = await app.query<{ count: number }>(`
      select count(*)::int as count from issue join unnest($1::text[], $2::text[]) as at (repository_id, issue_id) on issue.repository_id = at.repository_id and issue.id = at.issue_id
      where issue.deleted_at is null and issue.reread_at <= $3`, [...keys, from]);
    return left?.count === 0;
  };
}

/** How many rounds through the log of deliveries ended well since the App was started. */
async function sweepsOf(internalUrl: string): Promise<number> {
  const reply = await fetch(`${internalUrl}/metrics`);
  return Number(/^doubloon_sweep_rounds_total\{[^}]*round="good"[^}]*\} (\d+)/m.exec(await reply.text())?.[1] ?? 0);
}
