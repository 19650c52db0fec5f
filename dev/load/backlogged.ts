import { setTimeout as sleep } from 'node:timers/promises';
import type { GitHubStandin } from '@doubloon/github-standin';
import { percentile } from '../bench/rounds.ts';
import type { Figures } from './flooded.ts';
import { countKnown, exampleOf, repository, startLoadedStack, untilHandled, watchMemory } from './loaded-stack.ts';
import { residentBytes } from './samples.ts';

const issues = 24;
const everyMs = 1_500;
const patienceMs = 60_000;
const withinS = 4 * 3_600;

/** So many deliveries in GitHub's log that never reached us are caught up, while people go on; and how long those wait for their answer meanwhile. */
export async function measureBacklog(count: number): Promise<Figures> {
  await using stack = await startLoadedStack();
  const { github } = stack;
  const body = await exampleOf(stack);
  const comments = Array.from({ length: issues }, (_, nth) => {
    const { number } = github.openIssue('ada', repository, { title: `Piece ${String(nth)}` });
    return { number, id: github.comment('ada', repository, number, 'I would love this. $sol:0.5$').id };
  });
  for (const { number } of comments) await untilWritten(github, number, '0.5', 0);

  let edits = 0;
  const edit = async (): Promise<number> => {
    const { number, id } = comments[edits % issues] ?? { number: 0, id: 0 };
    // Odd: a zero at the end would not be written.
    const amount = `0.${String(1_001 + 2 * edits++)}`;
    const from = github.deliveries.length;
    const began = performance.now();
    github.editComment('ada', repository, id, `I would love this. $sol:${amount}$`);
    await untilWritten(github, number, amount, from);
    return performance.now() - began;
  };
  const editsUntil = async (isOver: () => boolean): Promise<number[]> => {
    const took: number[] = [];
    while (!isOver()) {
      const began = performance.now();
      took.push(await edit());
      await sleep(Math.max(0, everyMs - (performance.now() - began)));
    }
    return took;
  };
  const before = await editsUntil(() => edits >= issues);
  const resident = await residentBytes(stack.app('github-app').pid);
  await using memory = watchMemory(stack);

  const example = JSON.parse(body) as { comment: object; issue: object };
  const guids = github.miss(count, (nth) => ({
    event: 'issue_comment', action: 'created',
    payload: () => ({ ...example, comment: { ...example.comment, id: 9_000_000_000 + nth }, issue: { ...example.issue, id: 8_000_000_000 + (nth % 500), number: 100_000 + (nth % 500) } }),
  }));
  let caughtUp: number | undefined;
  const catchingUp = untilHandled(stack, guids, withinS).then((seconds) => { caughtUp = seconds; });
  const beside = await editsUntil(() => caughtUp !== undefined);
  await catchingUp;
  const { dead } = await countKnown(stack, guids);
  const seconds = caughtUp ?? Number.NaN;
  return {
    'missed': count, 'seconds until all of it was handled': seconds, 'caught up a second': count / seconds, 'dead': dead,
    'hours that GitHub’s 5,000 requests an hour make of it': (count * 1.01) / 4_500,
    'edit to living comment before, p50 ms': percentile(before, 0.5), 'edit to living comment before, p99 ms': percentile(before, 0.99),
    'edit to living comment beside it, p50 ms': percentile(beside, 0.5), 'edit to living comment beside it, p99 ms': percentile(beside, 0.99), 'edits beside it': beside.length,
    'memory before, MB': resident / 1e6, 'memory at most, MB': memory.most / 1e6,
  };
}

interface Told { readonly issue?: { readonly number: number }; readonly comment?: { readonly body: string }; readonly sender: { readonly type: string } }

/** Resolves when the App has written a comment with `amount` on the issue, as GitHub told since delivery `from`. */
async function untilWritten(github: GitHubStandin, number: number, amount: string, from: number): Promise<void> {
  let at = from;
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(3)) {
    for (; at < github.deliveries.length; at++) {
      const delivery = github.deliveries[at];
      if (delivery?.event !== 'issue_comment') continue;
      // What was missed is not asked for what it carried: that would make it.
      if (delivery.repositoryId === null) continue;
      const told = JSON.parse(delivery.request.payload) as Told;
      if (told.sender.type === 'Bot' && told.issue?.number === number && told.comment?.body.includes(amount) === true) return;
    }
  }
  throw new Error(`no living comment with ${amount} on #${String(number)} within ${String(patienceMs)} ms`);
}
