import { takesBack, type Expected, type Text } from '../model/expected.ts';
import type { Decision } from '../model/money.ts';
import type { Said, Wording } from '../model/wording.ts';
import type { History, Round } from '../operation.ts';
import { section } from './shown.ts';

const phrases: Readonly<Record<Said['what'], RegExp>> = {
  unchanged: /an edit changes nothing about what is funded/g,
  difference: /the offer is for the difference/g,
  stays: /stays in escrow: the text that offered it/g,
  kept: /stays in escrow: what is funded can not be cancelled/g,
};

/** So many edits of the living comment that tell nothing about money there are in ten minutes; a history takes less than that. */
const mostQuiet = 5;
/** A merge is told as one, and as what it closes. */
const quiet: Readonly<Record<string, number>> = { attempt: 1, pull: 1, merge: 2, close: 1, reopen: 1, remove: 1 };

/** Whether what is not about money may not be told yet: whoever keeps changing such things gets no faster answer. */
export const mayBeLate = ({ operations }: History, { decisions }: Pick<Expected, 'decisions'>): boolean =>
  operations.reduce((sum, { kind }) => sum + (quiet[kind] ?? 0), 0) + decisions.filter(({ isDone }) => !isDone).length > mostQuiet;

/** Of money that was gone by then nobody says that it stays; of what goes in the same round somebody may. */
export function stillStays({ operations }: History, { deposits }: Pick<Expected, 'deposits'>, reading: Wording | undefined, { what, of, by }: Said): 'yes' | 'no' | 'perhaps' {
  if (what !== 'stays' && what !== 'kept') return 'yes';
  const place = [...(reading?.funded ?? [])].find(([, offer]) => offer === of)?.[0];
  const endedIn = deposits.find(({ at }) => at === place)?.endedIn;
  const round: Round = operations[by]?.round ?? 0;
  if (endedIn === undefined || endedIn > round) return 'yes';
  return endedIn < round ? 'no' : 'perhaps';
}

/** What the living comment says that edits, deletions and cancels do not change about what is in escrow. */
export function judgeSaid(history: History, wanted: Expected, text: string): string[] {
  return (Object.keys(phrases) as Said['what'][]).flatMap((which) => {
    const is = text.match(phrases[which])?.length ?? 0;
    const times = ({ readings }: Text): readonly (readonly [number, number])[] => readings.map((reading) => {
      const said = reading.told.filter(({ what }) => what === which).map((one) => stillStays(history, wanted, reading, one));
      return [said.filter((one) => one === 'yes').length, said.filter((one) => one !== 'no').length];
    });
    const all = wanted.texts.map(times);
    const [least, most] = [all.reduce((sum, of) => sum + Math.min(...of.map(([low]) => low)), 0), all.reduce((sum, of) => sum + Math.max(...of.map(([, high]) => high)), 0)];
    return (is >= least || mayBeLate(history, wanted)) && is <= most ? [] : [`${is < least ? 'lost' : 'wrong'}: the living comment says ${String(is)} times what is not changed (${which}), and not ${String(least)} to ${String(most)}`];
  });
}

/** Who asked for something that is not done reads why, until somebody has the same done. */
export function judgeRefused(history: History, { decisions, texts }: Expected, text: string): string[] {
  const said = section(text, 'Not done');
  // More than that is summed up.
  if (said.length > 10) return [];
  const roundOf = (at: number): Round => history.operations[at]?.round ?? 0;
  return (['award', 'veto', 'cancel'] as const).flatMap((kind) => {
    const is = said.filter((line) => line.startsWith(`- \`/${kind}\` `)).length;
    const doneIn = decisions.filter((one) => one.kind === kind && one.isDone).map(({ at }) => roundOf(at));
    const refused = decisions.filter((one) => one.kind === kind && !one.isDone && !takesBack(texts, one));
    // Of two commands in the same round nobody knows which is over first. Where nobody had asked for money before, it was not for us; and
    // whoever took back what they offered did what they wanted.
    const isSure = ({ at }: Decision): boolean => doneIn.every((round) => round < roundOf(at)) && texts.some((one) => one.operation.kind === 'say' && one.operation.round < roundOf(at) && one.readings.every(({ everAsked }) => everAsked));
    const mayBe = ({ at }: Decision): boolean => doneIn.every((round) => round <= roundOf(at));
    // What was awarded and undone at once may be told as not done.
    const undone = decisions.filter((one) => one.kind === kind && one.isContested && one.isDone).length;
    const [least, most] = [refused.filter(isSure).length, refused.filter(mayBe).length + undone];
    return (is >= least || mayBeLate(history, { decisions })) && is <= most ? [] : [`${is < least ? 'lost' : 'wrong'}: the living comment says ${String(is)} times why no ${kind} was done, and not ${String(least)} to ${String(most)}`];
  });
}
