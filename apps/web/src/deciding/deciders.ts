import type { DepositView } from './deposit-view.ts';

/** The wallets that can decide on a deposit; the relayer is no wallet of anybody’s. */
export const decidersOf = ({ funder, approver }: DepositView): readonly string[] => (approver === undefined ? [funder] : [funder, approver]);

/** Whether a deposit can still be awarded, as far as the page knows. */
export const isOpen = ({ state }: DepositView): boolean => state === 'held';

/** Whether an award of it can still be vetoed. `now` in milliseconds. */
export const canBeVetoed = ({ state, withRelayer, award }: DepositView, now: number): boolean =>
  state === 'awarded' && withRelayer && award !== undefined && Date.parse(award.finalAt) > now && award.shares.every(({ settled }) => settled === undefined);
