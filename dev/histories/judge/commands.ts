import type { Final } from '../final.ts';
import { takesBack, type Expected } from '../model/expected.ts';
import { difference } from './difference.ts';

/** What the treasury wrote down of each comment that decides: once what may be, and nothing of the others. */
export function judgeDecisions({ decisions }: Expected, final: Final): string[] {
  const known = new Set(decisions.map(({ comment }) => comment));
  return [
    ...final.decisions.filter(({ source }) => !known.has(source)).map(({ source, kind }) => `wrong: ${kind} was decided by ${source}, which no comment of the history is`),
    ...decisions.flatMap(({ comment, kind, isDone, deposits, isContested }) => {
      const rows = final.decisions.filter(({ source }) => source === comment);
      if (rows.some((row) => row.kind !== kind)) return [`wrong: the ${kind} in ${comment} was taken for ${rows.map((row) => row.kind).join(', ')}`];
      if (rows.length > 1) return [`doubled: the ${kind} in ${comment} was decided ${String(rows.length)} times`];
      const [row] = rows;
      const states = Object.values(row?.deposits ?? {});
      const stuck = states.filter((state) => state !== 'done' && state !== 'failed').map((state) => `stuck: the ${kind} in ${comment} is ${state}`);
      // The treasury may have taken it for possible a moment after it was too late, by the clock that it knew: then it failed.
      if (!isDone) return states.every((state) => state === 'failed') ? [] : [...stuck, ...(states.includes('done') ? [`wrong: the ${kind} in ${comment} was done, which nobody may`] : [])];
      // Which of an award and its veto was heard of first is left to chance; what counts is that the veto wins.
      if (isContested) return stuck;
      if (row === undefined) return [`lost: the ${kind} in ${comment} was never decided`];
      return [...stuck, ...difference(`what the ${kind} in ${comment} is about`, Object.entries(row.deposits).map(([address, state]) => `${address} ${state}`), deposits.map((address) => `${address} done`))];
    }),
  ];
}

/** Eyes for what was read and meant for us, and what became of a command. */
export function judgeReactions({ texts, decisions }: Expected, { reactions }: Final): string[] {
  return texts.flatMap(({ id, at, operation, isGone, readings }) => {
    const is = reactions[id];
    if (isGone) return is === undefined ? [] : [`wrong: comment ${id} was removed, and is there`];
    if (is === undefined) return [`lost: comment ${id} is not there`];
    const again = is.filter((one, place) => is.indexOf(one) !== place).map((one) => `doubled: reaction ${one} to comment ${id}`);
    if (operation.kind === 'say') {
      const asked = readings.map(({ everAsked }) => everAsked);
      return [...again, ...judgeOne(id, is, asked.every(Boolean) ? [['eyes']] : asked.some(Boolean) ? [['eyes'], []] : [[]])];
    }
    // Where nobody had offered money before, such words are not for us.
    const offered = texts.filter((one) => one.at < at && one.operation.kind === 'say');
    const isMeant = offered.some((one) => one.operation.round < operation.round && one.readings.every(({ everAsked }) => everAsked));
    const mayBeMeant = isMeant || offered.some((one) => one.readings.some(({ everAsked }) => everAsked));
    const decision = decisions.find((one) => one.at === at);
    const ends = decision === undefined ? [[]] : decision.isContested && decision.kind === 'award' ? [['+1'], ['confused']] : [[decision.isDone || takesBack(texts, decision) ? '+1' : 'confused']];
    return [...again, ...judgeOne(id, is, [...(mayBeMeant ? ends.map((end) => ['eyes', ...end]) : []), ...(isMeant ? [] : [[]])])];
  });
}

function judgeOne(id: string, is: readonly string[], wanted: readonly (readonly string[])[]): string[] {
  const say = (kinds: readonly string[]): string => [...new Set(kinds)].sort().join(' and ') || 'none';
  if (wanted.some((one) => say(one) === say(is))) return [];
  return [`${wanted.every((one) => one.length > is.length) ? 'lost' : 'wrong'}: the reactions to comment ${id} are ${say(is)}, and not ${wanted.map(say).join(' or ')}`];
}
