import { findLabel, longestBody, mayClose, mayEdit } from './acts.ts';
import type { Answer, Call } from './call.ts';
import { eventShape, singleEvent } from './issue-events.ts';
import { invalidField, notFound, Refusal } from './refusal.ts';
import { commentShape, issueApi, issueShape, singleIssue } from './shape-issue.ts';
import { labelShape } from './shape-repository.ts';
import { atLeast, closeReasons, findEvent, roleOf, timestamp, type Comment, type Issue } from './world.ts';

const longestTitle = 256;

/** Rows changed at or after `since`, a timestamp of the query. */
function since<T extends { updatedAt: Date }>(rows: readonly T[], from: string | undefined): readonly T[] {
  return from === undefined ? rows : rows.filter((it) => timestamp(it.updatedAt) >= timestamp(new Date(from)));
}

/** A person may edit what is theirs or where they can write; an installation was judged by its permission. */
function needToEdit(call: Call, thing: Comment | Issue): void {
  if (call.caller.kind === 'person' && !mayEdit(call.actor(), thing)) throw new Refusal(403, 'Must have admin rights to Repository.');
}

export const listIssues = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'issues', 'read');
  const { state = 'open', sort = 'created', direction = 'desc' } = call.query;
  const labels = call.query['labels']?.split(',') ?? [];
  const found = since(repository.issues, call.query['since'])
    .filter((it) => state === 'all' || (it.closed === undefined) === (state === 'open'))
    .filter((it) => labels.every((name) => it.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())));
  const by = { created: (it: Issue) => it.createdAt.getTime(), updated: (it: Issue) => it.updatedAt.getTime(), comments: (it: Issue) => it.comments.length };
  const key = by[sort as keyof typeof by];
  const sorted = found.toSorted((a, b) => (key(a) - key(b) || a.number - b.number) * (direction === 'asc' ? 1 : -1));
  return { status: 200, rows: sorted.map((it) => issueShape(it, call.world.addresses)) };
};

export const createIssue = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'issues', 'write');
  const title = call.text('Issue', 'title', longestTitle);
  const body = call.body['body'] === undefined || call.body['body'] === null ? null : call.text('Issue', 'body', longestBody);
  const actor = call.actor();
  // People without triage rights can't set labels: GitHub drops them without a word.
  const labels = call.caller.kind === 'installation' || atLeast(roleOf(repository, actor.account), 'triage') ? labelNames(call.body['labels']) : [];
  const issue = call.acts.openIssue(actor, repository, title, body, labels);
  return { status: 201, body: singleIssue(issue, call.world.addresses), headers: { location: issueApi(issue, call.world.addresses) } };
};

export const getIssue = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'read');
  return { status: 200, body: singleIssue(issue, call.world.addresses) };
};

export const updateIssue = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'write');
  const actor = call.actor();
  const { title, body, state, state_reason: reason } = call.body;
  if (title !== undefined || body !== undefined) {
    needToEdit(call, issue);
    call.acts.editIssue(actor, issue, {
      ...(title === undefined ? {} : { title: call.text('Issue', 'title', longestTitle) }),
      ...(body === undefined ? {} : { body: body === null || body === '' ? null : call.text('Issue', 'body', longestBody) }),
    });
  }
  if (state !== undefined) {
    if (call.caller.kind === 'person' && !mayClose(actor, issue)) throw new Refusal(403, 'Must have admin rights to Repository.');
    if (state === 'closed') call.acts.close(actor, issue, closeReasons.find((it) => it === reason) ?? 'completed');
    else call.acts.reopen(actor, issue);
  }
  return { status: 200, body: singleIssue(issue, call.world.addresses) };
};

export const listEvents = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'read');
  return { status: 200, rows: issue.events.map((it) => eventShape(issue, it, call.world.addresses)) };
};

export const getEvent = (call: Call): Answer => {
  const found = findEvent(call.repository(), Number(call.param('event_id')));
  if (found === undefined) throw notFound();
  call.needOnIssue(found.issue, 'read');
  return { status: 200, body: singleEvent(found.issue, found.event, call.world.addresses) };
};

