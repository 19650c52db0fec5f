import { readSetback, type Octokit } from '../github.ts';
import type { Placed } from '../commands/record-sighting.ts';

/** What a text says at GitHub now; empty when it is gone. */
export async function readAgain(octokit: Octokit, { repository, issue, source }: Placed): Promise<string> {
  const [owner = '', repo = ''] = repository.fullName.split('/');
  const id = Number(source.id);
  const at = { owner, repo };
  try {
    switch (source.kind) {
      case 'issue': return (await octokit.rest.issues.get({ ...at, issue_number: issue.number })).data.body ?? '';
      case 'issue-comment': return (await octokit.rest.issues.getComment({ ...at, comment_id: id })).data.body ?? '';
      case 'review': return (await octokit.rest.pulls.getReview({ ...at, pull_number: issue.number, review_id: id })).data.body;
      case 'review-comment': return (await octokit.rest.pulls.getReviewComment({ ...at, comment_id: id })).data.body;
    }
  } catch (error) {
    const { status } = readSetback(error, new Date());
    if (status === 404 || status === 410) return '';
    throw error;
  }
}
