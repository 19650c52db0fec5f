import { readSetback, type Octokit } from '../github.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import { markedIssue } from './living-comment.ts';

/**
 * Deletes a second living comment: GitHub may create one after we gave up waiting for it and created another. What GitHub
 * shows under that id decides: a comment that is gone, of somebody else or of another issue is left alone. False when it was.
 */
export async function removeSecond(octokit: Octokit, { repository, issueId }: KnownIssue, appId: string, commentId: string): Promise<boolean> {
  const [owner = '', repo = ''] = repository.split('/');
  const at = { owner, repo, comment_id: Number(commentId) };
  try {
    const { data } = await octokit.rest.issues.getComment(at);
    if (String(data.performed_via_github_app?.id) !== appId || markedIssue(data.body ?? '') !== issueId) return false;
    await octokit.rest.issues.deleteComment(at);
    return true;
  } catch (error) {
    if (readSetback(error, new Date()).refusal === 'missing') return false;
    throw error;
  }
}
