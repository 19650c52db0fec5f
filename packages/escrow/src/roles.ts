import type { Address } from './address.ts';
import type { AccountRole } from './instruction.ts';

export const payer = (address: Address): AccountRole => ({ address, signer: true, writable: true });
export const signer = (address: Address): AccountRole => ({ address, signer: true, writable: false });
export const writable = (address: Address): AccountRole => ({ address, signer: false, writable: true });
export const readonly = (address: Address): AccountRole => ({ address, signer: false, writable: false });
