import type { Answer, Call } from './call.ts';
import { notFound } from './refusal.ts';
import { reviewCommentShape, reviewShape } from './shape-review.ts';
import { findIssue, findReview, findReviewComment, type ReviewComment } from './world.ts';

/** The comment of a review that the path names. */
export function reviewCommentOf(call: Call): ReviewComment {
  const comment = findReviewComment(call.repository(), Number(call.param('comment_id')));
  if (comment === undefined) throw notFound();
  return comment;
}

export const getReview = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'pull_requests', 'read');
  const review = findReview(repository, Number(call.param('review_id')));
  if (review === undefined || findIssue(repository, Number(call.param('pull_number'))) !== review.issue) throw notFound();
  return { status: 200, body: reviewShape(review, call.world.addresses) };
};

export const getReviewComment = (call: Call): Answer => {
  const comment = reviewCommentOf(call);
  call.needOnIssue(comment.issue, 'read');
  return { status: 200, body: reviewCommentShape(comment, call.world.addresses) };
};
