import type { MessageInitShape, treasury } from '@doubloon/rpc';

/** What of a bounty's row tells of its issue. */
export interface IssueColumns {
  readonly repository_id: string;
  readonly issue_id: string;
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly is_pull_request: boolean;
  readonly state: string;
  readonly state_reason: string;
  readonly labels: readonly string[];
  readonly language: string;
}

/** An issue with all that is kept of it. */
export const issueView = ({ repository_id: repositoryId, issue_id: issueId, repository, number, title, url, is_pull_request: isPullRequest, state, state_reason: stateReason, labels, language }: IssueColumns): MessageInitShape<typeof treasury.IssueSchema> => ({
  repositoryId, issueId, repository, number, title, url, isPullRequest, state, stateReason, labels: [...labels], language,
});
