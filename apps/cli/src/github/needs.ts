/** What the App must be allowed to do in a repository: comment and react, read `.github/doubloon.yml`, and read who may do what. */
export const neededPermissions = { issues: 'write', pull_requests: 'write', contents: 'read', metadata: 'read' } as const;

/** What it must be told of: the events that can hold commands, and repositories that come out of the archive. */
export const neededEvents = ['issue_comment', 'issues', 'pull_request', 'pull_request_review', 'pull_request_review_comment', 'repository'] as const;
