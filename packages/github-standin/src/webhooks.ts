import type { Hook } from './deliveries.ts';
import { noCommit } from './files.ts';
import { nodeId } from './github-ids.ts';
import { installationShape, simpleUser } from './shape-account.ts';
import { commentShape, issueShape, pullRequestShape, pullRequestSimple } from './shape-issue.ts';
import { labelShape, repositoryShape } from './shape-repository.ts';
import { reviewCommentShape, reviewToldOf } from './shape-review.ts';
import { folded, fullName, timestamp, type Account, type App, type Comment, type Grant, type Installation, type Issue, type Label, type Pull, type Repository, type Review, type ReviewComment, type World } from './world.ts';

/** What happened to an issue, or to a pull request: GitHub has an event for each of the two. `from` holds what an edit replaced. */
type IssueHappening =
  | { action: 'opened' | 'closed' | 'reopened' | 'locked' | 'unlocked'; issue: Issue; sender: Account }
  | { action: 'edited'; issue: Issue; sender: Account; from: { title?: string; body?: string | null } }
  | { action: 'labeled' | 'unlabeled'; issue: Issue; sender: Account; label: Label };

/** What happened, in the words of GitHub's events. */
export type Happening =
  | ({ event: 'issues' | 'pull_request' } & IssueHappening)
  | { event: 'issues'; action: 'deleted'; issue: Issue; sender: Account }
  /** It is another issue elsewhere now: GitHub tells of the one here, and then of that one. */
  | { event: 'issues'; action: 'transferred'; issue: Issue; sender: Account; movedTo: Issue }
  | { event: 'issues'; action: 'opened'; issue: Issue; sender: Account; movedFrom: Issue }
  | { event: 'issue_comment'; action: 'created' | 'deleted'; issue: Issue; comment: Comment; sender: Account }
  | { event: 'issue_comment'; action: 'edited'; issue: Issue; comment: Comment; sender: Account; from: { body: string } }
  | { event: 'pull_request_review'; action: 'submitted'; issue: Pull; review: Review; sender: Account }
  | { event: 'pull_request_review'; action: 'edited'; issue: Pull; review: Review; sender: Account; from: { body: string } }
  | { event: 'pull_request_review_comment'; action: 'created' | 'deleted'; issue: Pull; comment: ReviewComment; sender: Account }
  | { event: 'pull_request_review_comment'; action: 'edited'; issue: Pull; comment: ReviewComment; sender: Account; from: { body: string } }
  | { event: 'member'; action: 'added' | 'removed' | 'edited'; repository: Repository; member: Account; sender: Account; roles: { from: Grant | undefined; to: Grant | undefined } }
  | { event: 'repository'; action: 'archived' | 'unarchived' | 'deleted' | 'created'; repository: Repository; sender: Account }
  | { event: 'repository'; action: 'renamed'; repository: Repository; sender: Account; oldName: string }
  | { event: 'repository'; action: 'transferred'; repository: Repository; sender: Account; oldOwner: Account }
  | { event: 'push'; action: null; repository: Repository; push: Push; sender: Account };

/** What happened to an installation: its App hears of it without having asked. */
export type InstallationHappening = { installation: Installation; sender: Account; repositories: readonly Repository[] } & (
  | { event: 'installation'; action: 'created' | 'deleted' | 'suspend' | 'unsuspend' }
  | { event: 'installation_repositories'; action: 'added' | 'removed' }
);

/** One commit on top of a branch. */
export interface Push {
  readonly branch: string;
  readonly before: string;
  readonly after: string;
  readonly tree: string;
  readonly message: string;
  readonly at: Date;
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly removed: readonly string[];
}

/** Where something happened. */
export const repositoryOf = (happening: Happening): Repository => ('issue' in happening ? happening.issue.repository : happening.repository);

