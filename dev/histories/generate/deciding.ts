import type { Part, ShareOf } from '../operation.ts';
import type { Money, Writing } from './writing.ts';

const payable = ['worker', 'helper', 'stranger', 'patron'] as const satisfies readonly Part[];

/** One to three people, among them some whose parts are odd. */
export function shares(story: Writing): ShareOf[] {
  const people = story.shuffled(payable).slice(0, story.pick([1, 1, 2, 2, 3] as const));
  const splits = { 1: [[10_000]], 2: [[7_000, 3_000], [5_000, 5_000], [3_333, 6_667], [8_765, 1_235]], 3: [[5_000, 3_000, 2_000], [3_334, 3_333, 3_333], [1_111, 2_222, 6_667]] } as const;
  const split = story.pick<readonly number[]>(splits[people.length as 1 | 2 | 3]) ?? [];
  return people.map((to, place) => ({ to, bps: split[place] ?? 0 }));
}

/** In escrow since an earlier round, and free to be decided about. */
export const open = (story: Writing): Money[] => story.money.filter(({ isOver, award, round }) => !isOver && award === undefined && round < story.round);
const pending = (story: Writing): Money[] => story.money.filter(({ isOver, award }) => !isOver && award?.round === story.round);

/** A round in which it is decided: once, and perhaps undone. */
export function decide(story: Writing, between: () => void): void {
  if (story.chance(0.3)) refusedAward(story);
  between();
  const kind = story.below(20);
  const free = open(story).filter(({ isVetoed }) => !isVetoed);
  if (kind < 12) award(story);
  else if (kind < 17 && open(story).length > 0) signAward(story, free);
  else if (kind < 19) cancel(story);
  between();
  if (story.chance(0.15)) story.write({ kind: 'veto', by: 'stranger' });
  if (pending(story).length > 0 && story.chance(0.35)) veto(story);
  // What nobody may, or what is over.
  if (story.chance(0.15)) refusedAward(story);
}

function award(story: Writing): void {
  const pull = story.chance(0.35) ? story.pick(story.pulls) : undefined;
  const to = pull === undefined ? shares(story) : { pull: pull.at };
  story.write({ kind: 'award', by: 'maintainer', to });
  const given = 'pull' in to ? [{ to: pull?.by ?? 'worker', bps: 10_000 }] : to;
  for (const one of open(story)) {
    if (one.isVetoed) continue;
    one.wasDecided = true;
    one.award = { round: story.round, by: 'comment', shares: given };
  }
}

function signAward(story: Writing, free: readonly Money[]): void {
  const one = story.pick(free) ?? story.pick(open(story));
  if (one === undefined) return;
  const to = shares(story);
  story.write({ kind: 'sign-award', of: one.at, to });
  // After a veto nobody decides alone: it is refused.
  one.wasDecided = true;
  if (!one.isVetoed) one.award = { round: story.round, by: 'wallet', shares: to };
}

function refusedAward(story: Writing): void {
  story.write({ kind: 'award', by: story.pick(['stranger', 'worker', 'funder'] as const), to: shares(story) });
}

function veto(story: Writing): void {
  const all = pending(story);
  const [first] = all;
  if (first === undefined) return;
  const linkedIn = story.links.get(first.by);
  const isOfOne = all.every(({ by }) => by === first.by) && linkedIn !== undefined && linkedIn < story.round;
  const dice = story.below(10);
  if (dice < 4) {
    const one = story.pick(all);
    if (one === undefined) return;
    story.write({ kind: 'sign-veto', of: one.at });
    undo(one, one.award?.by === 'comment');
    return;
  }
  story.write({ kind: 'veto', by: isOfOne && story.chance(0.5) ? first.by : 'maintainer' });
  for (const one of all) undo(one, one.award?.by === 'wallet');
}

function undo(one: Money, forGood: boolean): void {
  one.award = undefined;
  one.isVetoed ||= forGood;
}

export function cancel(story: Writing): void {
  story.write({ kind: 'cancel', by: 'maintainer' });
  for (const one of open(story)) one.isOver = true;
}

/** Takes back what somebody offered and nobody funded: nothing else of theirs is said in this round. */
export function cancelOwn(story: Writing): void {
  const all = story.comments.filter(({ isOver, asks, wordings, funded, wishes }) => !isOver && asks && wordings.round < story.round && funded.size < wishes.length);
  const by = story.pick(all)?.by;
  if (by === undefined || by === 'maintainer' || story.comments.some((one) => one.by === by && (one.wordings.round === story.round || one.fundedIn === story.round))) return;
  story.write({ kind: 'cancel', by });
  story.hushed.add(by);
  for (const one of story.comments) if (one.by === by) one.isOver = true;
}
