import { expect } from 'vitest';
import { personAt, type Line, type RemoteComment } from './line.ts';

/** The row of an issue's living comment, as the App keeps it. */
export interface LivingRow {
  readonly comment_id: string | null;
  readonly hash: string | null;
  readonly creating_at: Date | null;
  readonly due_at: Date | null;
  readonly not_before: Date | null;
  readonly attempts: number;
  readonly recreated: number;
  readonly given_up: string | null;
  readonly problem: string | null;
}

const patience = { timeout: 60_000, interval: 50 };

/** Everything a test wants to know of the living comments of one repository, with people who act there. */
export function livingIn(line: () => Line, repository: string) {
  const person = (login: string) => personAt(line().github, login, repository);
  const creating = (issue: number) => ({ method: 'POST', path: new RegExp(`^/repos/${repository}/issues/${String(issue)}/comments$`) });
  const ours = async (issue: number): Promise<RemoteComment[]> => (await person('ada').comments(issue)).filter(({ user }) => user.login.endsWith('[bot]'));
  const row = async (issueId: number): Promise<LivingRow | undefined> => (await line().database.pool.query<LivingRow>('select * from living_comment where issue_id = $1', [String(issueId)])).rows[0];
  return {
    person, creating, ours, row,
    /** How often the App asked for a comment on an issue. */
    creations: (issue: number) => line().github.asked.filter(({ method, path, installationId }) => installationId !== undefined && method === 'POST' && creating(issue).path.test(path)).length,
    /** Waits until the App has said all there is to say on an issue. */
    calm: (issueId: number) => expect.poll(async () => {
      const it = await row(issueId);
      return it?.due_at === null && it.hash !== null;
    }, patience).toBe(true),
    /** Waits until the App has one comment on an issue and it says this. */
    says: (issue: number, words: string) => expect.poll(async () => (await ours(issue)).map(({ body }) => body.includes(words)), patience).toEqual([true]),
  };
}
