import { concatBytes } from '@noble/hashes/utils.js';
import { systemProgram, type Address } from './address.ts';
import { identityAddress } from './addresses.ts';
import type { Instruction } from './instruction.ts';
import { githubId as idBytes, i64 } from './integers.ts';
import { instructionNumbers } from './layout.ts';
import { payer, readonly, signer, writable } from './roles.ts';

/** Which GitHub user of which operator. */
export interface IdentityKey {
  readonly program: Address;
  readonly operator: Address;
  readonly githubId: string;
}

interface Attested {
  readonly attestor: Address;
  /** Unix seconds, at most 10 minutes ahead of the chain's clock. */
  readonly expiry: bigint;
}

/** Links a user who has no link, or no longer: `wallet` and `attestor` sign, and `payer` for the rent of the account. It counts after the cool-down. */
export function linkIdentity({ program, operator, githubId, payer: paying, attestor, wallet, expiry }: IdentityKey & Attested & { readonly payer: Address; readonly wallet: Address }): Instruction {
  const { address, bump } = identityAddress({ program, operator, githubId });
  return {
    program,
    accounts: [payer(paying), writable(address), readonly(operator), signer(attestor), signer(wallet), readonly(systemProgram)],
    data: concatBytes(Uint8Array.of(instructionNumbers.linkIdentity, bump), idBytes(githubId, 'the user id'), i64(expiry, 'the expiry')),
  };
}

/** Asks for another wallet, which signs, as does the attestor. It counts after the cool-down unless the old one cancels. */
export function changeWallet({ attestor, wallet, expiry, ...key }: IdentityKey & Attested & { readonly wallet: Address }): Instruction {
  return {
    program: key.program,
    accounts: [writable(identityAddress(key).address), readonly(key.operator), signer(attestor), signer(wallet)],
    data: concatBytes(Uint8Array.of(instructionNumbers.changeWallet), i64(expiry, 'the expiry')),
  };
}

const byWallets = (number: number, key: IdentityKey, wallets: readonly Address[]): Instruction => ({
  program: key.program,
  accounts: [writable(identityAddress(key).address), readonly(key.operator), ...wallets.map(signer)],
  data: Uint8Array.of(number),
});

/** The old wallet objects to a change: payouts stay paused until a later one matures or both wallets sign. */
export const cancelChange = ({ wallet, ...key }: IdentityKey & { readonly wallet: Address }): Instruction => byWallets(instructionNumbers.cancelChange, key, [wallet]);

/** Both wallets agree to the change, which counts at once. */
export const settleChange = ({ oldWallet, newWallet, ...key }: IdentityKey & { readonly oldWallet: Address; readonly newWallet: Address }): Instruction => byWallets(instructionNumbers.settleChange, key, [oldWallet, newWallet]);

/** Ends the link; the user can link again. */
export const unlinkIdentity = ({ wallet, ...key }: IdentityKey & { readonly wallet: Address }): Instruction => byWallets(instructionNumbers.unlinkIdentity, key, [wallet]);
