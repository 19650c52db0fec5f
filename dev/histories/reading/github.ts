import type { Act } from '../operation.ts';
import type { Final } from '../final.ts';
import type { Place } from '../play/place.ts';
import type { Written } from './written.ts';

/** What stands on GitHub of one history. */
export function gitHubOf({ stage: { stack: { github } }, repository, number, issueId }: Place, acts: readonly Act[], written: Written): Pick<Final, 'ours' | 'everWritten' | 'labels' | 'reactions'> {
  const { labels, comments } = github.look(repository.name, number);
  const ours = comments.filter(({ viaApp }) => viaApp);
  const ids = new Set(acts.flatMap(({ comment }) => (comment === undefined ? [] : [comment])));
  return {
    ours: ours.map(({ id, body }) => ({ id: String(id), body })),
    everWritten: written.on(github.deliveries, issueId).union(new Set(ours.map(({ id }) => id))).size,
    labels,
    reactions: Object.fromEntries([...ids].map((id) => [id, comments.find((comment) => String(comment.id) === id)?.reactions.filter(({ viaApp }) => viaApp).map(({ content }) => content)])),
  };
}
