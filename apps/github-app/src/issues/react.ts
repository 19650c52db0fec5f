import type { Octokit } from '../github.ts';
import type { ReactionWork } from './intent.ts';
import type { KnownIssue } from './issue-row.ts';

/** Shows whoever wrote a command that it was read, or what became of it. GitHub keeps one reaction of a kind per user, so it may be repeated. */
export async function react(octokit: Octokit, { repository, number }: KnownIssue, work: ReactionWork): Promise<void> {
  const { sourceKind, sourceId } = work;
  const [owner = '', repo = ''] = repository.split('/');
  const sign = { owner, repo, content: work.kind === 'eyes' ? work.kind : work.content } as const;
  switch (sourceKind) {
    case 'issue': await octokit.rest.reactions.createForIssue({ ...sign, issue_number: number }); return;
    case 'issue-comment': await octokit.rest.reactions.createForIssueComment({ ...sign, comment_id: Number(sourceId) }); return;
    case 'review-comment': await octokit.rest.reactions.createForPullRequestReviewComment({ ...sign, comment_id: Number(sourceId) }); return;
    // The REST API has no reactions for reviews.
    case 'review': return;
  }
}
