import type { Address } from './address.ts';

export interface AccountRole {
  readonly address: Address;
  readonly signer: boolean;
  readonly writable: boolean;
}

export interface Instruction {
  readonly program: Address;
  readonly accounts: readonly AccountRole[];
  readonly data: Uint8Array;
}
