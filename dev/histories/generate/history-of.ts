import type { History, Part, Round } from '../operation.ts';
import { cancelOwn, decide } from './deciding.ts';
import { changeFunded, changeable, chat, fund, fundable, offer, removable, remove, reword, wordable } from './offering.ts';
import { Writing } from './writing.ts';

const fewest = 20;
const speakers = ['funder', 'patron', 'worker', 'helper', 'stranger'] as const satisfies readonly Part[];
const offerers = ['funder', 'funder', 'patron'] as const satisfies readonly Part[];
const linkers = ['worker', 'helper', 'stranger', 'patron', 'funder'] as const satisfies readonly Part[];

/** What a round is about. Those who decide do so in another round than those who fund what it is about. */
type Subject = 'fund' | 'decide' | 'talk';

/**
 * The history of a seed: at least twenty operations on one issue, in five rounds, drawn so that people do what they do
 * together. What does not commute stands in different rounds, or one of it waits for the other. The same seed has the same
 * history. `repositories`: how many there are to be in.
 */
export function historyOf(seed: number, { repositories }: { readonly repositories: number }): History {
  const story = new Writing(seed);
  const repository = story.below(repositories);
  const isCheap = story.chance(0.3);
  const subjects: readonly Subject[] = [
    'fund', story.pick(['decide', 'decide', 'fund', 'talk'] as const), story.pick(['decide', 'decide', 'decide', 'fund', 'talk'] as const), story.pick(['decide', 'decide', 'fund', 'talk'] as const), 'talk',
  ];
  for (const [round, subject] of subjects.entries()) {
    story.round = round as Round;
    story.isDeciding = subject === 'decide';
    story.hushed.clear();
    const from = story.operations.length;
    if (round === 0) begin(story, isCheap);
    else if (subject === 'fund') goOn(story, isCheap);
    else if (subject === 'decide') decide(story, () => { if (story.chance(0.4)) aside(story, isCheap); });
    else if (round === 4) end(story);
    else if (story.chance(0.3)) cancelOwn(story);
    for (let most = story.operations.length - from < 3 ? 4 : story.below(3); most > 0; most--) aside(story, isCheap);
  }
  while (story.operations.length < fewest) chat(story, story.pick(speakers));
  return { seed, repository, operations: story.operations };
}

function begin(story: Writing, isCheap: boolean): void {
  // Nothing of ours is to be seen where nobody asks for money.
  if (isCheap && story.chance(0.07)) return void chat(story, 'funder');
  if (story.chance(0.5)) link(story);
  for (let most = isCheap ? 1 : 1 + story.below(2); most > 0; most--) {
    const comment = offer(story, story.pick(offerers));
    if (story.chance(0.3) && wordable(story).includes(comment)) reword(story, comment);
    if (story.chance(0.15) && wordable(story).includes(comment)) reword(story, comment);
    if (story.chance(0.8)) fundSome(story, isCheap ? 1 : 2);
  }
  if (story.money.length === 0 && story.chance(0.9)) fundSome(story, 1);
}

function fundSome(story: Writing, most: number): void {
  for (let left = 1 + story.below(most); left > 0; left--) {
    const one = story.pick(fundable(story).filter(({ comment }) => !story.hushed.has(comment.by)));
    if (one !== undefined) fund(story, one, story.chance(0.8) && one.comment.by !== 'maintainer' ? one.comment.by : story.pick(['funder', 'patron'] as const));
  }
}

/** More money in a later round, or less: edits of what is funded, and what was not funded yet. */
function goOn(story: Writing, isCheap: boolean): void {
  const changed = story.pick(changeable(story));
  if (changed !== undefined && story.chance(0.6)) changeFunded(story, changed);
  if (!isCheap && story.chance(0.5)) offer(story, story.pick(offerers));
  const some = story.pick(wordable(story));
  if (some !== undefined && story.chance(0.5)) reword(story, some);
  if (story.chance(0.7)) fundSome(story, 1);
  if (story.chance(0.4)) link(story);
}

/** After ninety-four days everything is over but what is done now. */
function end(story: Writing): void {
  const one = story.pick(story.money);
  if (one !== undefined && story.chance(0.3)) story.write({ kind: 'refund', of: one.at });
  const some = story.pick(wordable(story));
  if (some !== undefined && story.chance(0.2)) reword(story, some);
  if (story.chance(0.12)) fundSome(story, 1);
}

function link(story: Writing): void {
  const by = story.pick(linkers.filter((part) => !story.links.has(part)));
  if (by === undefined) return;
  story.links.set(by, story.round);
  story.write({ kind: 'link', by });
}

/** Something that holds whatever else is done in the round. */
function aside(story: Writing, isCheap: boolean): void {
  const dice = story.below(100);
  const speaker = story.pick(speakers.filter((part) => !story.hushed.has(part))) ?? 'worker';
  if (dice < 14) chat(story, speaker);
  else if (dice < 22) reworded(story);
  else if (dice < 30) removed(story);
  else if (dice < 38 && story.round > 0 && !story.attempted.has(speaker)) {
    story.attempted.add(speaker);
    story.write({ kind: 'attempt', by: speaker });
  } else if (dice < 46) pulled(story);
  else if (dice < 56) merged(story);
  else if (dice < 62) closed(story);
  else if (dice < 67) story.write({ kind: 'retitle' });
  else if (dice < 72) renamed(story);
  // The last links cool down before the last journey: later it would be a race with the way back of what nobody claimed.
  else if (dice < 82 && story.round < 4 && !(isCheap && story.links.size > 0)) link(story);
  else if (dice < 90) paid(story);
  else chat(story, speaker);
}

function reworded(story: Writing): void {
  const comment = story.pick(wordable(story).filter(({ by }) => !story.hushed.has(by)));
  if (comment === undefined) chat(story, 'stranger');
  else reword(story, comment);
}

function removed(story: Writing): void {
  const comment = story.pick(removable(story).filter(({ by, asks }) => !story.hushed.has(by) && (!asks || story.chance(0.4))));
  if (comment !== undefined) remove(story, comment);
}

function pulled(story: Writing): void {
  if (story.pulls.length >= 2) return;
  const [by, other] = story.shuffled(['worker', 'helper'] as const);
  if (by === undefined) return;
  const at = story.write({ kind: 'pull', by, ...(other !== undefined && story.chance(0.3) ? { with: other } : {}) });
  story.pulls.push({ at, by, isMerged: false });
}

/** Which closes the issue. */
function merged(story: Writing): void {
  const pull = story.pulls.find(({ isMerged }) => !isMerged);
  if (pull === undefined) return pulled(story);
  pull.isMerged = true;
  story.isClosed = true;
  story.write({ kind: 'merge', of: pull.at });
}

/** Nobody takes another name while it is decided: who is meant by a login would depend on when it is read. */
function renamed(story: Writing): void {
  if (story.chance(0.06)) story.write({ kind: 'rename-repository' });
  else if (!story.isDeciding) story.write({ kind: 'rename', who: story.pick(['funder', 'patron', 'worker', 'helper', 'stranger', 'maintainer'] as const) });
}

function closed(story: Writing): void {
  story.write(story.isClosed ? { kind: 'reopen' } : { kind: 'close', as: story.pick(['completed', 'not_planned'] as const) });
  story.isClosed = !story.isClosed;
}

/** Without us: somebody pays what is final, or tries what is not. */
function paid(story: Writing): void {
  const one = story.pick(story.money.filter(({ award }) => award !== undefined && award.round < story.round));
  if (one !== undefined) story.write({ kind: 'pay', of: one.at, share: story.below(one.award?.shares.length ?? 1) });
}
