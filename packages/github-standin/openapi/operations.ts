/**
 * The operations of GitHub's REST API that the stand-in answers, by GitHub's own operation ids. `cut-openapi.ts` takes
 * exactly these out of GitHub's description; everything else is answered "not here yet".
 */
export const operations = [
  'apps/get-authenticated',
  'apps/list-installations',
  'apps/get-installation',
  'apps/create-installation-access-token',
  'apps/get-repo-installation',
  'apps/list-repos-accessible-to-installation',
  'issues/list-for-repo',
  'issues/create',
  'issues/get',
  'issues/update',
  'issues/list-comments',
  'issues/create-comment',
  'issues/get-comment',
  'issues/update-comment',
  'issues/delete-comment',
  'issues/list-labels-on-issue',
  'issues/add-labels',
  'issues/remove-label',
  'issues/list-labels-for-repo',
  'issues/create-label',
  'issues/get-label',
  'reactions/list-for-issue',
  'reactions/create-for-issue',
  'reactions/delete-for-issue',
  'reactions/list-for-issue-comment',
  'reactions/create-for-issue-comment',
  'reactions/delete-for-issue-comment',
  'pulls/list',
  'pulls/get',
  'repos/get',
  'repos/get-collaborator-permission-level',
  'users/get-authenticated',
  'users/get-by-username',
  'users/get-by-id',
] as const;

export type OperationId = (typeof operations)[number];
