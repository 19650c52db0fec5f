import { noCommit } from './files.ts';
import { nodeId } from './github-ids.ts';
import { simpleUser } from './shape-account.ts';
import { commentShape, issueShape } from './shape-issue.ts';
import { labelShape, repositoryShape } from './shape-repository.ts';
import { folded, fullName, timestamp, type Account, type Comment, type Grant, type Installation, type Issue, type Label, type Repository, type World } from './world.ts';

/** What happened, in the words of GitHub's events. `from` holds what an edit replaced. */
export type Happening =
  | { event: 'issues'; action: 'opened' | 'closed' | 'reopened' | 'deleted' | 'locked' | 'unlocked'; issue: Issue; sender: Account }
  | { event: 'issues'; action: 'edited'; issue: Issue; sender: Account; from: { title?: string; body?: string | null } }
  | { event: 'issues'; action: 'labeled' | 'unlabeled'; issue: Issue; sender: Account; label: Label }
  | { event: 'issue_comment'; action: 'created' | 'deleted'; issue: Issue; comment: Comment; sender: Account }
  | { event: 'issue_comment'; action: 'edited'; issue: Issue; comment: Comment; sender: Account; from: { body: string } }
  | { event: 'member'; action: 'added' | 'removed' | 'edited'; repository: Repository; member: Account; sender: Account; roles: { from: Grant | undefined; to: Grant | undefined } }
  | { event: 'push'; action: null; repository: Repository; push: Push; sender: Account };

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

function parts(happening: Happening, addresses: World['addresses']): object {
  switch (happening.event) {
    case 'member': return { member: simpleUser(happening.member, addresses), ...memberChanges(happening) };
    case 'push': return pushParts(happening.push, happening.repository, happening.sender, addresses);
    default: return {
      issue: issueShape(happening.issue, addresses),
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
