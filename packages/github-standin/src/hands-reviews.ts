import { mayEdit, mayWrite } from './acts.ts';
import type { ReviewActs } from './acts-reviews.ts';
import { need, refuse, type Finder } from './finder.ts';
import { findReview, findReviewComment, isPull, type Account, type Review, type ReviewComment, type ReviewState } from './world.ts';

/** What people say of pull requests, beside comments. */
export interface ReviewHands {
  /** Reviews a pull request as a whole, with comments on its files, and fires the webhooks of all of them. Its `body` may be left out when there are comments. */
  review(user: string, repository: string, number: number, o: { body?: string; state?: ReviewState; comments?: readonly { path: string; body: string }[] }): { id: number; commentIds: number[] };
  /** Changes a review, as its author, or as somebody with write access. */
  editReview(user: string, repository: string, reviewId: number, body: string): void;
  /** Changes a comment of a review, as its author, or as somebody with write access. */
  editReviewComment(user: string, repository: string, commentId: number, body: string): void;
  deleteReviewComment(user: string, repository: string, commentId: number): void;
}

export function reviewHands({ finder, reviews }: { finder: Finder; reviews: ReviewActs }): ReviewHands {
  const { actorOf, repositoryOf, issueOf } = finder;
  const toEdit = <T extends Review | ReviewComment>(user: string, text: T | undefined, repository: string): { account: Account; text: T } => {
    if (text === undefined) throw refuse(`${repository} has no such review`);
    const actor = actorOf(user);
    need(mayEdit(actor, text), `${user} may not change what ${text.author.login} wrote`);
    return { account: actor.account, text };
  };
  const edit = (user: string, repository: string, found: Review | ReviewComment | undefined, body: string): void => {
    const { account, text } = toEdit(user, found, repository);
    need(body.trim() !== '', 'a comment must not be blank');
    reviews.edit(account, text, body);
  };
  return {
    review(user, repository, number, { body = '', state = 'COMMENTED', comments = [] }) {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      if (!isPull(issue)) throw refuse(`${repository}#${String(number)} is no pull request`);
      need(mayWrite(actor, issue), `${repository}#${String(number)} is locked`);
      need(state === 'COMMENTED' || issue.author !== actor.account, 'nobody approves or refuses their own');
      need(comments.every((it) => it.body.trim() !== '') && (state === 'APPROVED' || body.trim() !== '' || (state === 'COMMENTED' && comments.length > 0)), 'a review must not be blank');
      const made = reviews.review(actor.account, issue, { state, body, comments });
      return { id: made.review.id, commentIds: made.comments.map(({ id }) => id) };
    },
    editReview(user, repository, id, body) { edit(user, repository, findReview(repositoryOf(repository), id), body); },
    editReviewComment(user, repository, id, body) { edit(user, repository, findReviewComment(repositoryOf(repository), id), body); },
    deleteReviewComment(user, repository, id) {
      const { account, text } = toEdit(user, findReviewComment(repositoryOf(repository), id), repository);
      reviews.deleteComment(account, text);
    },
  };
}
