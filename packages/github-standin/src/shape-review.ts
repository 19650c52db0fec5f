import { nodeId } from './github-ids.ts';
import { simpleUser } from './shape-account.ts';
import { association, headSha, issuePage, reactionRollup } from './shape-issue.ts';
import { repositoryApi } from './shape-repository.ts';
import { timestamp, type Review, type ReviewComment, type World } from './world.ts';

type Addresses = World['addresses'];

const pullApi = ({ issue: { repository, number } }: Review | ReviewComment, addresses: Addresses): string => `${repositoryApi(repository, addresses)}/pulls/${String(number)}`;

export const reviewNodeId = (review: Review): string => nodeId('PRR', review.issue.repository.id, review.id);
export const reviewCommentNodeId = (comment: ReviewComment): string => nodeId('PRRC', comment.issue.repository.id, comment.id);

export const reviewPage = (review: Review, addresses: Addresses): string => `${issuePage(review.issue, addresses)}#pullrequestreview-${String(review.id)}`;
export const reviewCommentPage = (comment: ReviewComment, addresses: Addresses): string => `${issuePage(comment.issue, addresses)}#discussion_r${String(comment.id)}`;

/** GitHub's `pull-request-review`. It does not say when it was changed; its webhook does. */
export function reviewShape(review: Review, addresses: Addresses) {
  const { id, issue, author, body, state, createdAt } = review;
  const [html, pull] = [reviewPage(review, addresses), pullApi(review, addresses)];
  return {
    id, node_id: reviewNodeId(review), user: simpleUser(author, addresses), body, state, html_url: html, pull_request_url: pull, author_association: association(issue.repository, author),
    _links: { html: { href: html }, pull_request: { href: pull } }, submitted_at: timestamp(createdAt), commit_id: headSha(issue.pullRequest),
  };
}

/** The same as a webhook has it: its state in small letters, and when it was changed. */
export const reviewToldOf = (review: Review, addresses: Addresses) => ({ ...reviewShape(review, addresses), state: review.state.toLowerCase(), updated_at: timestamp(review.updatedAt) });

/** GitHub's `pull-request-review-comment`. Every one here is about the first line of a file. */
export function reviewCommentShape(comment: ReviewComment, addresses: Addresses) {
  const { id, issue, author, body, review, path, createdAt, updatedAt, reactions } = comment;
  const [html, pull, url] = [reviewCommentPage(comment, addresses), pullApi(comment, addresses), `${repositoryApi(issue.repository, addresses)}/pulls/comments/${String(comment.id)}`];
  const sha = headSha(issue.pullRequest);
  return {
    url, pull_request_review_id: review.id, id, node_id: reviewCommentNodeId(comment), diff_hunk: '@@ -0,0 +1 @@\n+', path, position: 1, original_position: 1, commit_id: sha, original_commit_id: sha,
    user: simpleUser(author, addresses), body, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt), html_url: html, pull_request_url: pull, author_association: association(issue.repository, author),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pull } }, reactions: reactionRollup(url, reactions),
    start_line: null, original_start_line: null, start_side: null, line: 1, original_line: 1, side: 'RIGHT', subject_type: 'line',
  };
}
