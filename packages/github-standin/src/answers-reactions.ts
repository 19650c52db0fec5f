import { isReactionContent } from './acts.ts';
import { reviewCommentOf } from './answers-reviews.ts';
import type { Answer, Call } from './call.ts';
import { invalidField, notFound, Refusal } from './refusal.ts';
import { reactionShape } from './shape-issue.ts';
import type { Comment, Issue } from './world.ts';

const issueOf = (thing: Comment | Issue): Issue => ('issue' in thing ? thing.issue : thing);

function list(call: Call, thing: Comment | Issue): Answer {
  call.needOnIssue(issueOf(thing), 'read');
  const { content } = call.query;
  const found = thing.reactions.filter((it) => content === undefined || it.content === content);
  return { status: 200, rows: found.map((it) => reactionShape(it, issueOf(thing).repository, call.world.addresses)) };
}

function create(call: Call, thing: Comment | Issue): Answer {
  call.needOnIssue(issueOf(thing), 'write');
  call.needUnlocked(issueOf(thing), 'create reaction');
  const { content } = call.body;
  if (!isReactionContent(content)) throw invalidField('Reaction', 'content', 'invalid');
  const { reaction, isNew } = call.acts.react(call.actor(), thing, content);
  return { status: isNew ? 201 : 200, body: reactionShape(reaction, issueOf(thing).repository, call.world.addresses) };
}

function remove(call: Call, thing: Comment | Issue): Answer {
  call.needOnIssue(issueOf(thing), 'write');
  const reaction = thing.reactions.find((it) => it.id === Number(call.param('reaction_id')));
  if (reaction === undefined) throw notFound();
  if (reaction.user.id !== call.actor().account.id) throw new Refusal(403, 'Must have admin rights to Repository.');
  call.acts.takeBack(thing, reaction);
  return { status: 204 };
}

export const listForIssue = (call: Call): Answer => list(call, call.issue());
export const createForIssue = (call: Call): Answer => create(call, call.issue());
export const deleteForIssue = (call: Call): Answer => remove(call, call.issue());
export const listForComment = (call: Call): Answer => list(call, call.comment());
export const createForComment = (call: Call): Answer => create(call, call.comment());
export const deleteForComment = (call: Call): Answer => remove(call, call.comment());
export const listForReviewComment = (call: Call): Answer => list(call, reviewCommentOf(call));
export const createForReviewComment = (call: Call): Answer => create(call, reviewCommentOf(call));
export const deleteForReviewComment = (call: Call): Answer => remove(call, reviewCommentOf(call));
