import type { Happening } from './webhooks.ts';
import type { Account, Pull, Review, ReviewComment, ReviewState, World } from './world.ts';

/** Reviews of pull requests. Each act commits at once and then tells what happened. */
export class ReviewActs {
  readonly #world: World;
  readonly #tell: (happening: Happening) => void;

  constructor(world: World, tell: (happening: Happening) => void) {
    this.#world = world;
    this.#tell = tell;
  }

  /** A review of all, with what it says about files. GitHub makes one around a single comment too. */
  review(by: Account, issue: Pull, { state, body, comments }: { state: ReviewState; body: string; comments: readonly { path: string; body: string }[] }): { review: Review; comments: readonly ReviewComment[] } {
    const at = this.#world.now();
    const text = () => ({ issue, author: by, viaApp: undefined, createdAt: at, minimized: undefined, edits: [], updatedAt: at, reactions: [] });
    const review: Review = { ...text(), id: this.#world.nextId('review'), body, state };
    const made = comments.map((it): ReviewComment => ({ ...text(), ...it, id: this.#world.nextId('reviewComment'), review }));
    issue.pullRequest.reviews.push(review);
    issue.pullRequest.reviewComments.push(...made);
    issue.updatedAt = at;
    this.#tell({ event: 'pull_request_review', action: 'submitted', issue, review, sender: by });
    for (const comment of made) this.#tell({ event: 'pull_request_review_comment', action: 'created', issue, comment, sender: by });
    return { review, comments: made };
  }

  edit(by: Account, text: Review | ReviewComment, body: string): void {
    if (text.body === body) return;
    const { issue } = text;
    const from = { body: text.body };
    const at = this.#world.now();
    text.body = body;
    text.updatedAt = at;
    text.edits.push({ at, by });
    issue.updatedAt = at;
    this.#tell('review' in text
      ? { event: 'pull_request_review_comment', action: 'edited', issue, comment: text, sender: by, from }
      : { event: 'pull_request_review', action: 'edited', issue, review: text, sender: by, from });
  }

  /** A review that was submitted can't be deleted, and a comment of one can. */
  deleteComment(by: Account, comment: ReviewComment): void {
    const { issue } = comment;
    issue.pullRequest.reviewComments.splice(issue.pullRequest.reviewComments.indexOf(comment), 1);
    issue.updatedAt = this.#world.now();
    this.#tell({ event: 'pull_request_review_comment', action: 'deleted', issue, comment, sender: by });
  }
}
