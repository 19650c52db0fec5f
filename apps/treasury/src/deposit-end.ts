import type { DepositEnd } from '@doubloon/domain';
import type { Deposit } from '@doubloon/escrow';

const ends: Readonly<Record<Deposit['state'], DepositEnd | undefined>> = { funded: undefined, awarded: undefined, paid: 'paid', refunded: 'refunded', cancelled: 'refunded' };

/** How the money of a deposit left escrow by what its account says; `undefined` while it has not left. */
export const endOf = ({ state }: Pick<Deposit, 'state'>): DepositEnd | undefined => ends[state];
