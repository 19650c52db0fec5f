import { readSetback } from '../github.ts';
import { createAlone, holdInstallation, requireTurn, TooSoon } from './installation-pace.ts';
import { keepInstallation, type KnownIssue } from './issue-row.ts';
import type { Tending } from './tending.ts';

/** Creates something when it is its turn, of which there is this share. */
export type Alone = <T>(create: () => Promise<T>, share?: number) => Promise<T>;

/** Does something at GitHub for an installation, at its pace; a limit that GitHub tells of holds for all that is done there. */
export async function inTurn<T>({ pool, now, onRefusal }: Tending, installation: string, work: (alone: Alone) => Promise<T>): Promise<T> {
  const holding = <U>(call: () => Promise<U>): Promise<U> => call().catch(async (error: unknown) => {
    const { notBefore } = readSetback(error, now());
    if (notBefore !== undefined && !(error instanceof TooSoon)) await holdInstallation(pool, installation, notBefore);
    throw error;
  });
  await requireTurn(pool, installation, now());
  try {
    // Held before the next one may create: it would only run into the same limit.
    return await holding(() => work((create, share) => createAlone(pool, installation, now, () => holding(create), share)));
  } catch (error) {
    const { refusal } = readSetback(error, now());
    if (refusal !== undefined) onRefusal?.(refusal);
    throw error;
  }
}

/** Asks which installation a repository belongs to, and keeps it. */
export async function findInstallation({ pool, octokit }: Pick<Tending, 'pool' | 'octokit'>, { repositoryId, repository }: KnownIssue): Promise<string> {
  const [owner = '', repo = ''] = repository.split('/');
  const { data } = await (await octokit()).rest.apps.getRepoInstallation({ owner, repo });
  await keepInstallation(pool, repositoryId, String(data.id));
  return String(data.id);
}
