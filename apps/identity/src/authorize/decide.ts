import type { Action, Facts } from './facts.ts';
import * as must from './requirements.ts';
import type { Denial, Requirement } from './requirements.ts';

export type Decision = { readonly allowed: true } | ({ readonly allowed: false } & Denial);

/** What each action requires, in the order in which it is said. What is not here is not required. */
export const requirements: { readonly [A in Action]: readonly Requirement[] } = {
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
};

/** Whether it is allowed, or the first reason why not. Pure: the same facts have the same answer. */
export function decide(facts: Facts): Decision {
  for (const requirement of requirements[facts.action]) {
    const denial = requirement(facts);
    if (denial !== undefined) return { allowed: false, ...denial };
  }
  return { allowed: true };
}
