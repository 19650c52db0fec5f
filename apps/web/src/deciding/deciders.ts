import type { DepositView } from './deposit-view.ts';

/** The wallets that can decide on a deposit; the relayer is no wallet of anybody’s. */
export const decidersOf = ({ funder, approver }: DepositView): readonly string[] => (approver === undefined ? [funder] : [funder, approver]);

/** Whether a deposit can still be awarded, as far as the page knows. */
export const isOpen = ({ state }: DepositView): boolean => state === 'held';
