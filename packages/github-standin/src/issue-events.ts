import { nodeId } from './github-ids.ts';
import { integration, simpleUser } from './shape-account.ts';
import { issueShape } from './shape-issue.ts';
import { repositoryApi } from './shape-repository.ts';
import { timestamp, type Actor, type Issue, type IssueEvent, type World } from './world.ts';

/** Writes into the list of an issue what becomes of it now. */
export function keepEvent(world: World, issue: Issue, { account, app }: Actor, what: Pick<IssueEvent, 'kind' | 'reason' | 'closer' | 'label' | 'rename' | 'lockReason'>): void {
  issue.events.push({ id: world.nextId('event'), actor: account, viaApp: app, at: world.now(), ...what });
}

const prefixes = { closed: 'CE', reopened: 'REE', labeled: 'LE', unlabeled: 'UNLE', renamed: 'RTE', locked: 'LOE', unlocked: 'UNLOE', merged: 'ME', transferred: 'TRE' } as const;

export const eventNodeId = (issue: Issue, { kind, id }: IssueEvent): string => nodeId(prefixes[kind], issue.repository.id, id);

/** GitHub's `issue-event-for-issue`. What a merge closed names no commit, as nothing was said in one. */
export function eventShape(issue: Issue, event: IssueEvent, addresses: World['addresses']) {
  const { id, kind, actor, viaApp, at, reason, label, rename, lockReason } = event;
  const merged = kind === 'merged' ? issue.pullRequest?.merged?.sha : undefined;
  return {
    id, node_id: eventNodeId(issue, event), url: `${repositoryApi(issue.repository, addresses)}/issues/events/${String(id)}`, actor: simpleUser(actor, addresses), event: kind,
    commit_id: merged ?? null, commit_url: merged === undefined ? null : `${repositoryApi(issue.repository, addresses)}/commits/${merged}`, created_at: timestamp(at),
    // Completed is what GitHub says nothing about.
    ...(kind === 'closed' ? { state_reason: reason === undefined || reason === 'completed' ? null : reason } : {}),
    ...(label === undefined ? {} : { label: { name: label.name, color: label.color } }), ...(rename === undefined ? {} : { rename }), ...(lockReason === undefined ? {} : { lock_reason: lockReason }),
    performed_via_github_app: viaApp === undefined ? null : integration(viaApp, addresses),
  };
}

/** GitHub's `issue-event`: one asked for by itself has its issue with it. */
export const singleEvent = (issue: Issue, event: IssueEvent, addresses: World['addresses']) => ({ ...eventShape(issue, event, addresses), issue: issueShape(issue, addresses) });
