import { actions, type Facts } from './facts.ts';
import * as must from './requirements.ts';
import type { Denial, Requirement } from './requirements.ts';

export type Decision = { readonly allowed: true } | ({ readonly allowed: false } & Denial);

/** What there is to decide: an action that a text asks for, or one that the rules make of what somebody did. */
export const rulings = [...actions, 'award-of-merge', 'cancel-of-closing'] as const;
export type Ruling = (typeof rulings)[number];

const rulingOf = ({ action, deed }: Facts): Ruling => (deed === undefined ? action : deed.kind === 'closing' ? 'cancel-of-closing' : 'award-of-merge');

/** What each ruling requires, in the order in which it is said. What is not here is not required. */
export const requirements: { readonly [R in Ruling]: readonly Requirement[] } = {
  offer: [must.textStands, must.actorIsAPerson, must.textSaysSo, must.repositoryIsOpen, must.rulesAreReadable, must.mayOffer, must.denomIsAllowed, must.amountIsWithinLimits, must.noRehearsal],
  // It takes away only what nobody paid for, and whose it is the treasury knows.
  withdraw: [must.actorIsAPerson],
  award: [
    must.textStands, must.actorIsAPerson, must.writerIsClear, must.textWasNeverEdited, must.textSaysSo, must.repositoryIsOpen, must.rulesAreReadable, must.mayDecide, must.awardeesAreThoseOfTheText, must.awardeesArePeople,
    must.fundersAgreeAfterAMove, must.nobodyAwardsThemselves, must.noRehearsal,
  ],
  // It only keeps money where it is: neither an unreadable file nor an archive stands against it.
  veto: [must.textStands, must.actorIsAPerson, must.textWasNeverEdited, must.textSaysSo, must.mayVeto],
  cancel: [must.textStands, must.actorIsAPerson, must.writerIsClear, must.textWasNeverEdited, must.textSaysSo, must.rulesAreReadable, must.mayDecide, must.noRehearsal],
  attempt: [must.textStands, must.actorIsAPerson, must.textSaysSo, must.repositoryIsOpen],
  // A file that can't be read is no reason to keep those out who could mend it.
  configure: [must.actorIsAPerson, must.isAdministrator],
  'award-of-merge': [
    must.deedStands, must.mergeClosedTheIssue, must.actorIsAPerson, must.repositoryIsOpen, must.rulesAreReadable, must.rulesAwardByThemselves, must.nobodyElseWasMerged, must.awardeesAreThoseOfTheText, must.awardeesArePeople,
    must.fundersAgreeAfterAMove, must.nobodyAwardsThemselves, must.itIsTime, must.noRehearsal,
  ],
  'cancel-of-closing': [must.deedStands, must.issueIsNotPlanned, must.actorIsAPerson, must.rulesAreReadable, must.mayDecide, must.nothingWasMerged, must.itIsTime, must.noRehearsal],
};

/** Whether it is allowed, or the first reason why not. Pure: the same facts have the same answer. */
export function decide(facts: Facts): Decision {
  for (const requirement of requirements[rulingOf(facts)]) {
    const denial = requirement(facts);
    if (denial !== undefined) return { allowed: false, ...denial };
  }
  return { allowed: true };
}
