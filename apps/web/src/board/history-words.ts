import type { DepositView, EntryView, ShareView } from './bounty-page.ts';

const words: Readonly<Record<string, string>> = {
  offered: 'offered', replaced: 'replaced by an edit', withdrawn: 'taken back before it was funded', 'offer-expired': 'not funded in time',
  submitted: 'signed and on its way', 'submission-expired': 'did not arrive', funded: 'put in escrow', awarded: 'awarded', vetoed: 'no longer awarded: the award was undone', paid: 'paid out',
  cancelled: 'sent back by a decision', refunded: 'sent back to whoever funded it', closed: 'done: the account of the deposit is closed',
};

/** What happened, in words after the amount it happened to. */
export const entryWords = ({ kind }: EntryView): string => words[kind] ?? kind;

const states: Readonly<Record<DepositView['state'], string>> = {
  held: 'In escrow', awarded: 'Awarded', paid: 'Paid out', refunded: 'Sent back to its funder', cancelled: 'Sent back to its funder by a decision', closed: 'Over: its account is closed',
};

/** How far a deposit is. */
export const depositWords = ({ state }: DepositView): string => states[state];

const waits: Readonly<Record<string, string>> = {
  award: 'paid when the award is final', wallet: 'waits for a wallet to be linked', 'cool-down': 'paid when the new link has stood long enough', change: 'paid when the change of wallet is over',
  contested: 'waits: the change of wallet is contested', relayer: 'anybody can have it paid',
};

/** What becomes of a share. */
export const shareWords = ({ settled, waitsFor }: ShareView): string => (settled === 'paid' ? 'paid' : settled === 'refunded' ? 'sent back: nobody claimed it in time' : (waits[waitsFor] ?? 'on its way'));

const deciders: Readonly<Record<string, string>> = { funder: 'its funder', relayer: 'a maintainer, through this instance', approver: 'the approver it names' };
export const deciderWords = (by: readonly string[]): string => new Intl.ListFormat('en').format(by.map((one) => deciders[one] ?? one));
