import { concatBytes } from '@noble/hashes/utils.js';
import { systemProgram, type Address } from './address.ts';
import { associatedTokenAddress, vaultAddress } from './addresses.ts';
import { associatedTokenProgram, tokenProgram } from './companions.ts';
import type { AccountRole, Instruction } from './instruction.ts';
import { payer, readonly, writable } from './roles.ts';

/** Where tokens go when it is not the canonical token account of who is paid: any other of theirs, for which they sign. */
export interface TokenDestination {
  readonly tokenAccount?: Address;
}

/** What an instruction about a token deposit carries on top: accounts, and the last byte of its data. */
export function tokenPart({ program, deposit, mint, receiver, tokenAccount }: TokenDestination & { program: Address; deposit: Address; mint: Address | undefined; receiver: Address }): { accounts: readonly AccountRole[]; data: Uint8Array; signs: boolean } {
  if (mint === undefined) return { accounts: [], data: new Uint8Array(), signs: false };
  const canonical = associatedTokenAddress({ wallet: receiver, mint });
  return {
    accounts: [writable(vaultAddress({ program, deposit }).address), readonly(mint), writable(tokenAccount ?? canonical.address), readonly(tokenProgram)],
    data: Uint8Array.of(canonical.bump),
    signs: tokenAccount !== undefined,
  };
}

/** Makes the canonical token account of `wallet` where there is none yet. `payer` pays its rent, which stays with the wallet. */
export function createTokenAccount({ payer: paying, wallet, mint }: { payer: Address; wallet: Address; mint: Address }): Instruction {
  return {
    program: associatedTokenProgram,
    accounts: [payer(paying), writable(associatedTokenAddress({ wallet, mint }).address), readonly(wallet), readonly(mint), readonly(systemProgram), readonly(tokenProgram)],
    data: concatBytes(Uint8Array.of(1)),
  };
}
