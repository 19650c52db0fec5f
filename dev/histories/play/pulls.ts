import { actOf, type Came, type DeedOf, type Doing } from './doing.ts';
import { Refused } from './insist.ts';

/** A pull request that closes the issue. */
export function pull({ place, deed, of }: Doing<DeedOf<'pull'>>): Came {
  const { stage, repository, number, people } = place;
  const author = people[deed.by].login;
  const made = stage.stack.github.openPull(author, repository.name, {
    title: `Do #${String(number)}`, body: `Closes #${String(number)}.`, head: `work-${String(number)}-${String(of)}`,
    authors: [author, ...(deed.with === undefined || deed.with === deed.by ? [] : [people[deed.with].login])],
  });
  return { outcome: 'done', pull: { number: made.number, id: String(made.pullId) } };
}

/** By the maintainer. */
export function merge(doing: Doing<DeedOf<'merge'>>): Came {
  const { stage, repository, people } = doing.place;
  const number = actOf(doing, doing.deed.of)?.pull?.number;
  if (number === undefined) throw new Refused('PULL_ABSENT', {});
  stage.stack.github.merge(people.maintainer.login, repository.name, number);
  return { outcome: 'done' };
}
