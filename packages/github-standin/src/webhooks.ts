import { nodeId } from './github-ids.ts';
import { simpleUser } from './shape-account.ts';
import { commentShape, issueShape } from './shape-issue.ts';
import { labelShape, repositoryShape } from './shape-repository.ts';
import type { Account, Comment, Issue, Label, Repository, World } from './world.ts';

/** What happened, in the words of GitHub's events. `from` holds what an edit replaced. */
export type Happening =
  | { event: 'issues'; action: 'opened' | 'closed' | 'reopened' | 'deleted' | 'locked' | 'unlocked'; issue: Issue; sender: Account }
  | { event: 'issues'; action: 'edited'; issue: Issue; sender: Account; from: { title?: string; body?: string | null } }
  | { event: 'issues'; action: 'labeled' | 'unlabeled'; issue: Issue; sender: Account; label: Label }
  | { event: 'issue_comment'; action: 'created' | 'deleted'; issue: Issue; comment: Comment; sender: Account }
  | { event: 'issue_comment'; action: 'edited'; issue: Issue; comment: Comment; sender: Account; from: { body: string } };

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

/** The payload of a webhook, as the world is now. `undefined` when no installation of the App sees the repository. */
export function webhookPayload(happening: Happening, world: World): object | undefined {
  const { addresses } = world;
  const { repository } = happening.issue;
  if (repository.installation === undefined) return undefined;
  return {
    action: happening.action,
    issue: issueShape(happening.issue, addresses),
    ...('comment' in happening ? { comment: commentShape(happening.comment, addresses) } : {}),
    ...('label' in happening ? { label: labelShape(happening.label, repository, addresses) } : {}),
    ...('from' in happening ? { changes: changes(happening.from) } : {}),
    repository: webhookRepository(repository, addresses),
    ...(repository.owner.type === 'Organization' ? { organization: organization(repository.owner, addresses) } : {}),
    sender: simpleUser(happening.sender, addresses),
    installation: { id: repository.installation.id, node_id: Buffer.from(`23:IntegrationInstallation${repository.installation.id}`).toString('base64') },
  };
}

