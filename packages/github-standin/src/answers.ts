import type { OperationId } from '../openapi/operations.ts';
import * as app from './answers-app.ts';
import * as contents from './answers-contents.ts';
import * as deliveries from './answers-deliveries.ts';
import * as issues from './answers-issues.ts';
import * as reactions from './answers-reactions.ts';
import * as repositories from './answers-repositories.ts';
import * as reviews from './answers-reviews.ts';
import type { Answer, Call } from './call.ts';

interface Operation {
  readonly answer: (call: Call) => Answer;
  /** The parameters of the query and of the body that count here. Any other that GitHub knows is "not here yet". */
  readonly takes?: readonly string[];
}

const pages = ['per_page', 'page'] as const;

/** Who answers each operation. A new id in `openapi/operations.ts` does not compile before it stands here. */
export const answers: { readonly [Id in OperationId]: Operation } = {
  'apps/get-authenticated': { answer: app.getApp },
  'apps/list-installations': { answer: app.listInstallations, takes: pages },
  'apps/get-installation': { answer: app.getInstallation },
  'apps/create-installation-access-token': { answer: app.createInstallationToken, takes: ['permissions', 'repositories', 'repository_ids'] },
  'apps/get-repo-installation': { answer: app.getRepositoryInstallation },
  'apps/delete-installation': { answer: app.deleteInstallation },
  'apps/suspend-installation': { answer: app.suspendInstallation },
  'apps/unsuspend-installation': { answer: app.unsuspendInstallation },
  'apps/get-by-slug': { answer: app.getAppBySlug },
  'apps/create-from-manifest': { answer: app.createFromManifest },
  'apps/list-repos-accessible-to-installation': { answer: app.listInstallationRepositories, takes: pages },
  'apps/list-webhook-deliveries': { answer: deliveries.listDeliveries, takes: ['per_page', 'cursor', 'status'] },
  'apps/get-webhook-delivery': { answer: deliveries.getDelivery },
  'apps/redeliver-webhook-delivery': { answer: deliveries.redeliver },
  'apps/get-webhook-config-for-app': { answer: deliveries.getHookConfig },
  'apps/update-webhook-config-for-app': { answer: deliveries.updateHookConfig, takes: ['url', 'secret'] },
  'issues/list-for-repo': { answer: issues.listIssues, takes: [...pages, 'state', 'sort', 'direction', 'since', 'labels'] },
  'issues/create': { answer: issues.createIssue, takes: ['title', 'body', 'labels'] },
  'issues/get': { answer: issues.getIssue },
  'issues/update': { answer: issues.updateIssue, takes: ['title', 'body', 'state', 'state_reason'] },
  'issues/list-events': { answer: issues.listEvents, takes: pages },
  'issues/get-event': { answer: issues.getEvent },
  'issues/lock': { answer: issues.lockIssue, takes: ['lock_reason'] },
  'issues/unlock': { answer: issues.unlockIssue },
  'issues/list-comments': { answer: issues.listComments, takes: [...pages, 'since'] },
  'issues/create-comment': { answer: issues.createComment, takes: ['body'] },
  'issues/get-comment': { answer: issues.getComment },
  'issues/update-comment': { answer: issues.updateComment, takes: ['body'] },
  'issues/delete-comment': { answer: issues.deleteComment },
  'issues/list-labels-on-issue': { answer: issues.listIssueLabels, takes: pages },
  'issues/add-labels': { answer: issues.addLabels, takes: ['labels'] },
  'issues/remove-label': { answer: issues.removeLabel },
  'issues/list-labels-for-repo': { answer: issues.listLabels, takes: pages },
  'issues/create-label': { answer: issues.createLabel, takes: ['name', 'color', 'description'] },
  'issues/get-label': { answer: issues.getLabel },
  'reactions/list-for-issue': { answer: reactions.listForIssue, takes: [...pages, 'content'] },
  'reactions/create-for-issue': { answer: reactions.createForIssue, takes: ['content'] },
  'reactions/delete-for-issue': { answer: reactions.deleteForIssue },
  'reactions/list-for-issue-comment': { answer: reactions.listForComment, takes: [...pages, 'content'] },
  'reactions/create-for-issue-comment': { answer: reactions.createForComment, takes: ['content'] },
  'reactions/delete-for-issue-comment': { answer: reactions.deleteForComment },
  'reactions/list-for-pull-request-review-comment': { answer: reactions.listForReviewComment, takes: [...pages, 'content'] },
  'reactions/create-for-pull-request-review-comment': { answer: reactions.createForReviewComment, takes: ['content'] },
  'reactions/delete-for-pull-request-comment': { answer: reactions.deleteForReviewComment },
  'pulls/list': { answer: repositories.listPulls, takes: [...pages, 'state'] },
  'pulls/get': { answer: repositories.getPull },
  'pulls/get-review': { answer: reviews.getReview },
  'pulls/get-review-comment': { answer: reviews.getReviewComment },
  'repos/get': { answer: repositories.getRepository },
  'repos/get-collaborator-permission-level': { answer: repositories.getCollaboratorPermission },
  'repos/get-content': { answer: contents.getContent, takes: ['ref'] },
  'apps/check-token': { answer: app.checkToken, takes: ['access_token'] },
  'apps/delete-token': { answer: app.deleteToken, takes: ['access_token'] },
  'apps/delete-authorization': { answer: app.deleteAuthorization, takes: ['access_token'] },
  'users/get-authenticated': { answer: repositories.getMe },
  'users/get-by-username': { answer: repositories.getUser },
  'users/get-by-id': { answer: repositories.getUserById },
};
