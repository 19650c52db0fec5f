import type { Part, Round, Wish } from '../operation.ts';
import type { Comment, Writing } from './writing.ts';

/** As many wordings in one round: nobody need have seen those before the last, and what may come of it is the product of all rounds. */
const mostWordings = (round: Round): number => (round === 0 ? 3 : 2);

/** A comment that asks for money. */
export function offer(story: Writing, by: Part): Comment {
  const wishes: Wish[] = [story.wish()];
  while (wishes.length < 4 && story.chance(0.3)) wishes.push(story.wish());
  // The same twice is two offers.
  if (story.chance(0.06)) wishes.push(wishes[0] as Wish);
  return kept(story, by, story.write({ kind: 'say', by, wishes, as: 'prose' }), wishes, true);
}

/** A comment that asks for nothing, whatever it looks like. */
export function chat(story: Writing, by: Part): Comment {
  const as = story.pick(['code', 'words'] as const);
  const wishes = as === 'code' ? [story.wish()] : [];
  return kept(story, by, story.write({ kind: 'say', by, wishes, as }), wishes, false);
}

function kept(story: Writing, by: Part, at: number, wishes: readonly Wish[], asks: boolean): Comment {
  const comment: Comment = { by, at, wishes, asks, fundedIn: undefined, funded: new Set(), isOver: false, wordings: { round: story.round, count: 1 }, isToppedUp: false };
  story.comments.push(comment);
  return comment;
}

/** Comments whose wording can change: nobody funded them, and not too much was said at once. */
export const wordable = (story: Writing): Comment[] => story.comments.filter(({ isOver, fundedIn, wordings, wishes }) => !isOver && fundedIn === undefined && (wordings.round !== story.round || wordings.count < mostWordings(story.round)) && new Set(wishes).size === wishes.length);

/** Says something else in the place of what a comment asked for: one thing at a time. */
export function reword(story: Writing, comment: Comment): void {
  const { asks, wishes } = comment;
  const place = story.below(wishes.length);
  const before = wishes[place];
  if (!asks || before === undefined) return word(story, comment, story.chance(0.3) ? [story.wish()] : []);
  const dice = story.below(10);
  if (dice < 4) return word(story, comment, wishes.with(place, story.wish(before.denom)));
  if (dice < 5) return word(story, comment, wishes.length === 1 ? [story.wish(before.denom === 'sol' ? 'usdc' : 'sol')] : wishes);
  if (dice < 7 && wishes.length < 5) return word(story, comment, [...wishes, story.wish()]);
  if (dice < 9) return word(story, comment, wishes.toSpliced(place, 1));
  return word(story, comment, earlier(story, comment) ?? wishes);
}

/** What it said once: an edit that is taken back. */
const earlier = (story: Writing, { at }: Comment): readonly Wish[] | undefined => {
  const now = story.operations[at];
  const before = now?.kind === 'edit' ? story.operations[now.of] : undefined;
  return before?.kind === 'edit' || (before?.kind === 'say' && before.as === 'prose') ? before.wishes : undefined;
};

export function word(story: Writing, comment: Comment, wishes: readonly Wish[]): void {
  const { round, wordings } = { round: story.round, wordings: comment.wordings };
  comment.at = story.write({ kind: 'edit', of: comment.at, wishes });
  comment.wishes = wishes;
  comment.asks = wishes.length > 0;
  comment.wordings = { round, count: wordings.round === round ? wordings.count + 1 : 1 };
}

/** Funded in an earlier round, and nobody has tried to decide about any of it: more or less is asked for, or nothing. */
export const changeable = (story: Writing): Comment[] => story.comments.filter((comment) =>
  !comment.isOver && comment.fundedIn !== undefined && comment.fundedIn < story.round && comment.wishes.length === 1 && !comment.isToppedUp
  && story.money.some((one) => one.comment === comment) && story.money.every((one) => one.comment !== comment || (!one.isOver && !one.wasDecided)));

export function changeFunded(story: Writing, comment: Comment): void {
  const [wish] = comment.wishes;
  if (wish === undefined) return;
  const dice = story.below(4);
  if (dice < 2) word(story, comment, [story.wish(wish.denom, wish.amount)]);
  else word(story, comment, dice === 2 ? [{ denom: wish.denom, amount: wish.amount - 1n }] : []);
  // The rest of it can be funded, and then nothing more is said.
  comment.isToppedUp = true;
  comment.funded.clear();
  comment.isOver = dice >= 2;
}

/** Comments of somebody that can be removed: also what was funded in an earlier round, whose money stays. */
export const removable = (story: Writing): Comment[] => story.comments.filter(({ isOver, fundedIn, isToppedUp }) => !isOver && !isToppedUp && (fundedIn === undefined || fundedIn < story.round));

export function remove(story: Writing, comment: Comment): void {
  story.write({ kind: 'remove', of: comment.at });
  comment.isOver = true;
}

/** Wishes that nobody has funded. */
export const fundable = (story: Writing): { comment: Comment; wish: number }[] => story.comments.flatMap((comment) =>
  comment.isOver || !comment.asks ? [] : comment.wishes.flatMap((_, wish) => (comment.funded.has(wish) ? [] : [{ comment, wish }])));

export function fund(story: Writing, { comment, wish }: { comment: Comment; wish: number }, by: Part): void {
  const at = story.write({ kind: 'fund', by, of: comment.at, wish, way: story.chance(0.2) ? 'page' : 'call', twice: story.chance(0.2) });
  comment.funded.add(wish);
  comment.fundedIn = story.round;
  story.money.push({ at, by, comment, round: story.round, award: undefined, isVetoed: false, wasDecided: false, isOver: false });
}
