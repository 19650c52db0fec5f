import { dayOf } from '../day-of.ts';
import type { Decider, DepositView, Logins, ShareView, StandingView } from './deposit-view.ts';
import type { DepositStep, PossibleStepView } from './step-view.ts';

export const percentOf = (bps: number): string => `${String(Number((bps / 100).toFixed(2)))} %`;

/** What somebody is called; the number is what counts. */
export const nameOf = (githubId: string, logins: Logins): string => logins[githubId] ?? `GitHub user ${githubId}`;

const deciderNames: Readonly<Record<Decider, string>> = { funder: 'its funder', relayer: 'the maintainers, through this instance', approver: 'its approver' };

/** Who made an award, in words. */
export const byWhom = (by: readonly Decider[]): string => by.map((one) => deciderNames[one]).join(' and ');

/** What a deposit’s state is called. */
export function titleOf({ state, award, vetoed }: DepositView): string {
  switch (state) {
    case 'held':
      return vetoed ? 'In escrow; an award of it was vetoed' : 'In escrow';
    case 'awarded':
      return award?.isFinal === false ? 'Awarded, open to veto' : 'Awarded';
    case 'paid':
      return 'Paid out';
    case 'refunded':
      return 'Sent back to its funder';
    case 'cancelled':
      return 'Cancelled and sent back to its funder';
    case 'closed':
      return 'Over: its account was closed, and how its money left stands in the history of the chain';
  }
}

/** Who decides on a deposit, and how fast. */
export function whoDecides({ withRelayer, approver, vetoed }: DepositView): string {
  if (!withRelayer) return 'Its funder alone, at once. This is not locked money.';
  const who = approver === undefined ? 'Its funder and the maintainers, through this instance' : 'Its funder, its approver, and the maintainers, through this instance';
  return vetoed ? `${who}: two of them together, since an award of it was vetoed.` : `${who}: two together at once; one alone after 72 hours in which another may veto.`;
}

const waiting: Readonly<Record<string, string>> = {
  award: 'waits until the award is final',
  wallet: 'waits until a wallet is linked',
  'cool-down': 'waits until the linked wallet has cooled down',
  change: 'waits for a change of the wallet to come into force',
  contested: 'waits, since the wallet is contested',
  relayer: 'can be paid now, by anybody',
};

/** What has become of a share, or what it waits for. */
export function shareWords({ settled, waitsFor, paysFrom }: ShareView): string {
  if (settled === 'paid') return 'paid';
  if (settled === 'refunded') return 'sent back to the funder, since nobody claimed it';
  const words = waitsFor === undefined ? 'can be paid now' : (waiting[waitsFor] ?? 'waits');
  return paysFrom === undefined ? words : `${words}; paid from ${dayOf(paysFrom)}`;
}

interface StepWords {
  readonly title: string;
  /** What follows from signing it, before anything is asked of a wallet. */
  readonly consequence: string;
  /** What the button says. */
  readonly sign: string;
}

const anybody = 'Whoever signs pays the network’s fee and decides nothing: the money goes where the chain says.';

const stepWords: Readonly<Record<DepositStep, (who: string) => StepWords>> = {
  veto: () => ({ title: 'Veto the award', consequence: 'The award is undone, and nothing is paid. From then on two have to decide on this deposit together, unless whoever made the award takes it back.', sign: 'Sign to veto' }),
  cancel: () => ({ title: 'Take the money back', consequence: 'The whole deposit goes back to its funder at once.', sign: 'Sign to take it back' }),
  refund: () => ({ title: 'Send the money back', consequence: `Its time is over and nobody was awarded: the whole deposit goes back to its funder. ${anybody}`, sign: 'Sign to send it back' }),
  'refund-share': (who) => ({ title: `Send the share of ${who} back`, consequence: `It was not claimed in time: it goes back to the funder. ${anybody}`, sign: 'Sign to send it back' }),
  payout: (who) => ({ title: `Pay ${who}`, consequence: `The share goes to the wallet that is linked to this GitHub account. ${anybody}`, sign: 'Sign to pay' }),
  close: () => ({ title: 'Return the rent', consequence: `The account of this deposit is no longer needed: its rent goes to the funder. ${anybody}`, sign: 'Sign to return the rent' }),
};

/** A step in words; a share is named by who it is for. */
export const wordsOf = ({ step, share }: PossibleStepView, { award }: DepositView, logins: Logins): StepWords => stepWords[step](nameOf(award?.shares[share]?.githubId ?? '', logins));

const graceMs = 72 * 3_600_000;

/** What will be possible and from when on, soonest first, as sentences. */
export function whatFollows({ deposit, steps, stepsUnknown }: StandingView, logins: Logins): string[] {
  const { state, award, deadline, withRelayer } = deposit;
  const unknown = stepsUnknown ? ['The chain does not answer at the moment, so nobody can say what is possible now.'] : [];
  if (state === 'held') {
    const until = withRelayer ? 'Until then it can be awarded, and the maintainers can send it back.' : 'Until then its funder can award it or take it back.';
    return [...unknown, steps.some(({ step }) => step === 'refund') ? 'Its time is over: anybody can send it back to its funder.' : `Anybody can send it back to its funder from ${dayOf(new Date(Date.parse(deadline) + graceMs).toISOString())} on, when nobody was awarded. ${until}`];
  }
  if (state === 'awarded' && award !== undefined) {
    const pending = award.isFinal ? [] : [`The award is final from ${dayOf(award.finalAt)} on. Until then its deciders can veto it.`];
    const shares = award.shares.filter(({ settled }) => settled === undefined).map((share) => `The share of ${nameOf(share.githubId, logins)} ${shareWords(share)}.${share.claimableUntil === undefined ? '' : ` Unclaimed, it can be sent back from ${dayOf(share.claimableUntil)} on.`}`);
    return [...unknown, ...pending, ...shares];
  }
  return [...unknown, deposit.gone ? 'Nothing: its money has left escrow, and its account is closed.' : 'Its money has left escrow. A week after that anybody can return the rent of its account to the funder.'];
}
