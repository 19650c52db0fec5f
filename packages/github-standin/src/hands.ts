import { finderOf } from './finder.ts';
import { appHands, type AppHands } from './hands-apps.ts';
import { issueHands, type IssueHands } from './hands-issues.ts';
import { peopleHands, type PeopleHands } from './hands-people.ts';
import { repositoryHands, type RepositoryHands } from './hands-repositories.ts';
import { reviewHands, type ReviewHands } from './hands-reviews.ts';
import type { World } from './world.ts';

/**
 * What a script does by hand, in place of people at the pages. Repositories are `owner/name`, accounts are logins.
 * Whatever names nothing that is here, or is not allowed, throws `REQUEST_INVALID`.
 */
export interface Hands extends AppHands, IssueHands, PeopleHands, RepositoryHands, ReviewHands {}

type Needs = Parameters<typeof appHands>[0] & Parameters<typeof issueHands>[0] & Parameters<typeof peopleHands>[0] & Parameters<typeof repositoryHands>[0] & Parameters<typeof reviewHands>[0];

/** The hands of a script in this world. `tokens` are the personal ones by login, to which those of new people are added. */
export function handsOf(o: Omit<Needs, 'finder'> & { world: World }): Hands {
  const all = { ...o, finder: finderOf(o.world) };
  return { ...appHands(all), ...issueHands(all), ...peopleHands(all), ...repositoryHands(all), ...reviewHands(all) };
}