/** Locking is for people with triage access, whatever the body is. */
function toLock(call: Call): Issue {
  const issue = call.issue();
  call.needOnIssue(issue, 'write');
  call.needRole(issue.repository, 'triage', 'Must have admin rights to Repository.');
  return issue;
}

export const lockIssue = (call: Call): Answer => {
  const reason = call.body['lock_reason'];
  call.acts.lock(call.actor(), toLock(call), typeof reason === 'string' ? reason : null);
  return { status: 204 };
};

export const unlockIssue = (call: Call): Answer => {
  call.acts.unlock(call.actor(), toLock(call));
  return { status: 204 };
};

export const listComments = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'read');
  return { status: 200, rows: since(issue.comments, call.query['since']).map((it) => commentShape(it, call.world.addresses)) };
};

export const createComment = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'write');
  call.needUnlocked(issue, 'create comment');
  const comment = call.acts.comment(call.actor(), issue, call.text('IssueComment', 'body', longestBody));
  const shape = commentShape(comment, call.world.addresses);
  return { status: 201, body: shape, headers: { location: shape.url } };
};

export const getComment = (call: Call): Answer => {
  const comment = call.comment();
  call.needOnIssue(comment.issue, 'read');
  return { status: 200, body: commentShape(comment, call.world.addresses) };
};

export const updateComment = (call: Call): Answer => {
  const comment = call.comment();
  call.needOnIssue(comment.issue, 'write');
  needToEdit(call, comment);
  call.needUnlocked(comment.issue, 'update comment');
  call.acts.editComment(call.actor(), comment, call.text('IssueComment', 'body', longestBody));
  return { status: 200, body: commentShape(comment, call.world.addresses) };
};

export const deleteComment = (call: Call): Answer => {
  const comment = call.comment();
  call.needOnIssue(comment.issue, 'write');
  needToEdit(call, comment);
  call.acts.deleteComment(call.actor(), comment);
  return { status: 204 };
};

function labelNames(value: unknown): string[] {
  return Array.isArray(value) ? value.map((it: unknown) => (typeof it === 'string' ? it : String((it as { name?: unknown }).name))) : [];
}

export const listIssueLabels = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'read');
  return { status: 200, rows: issue.labels.map((it) => labelShape(it, issue.repository, call.world.addresses)) };
};

export const addLabels = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'write');
  call.needRole(issue.repository, 'triage', 'Must have admin rights to Repository.');
  call.acts.addLabels(call.actor(), issue, labelNames(call.body['labels']));
  return { status: 200, body: issue.labels.map((it) => labelShape(it, issue.repository, call.world.addresses)) };
};

export const removeLabel = (call: Call): Answer => {
  const issue = call.issue();
  call.needOnIssue(issue, 'write');
  call.needRole(issue.repository, 'triage', 'Must have admin rights to Repository.');
  const label = issue.labels.find((it) => it.name.toLowerCase() === call.param('name').toLowerCase());
  if (label === undefined) throw new Refusal(404, 'Label does not exist');
  call.acts.removeLabel(call.actor(), issue, label);
  return { status: 200, body: issue.labels.map((it) => labelShape(it, issue.repository, call.world.addresses)) };
};

export const listLabels = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'issues', 'read');
  return { status: 200, rows: repository.labels.map((it) => labelShape(it, repository, call.world.addresses)) };
};

export const getLabel = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'issues', 'read');
  const label = findLabel(repository, call.param('name'));
  if (label === undefined) throw notFound();
  return { status: 200, body: labelShape(label, repository, call.world.addresses) };
};

export const createLabel = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'issues', 'write');
  call.needRole(repository, 'write', 'Must have admin rights to Repository.');
  const name = call.text('Label', 'name', 50);
  if (findLabel(repository, name) !== undefined) throw invalidField('Label', 'name', 'already_exists');
  const { color = 'ededed', description = null } = call.body as { color?: string; description?: string | null };
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalidField('Label', 'color', 'invalid');
  const label = call.acts.label(repository, name, { color, description });
  const shape = labelShape(label, repository, call.world.addresses);
  return { status: 201, body: shape, headers: { location: shape.url } };
};
