import { nodeId } from './github-ids.ts';
import { simpleUser } from './shape-account.ts';
import { fullName, timestamp, type Label, type Repository, type World } from './world.ts';

export const repositoryApi = (repository: Repository, { api }: World['addresses']): string => `${api}/repos/${fullName(repository)}`;

const links = [
  'archive_url:/{archive_format}{/ref}', 'assignees_url:/assignees{/user}', 'blobs_url:/git/blobs{/sha}', 'branches_url:/branches{/branch}',
  'collaborators_url:/collaborators{/collaborator}', 'comments_url:/comments{/number}', 'commits_url:/commits{/sha}',
  'compare_url:/compare/{base}...{head}', 'contents_url:/contents/{+path}', 'contributors_url:/contributors', 'deployments_url:/deployments',
  'downloads_url:/downloads', 'events_url:/events', 'forks_url:/forks', 'git_commits_url:/git/commits{/sha}', 'git_refs_url:/git/refs{/sha}',
  'git_tags_url:/git/tags{/sha}', 'hooks_url:/hooks', 'issue_comment_url:/issues/comments{/number}', 'issue_events_url:/issues/events{/number}',
  'issues_url:/issues{/number}', 'keys_url:/keys{/key_id}', 'labels_url:/labels{/name}', 'languages_url:/languages', 'merges_url:/merges',
  'milestones_url:/milestones{/number}', 'notifications_url:/notifications{?since,all,participating}', 'pulls_url:/pulls{/number}',
  'releases_url:/releases{/id}', 'stargazers_url:/stargazers', 'statuses_url:/statuses/{sha}', 'subscribers_url:/subscribers',
  'subscription_url:/subscription', 'tags_url:/tags', 'teams_url:/teams', 'trees_url:/git/trees{/sha}',
].map((line) => line.split(/:(.*)/, 2) as [string, string]);

/** GitHub's `repository`: what lists and webhooks carry. */
export function repositoryShape(repository: Repository, addresses: World['addresses']) {
  const url = repositoryApi(repository, addresses);
  const html = `${addresses.html}/${fullName(repository)}`;
  const openIssues = repository.issues.filter((it) => it.closed === undefined).length;
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.isPrivate,
    owner: simpleUser(repository.owner, addresses),
    html_url: html,
    description: repository.description,
    fork: repository.parent !== undefined,
    url,
    ...Object.fromEntries(links.map(([name, rest]) => [name, url + rest])),
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.updatedAt),
    pushed_at: timestamp(repository.createdAt),
    git_url: `${html.replace(/^https?:/, 'git:')}.git`,
    ssh_url: `git@${new URL(addresses.html).hostname}:${fullName(repository)}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.isArchived,
    disabled: false,
    open_issues_count: openIssues,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.isPrivate ? 'private' : 'public',
    forks: 0,
    open_issues: openIssues,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}

/** GitHub's `full-repository`: one repository asked for by itself. */
export const fullRepository = (repository: Repository, addresses: World['addresses']) => ({
  ...repositoryShape(repository, addresses),
  ...(repository.owner.type === 'Organization' ? { organization: simpleUser(repository.owner, addresses) } : {}),
  temp_clone_token: null,
  network_count: 0,
  subscribers_count: 1,
});

/** GitHub's `label`. */
export const labelShape = (label: Label, repository: Repository, addresses: World['addresses']) => ({
  id: label.id,
  node_id: nodeId('LA', repository.id, label.id),
  url: `${repositoryApi(repository, addresses)}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: false,
  description: label.description,
});
