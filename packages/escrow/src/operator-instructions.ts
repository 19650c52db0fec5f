import { concatBytes } from '@noble/hashes/utils.js';
import { addressBytes, systemProgram, zeroAddress, type Address } from './address.ts';
import { hostHash, operatorAddress } from './addresses.ts';
import type { Instruction } from './instruction.ts';
import { instructionNumbers, keyBits } from './layout.ts';
import { payer, readonly, signer, writable } from './roles.ts';

interface Administered {
  readonly program: Address;
  readonly operator: Address;
  readonly admin: Address;
}

/** Creates the operator account of `admin`, who signs and pays its rent. The host can never change. */
export function createOperator({ program, admin, host, relayer, attestor }: { program: Address; admin: Address; host: string; relayer: Address; attestor: Address }): Instruction {
  const { address, bump } = operatorAddress({ program, firstAdmin: admin });
  return {
    program,
    accounts: [payer(admin), writable(address), readonly(systemProgram)],
    data: concatBytes(Uint8Array.of(instructionNumbers.createOperator, bump), hostHash(host), addressBytes(relayer), addressBytes(attestor)),
  };
}

/** Both admins sign. */
export function changeAdmin({ program, operator, admin, next }: Administered & { readonly next: Address }): Instruction {
  return { program, accounts: [writable(operator), signer(admin), signer(next)], data: Uint8Array.of(instructionNumbers.changeAdmin) };
}

/** Keys that take over by themselves after seven days; one that is left out stays as it is. */
export function scheduleKeys({ program, operator, admin, relayer, attestor }: Administered & { readonly relayer?: Address; readonly attestor?: Address }): Instruction {
  return {
    program,
    accounts: [writable(operator), signer(admin)],
    data: concatBytes(Uint8Array.of(instructionNumbers.scheduleKeys), addressBytes(relayer ?? zeroAddress), addressBytes(attestor ?? zeroAddress)),
  };
}

/** Stops keys at once, with what they said that had not settled, and with what was scheduled to follow them. */
export function disableKeys({ program, operator, admin, keys }: Administered & { readonly keys: readonly (keyof typeof keyBits)[] }): Instruction {
  return { program, accounts: [writable(operator), signer(admin)], data: Uint8Array.of(instructionNumbers.disableKeys, keys.reduce((bits, key) => bits | keyBits[key], 0)) };
}