function organization(account: Account, { html, api }: World['addresses']) {
  const url = `${api}/orgs/${account.login}`;
  return {
    login: account.login, id: account.id, node_id: nodeId('O', account.id), url, repos_url: `${url}/repos`, events_url: `${url}/events`, hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`, members_url: `${url}/members{/member}`, public_members_url: `${url}/public_members{/member}`, avatar_url: `${html}/-/avatar/${account.id}`, description: null,
  };
}

function changes(from: { title?: string; body?: string | null }) {
  return {
    ...(from.title === undefined ? {} : { title: { from: from.title } }),
    ...(from.body === undefined ? {} : { body: { from: from.body ?? '' } }),
  };
}

function webhookRepository(repository: Repository, addresses: World['addresses']) {
  return { ...repositoryShape(repository, addresses), ...(repository.owner.type === 'Organization' ? { custom_properties: {} } : {}) };
}

function pushParts(push: Push, repository: Repository, sender: Account, addresses: World['addresses']) {
  const page = `${addresses.html}/${fullName(repository)}`;
  const person = { name: sender.name ?? sender.login, email: `${String(sender.id)}+${sender.login}@users.noreply.github.com`, username: sender.login };
  const commit = {
    id: push.after, tree_id: push.tree, distinct: true, message: push.message, timestamp: timestamp(push.at), url: `${page}/commit/${push.after}`,
    author: person, committer: person, added: push.added, removed: push.removed, modified: push.modified,
  };
  return {
    ref: `refs/heads/${push.branch}`, before: push.before, after: push.after, created: push.before === noCommit, deleted: false, forced: false, base_ref: null,
    compare: `${page}/compare/${push.before.slice(0, 12)}...${push.after.slice(0, 12)}`, commits: [commit], head_commit: commit,
    pusher: { name: sender.login, email: person.email },
  };
}

/** What a member's change says. */
function memberChanges({ action, roles: { from, to } }: Extract<Happening, { event: 'member' }>) {
  if (action === 'removed') return {};
  if (action === 'added') return { changes: { permission: { to: folded[to?.role ?? 'read'] }, role_name: { to: to?.name ?? 'read' } } };
  return { changes: { old_permission: { from: from?.role ?? 'read' }, permission: { from: from?.role ?? null, to: to?.role ?? null } } };
}

function repositoryChanges(happening: Extract<Happening, { event: 'repository' }>, addresses: World['addresses']): object {
  if ('oldName' in happening) return { changes: { repository: { name: { from: happening.oldName } } } };
  if (!('oldOwner' in happening)) return {};
  const { oldOwner } = happening;
  return { changes: { owner: { from: oldOwner.type === 'Organization' ? { organization: organization(oldOwner, addresses) } : { user: simpleUser(oldOwner, addresses) } } } };
}

function parts(happening: Happening, addresses: World['addresses']): object {
  switch (happening.event) {
    case 'member': return { member: simpleUser(happening.member, addresses), ...memberChanges(happening) };
    case 'push': return pushParts(happening.push, happening.repository, happening.sender, addresses);
    case 'repository': return repositoryChanges(happening, addresses);
    case 'pull_request_review': case 'pull_request_review_comment': return {
      pull_request: pullRequestSimple(happening.issue, happening.issue.pullRequest, addresses),
      ...(happening.event === 'pull_request_review' ? { review: reviewToldOf(happening.review, addresses) } : { comment: reviewCommentShape(happening.comment, addresses) }),
      ...('from' in happening ? { changes: changes(happening.from) } : {}),
    };
    default: return {
      ...(happening.event === 'pull_request' && happening.issue.pullRequest !== undefined
        ? { number: happening.issue.number, pull_request: pullRequestShape(happening.issue, happening.issue.pullRequest, addresses) }
        : { issue: issueShape(happening.issue, addresses) }),
      ...('movedTo' in happening ? { changes: { new_issue: issueShape(happening.movedTo, addresses), new_repository: webhookRepository(happening.movedTo.repository, addresses) } } : {}),
      ...('movedFrom' in happening ? { changes: { old_issue: issueShape(happening.movedFrom, addresses), old_repository: webhookRepository(happening.movedFrom.repository, addresses) } } : {}),
      ...('comment' in happening ? { comment: commentShape(happening.comment, addresses) } : {}),
      ...('label' in happening ? { label: labelShape(happening.label, happening.issue.repository, addresses) } : {}),
      ...('from' in happening ? { changes: changes(happening.from) } : {}),
    };
  }
}

/** The repository as a webhook has it: pushes have their times as numbers, as git has. */
function repositoryIn(happening: Happening, addresses: World['addresses']) {
  const repository = repositoryOf(happening);
  const shape = webhookRepository(repository, addresses);
  const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
  return happening.event === 'push' ? { ...shape, created_at: seconds(repository.createdAt), pushed_at: seconds(happening.push.at), master_branch: repository.defaultBranch } : shape;
}

/** The payload of a webhook for an App that is installed here, as the world is now. */
export function webhookPayload(happening: Happening, installation: Installation, { addresses }: World): object {
  const { owner } = repositoryOf(happening);
  return {
    ...(happening.action === null ? {} : { action: happening.action }),
    ...parts(happening, addresses),
    repository: repositoryIn(happening, addresses),
    ...(owner.type === 'Organization' ? { organization: organization(owner, addresses) } : {}),
    sender: simpleUser(happening.sender, addresses),
    installation: { id: installation.id, node_id: Buffer.from(`23:IntegrationInstallation${String(installation.id)}`).toString('base64') },
  };
}

const brief = (repository: Repository) => ({ id: repository.id, node_id: nodeId('R', repository.id), name: repository.name, full_name: fullName(repository), private: repository.isPrivate });

/** The payload of a webhook about an installation itself. */
export function installationPayload({ event, action, installation, sender, repositories }: InstallationHappening, world: World): object {
  const { addresses } = world;
  const { account } = installation;
  const rows = repositories.map(brief);
  const both = { action, installation: installationShape(installation, world), requester: null, ...(account.type === 'Organization' ? { organization: organization(account, addresses) } : {}), sender: simpleUser(sender, addresses) };
  if (event === 'installation') return { ...both, repositories: rows };
  return { ...both, repository_selection: 'selected', repositories_added: action === 'added' ? rows : [], repositories_removed: action === 'removed' ? rows : [] };
}

/** What GitHub sends first of all to the hook of a new App. */
export const pingPayload = (app: App, hook: Hook, { api }: World['addresses'], at: Date) => ({
  zen: 'Speak like a human.', hook_id: hook.id,
  hook: {
    type: 'App', id: hook.id, name: 'web', active: true, events: [...app.events], app_id: app.id, created_at: timestamp(at), updated_at: timestamp(at), deliveries_url: `${api}/app/hook/deliveries`,
    config: { content_type: 'json', insecure_ssl: '0', secret: '********', ...(hook.url === undefined ? {} : { url: hook.url }) },
  },
});
