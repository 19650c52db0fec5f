import type { Final, Rest } from '../final.ts';
import { expected } from '../model/expected.ts';
import type { Act, History } from '../operation.ts';
import { judgeComment } from './comment.ts';
import { judgeDecisions, judgeReactions } from './commands.ts';
import { judgeEvents } from './events.ts';
import { judgeLinks, judgeMoney, judgeOffers, judgeTransactions } from './money.ts';
import { judgeNotices } from './notices.ts';

/**
 * What is wrong with where a history has come to, a sentence each that begins with `lost: `, `doubled: `, `wrong: ` or
 * `stuck: `; none when all is as it has to be. It knows the rules of the product, and nothing of its code.
 */
export function judge(history: History, acts: readonly Act[], final: Final): string[] {
  const settled = acts.map((act) => asItCame(history, act, final));
  const said = uncertain(history, settled).map((ignored) => judgeBy(history, settled, final, ignored));
  return said.toSorted((one, other) => one.length - other.length)[0] ?? [];
}

/**
 * Vetoes that may have found nothing to undo: an award that was signed before, and of which nobody heard whether it was taken, may
 * have been taken after them.
 */
function uncertain({ operations }: History, acts: readonly Act[]): ReadonlySet<number>[] {
  const signed = acts.filter(({ of, outcome }) => operations[of]?.kind === 'sign-award' && outcome === 'unknown').map(({ of }) => of);
  const late = operations.flatMap(({ kind, round }, place) => (kind === 'veto' && signed.some((of) => of < place && operations[of]?.round === round) ? [place] : []));
  return late.length === 0 ? [new Set()] : [new Set(), new Set(late)];
}

function judgeBy(history: History, settled: readonly Act[], final: Final, ignored: ReadonlySet<number>): string[] {
  const wanted = expected(history, settled, ignored);
  return [
    ...judgeOffers(wanted, final),
    ...judgeMoney(wanted, final),
    ...judgeTransactions(history, settled, final),
    ...judgeLinks(wanted, final),
    ...judgeDecisions(wanted, final),
    ...judgeReactions(wanted, final),
    ...judgeEvents(wanted, final),
    ...judgeComment(history, settled, wanted, final),
    ...judgeNotices(history, wanted, final),
    ...judgeLabels(wanted.deposits.map(({ state }) => state), final),
    ...judgeAnswers(settled),
  ];
}

/** A transaction that nobody heard of again has landed when the chain says so, however much later. */
function asItCame({ operations }: History, act: Act, { submissions, links }: Final): Act {
  const operation = operations[act.of];
  if (act.outcome === 'done' || act.signed === undefined || operation === undefined) return act;
  const landed = new Set(submissions.filter(({ state }) => state === 'finalized').map(({ signature }) => signature));
  const isLinked = operation.kind === 'link' && links[operation.by] !== undefined;
  return { ...act, signed: act.signed.map((one) => ({ ...one, hasLanded: one.hasLanded || isLinked || landed.has(one.signature) })) };
}

/** What was said to be done has had its effect, and what was refused has none. */
function judgeAnswers(acts: readonly Act[]): string[] {
  return acts.flatMap(({ of, outcome, signed = [] }) => {
    const landed = signed.filter(({ hasLanded }) => hasLanded).length;
    if (outcome === 'done' && signed.length > 0 && landed === 0) return [`lost: operation ${String(of)} was said to be done, and none of its transactions landed`];
    if (outcome === 'refused' && landed > 0) return [`wrong: operation ${String(of)} was refused, and has landed`];
    return landed > 1 ? [`doubled: operation ${String(of)} has landed ${String(landed)} times`] : [];
  });
}

function judgeLabels(states: readonly string[], { labels }: Final): string[] {
  const wanted = states.some((state) => state === 'held' || state === 'awarded') ? ['bounty'] : states.includes('paid') ? ['bounty: paid'] : [];
  const is = labels.filter((label) => label === 'bounty' || label === 'bounty: paid');
  return is.toSorted().join() === wanted.join() ? [] : [`wrong: the labels are ${is.join(', ') || 'none'}, and not ${wanted.join() || 'none'}`];
}

/** What of the whole stack is not over although all is at rest. */
export function judgeRest({ unhandled, dead, gauges }: Rest): string[] {
  const say = (counts: Readonly<Record<string, number>>, kind: string, word: string) => Object.entries(counts).filter(([, count]) => count !== 0).map(([name, count]) => `${kind}: ${String(count)} of ${name} ${word}`);
  return [...say(unhandled, 'stuck', 'wait'), ...say(dead, 'lost', 'are dead'), ...say(gauges, 'stuck', 'is what a gauge says at rest')];
}
