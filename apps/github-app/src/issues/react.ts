import type { Octokit } from '../github.ts';
import type { Work } from './intent.ts';
import type { KnownIssue } from './issue-row.ts';

/** Shows whoever wrote a command that it was read. GitHub keeps one reaction of a kind per user, so it may be repeated. */
export async function react(octokit: Octokit, { repository, number }: KnownIssue, { sourceKind, sourceId }: Extract<Work, { kind: 'eyes' }>): Promise<void> {
  const [owner = '', repo = ''] = repository.split('/');
  const eyes = { owner, repo, content: 'eyes' } as const;
  switch (sourceKind) {
    case 'issue': await octokit.rest.reactions.createForIssue({ ...eyes, issue_number: number }); return;
    case 'issue-comment': await octokit.rest.reactions.createForIssueComment({ ...eyes, comment_id: Number(sourceId) }); return;
    case 'review-comment': await octokit.rest.reactions.createForPullRequestReviewComment({ ...eyes, comment_id: Number(sourceId) }); return;
    // The REST API has no reactions for reviews.
    case 'review': return;
  }
}
