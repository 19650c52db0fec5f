import { concatBytes } from '@noble/hashes/utils.js';
import { addressBytes, systemProgram, zeroAddress, type Address } from './address.ts';
import { depositAddress, hostHash, operatorAddress, type DepositKey } from './addresses.ts';
import type { Instruction } from './instruction.ts';
import { githubId, i64, u64 } from './integers.ts';
import { instructionNumbers } from './layout.ts';

const signer = (address: Address) => ({ address, signer: true, writable: true });
const writable = (address: Address) => ({ address, signer: false, writable: true });
const readonly = (address: Address) => ({ address, signer: false, writable: false });

/** Creates the operator account of `admin`, who signs and pays its rent. The host can never change. */
export function createOperator({ program, admin, host, relayer, attestor }: { program: Address; admin: Address; host: string; relayer: Address; attestor: Address }): Instruction {
  const { address, bump } = operatorAddress({ program, firstAdmin: admin });
  return {
    program,
    accounts: [signer(admin), writable(address), readonly(systemProgram)],
    data: concatBytes(Uint8Array.of(instructionNumbers.createOperator, bump), hostHash(host), addressBytes(relayer), addressBytes(attestor)),
  };
}

export interface FundSolTerms extends DepositKey {
  /** Lamports that go into escrow, besides the rent reserve. */
  readonly amount: bigint;
  /** Unix seconds, 1 hour to 365 days ahead of the chain's clock. */
  readonly deadline: bigint;
  /** Whether the operator's relayer may decide; without it the funder decides alone, at once. */
  readonly withRelayer: boolean;
  /** A maintainer's wallet as third decider; only together with the relayer. */
  readonly approver?: Address | undefined;
}

/** Creates the deposit and moves `amount` and the rent reserve into it; `funder` signs. Throws ESCROW_TERMS_INVALID for what can't be written down. */
export function fundSol(terms: FundSolTerms): Instruction {
  const { address, bump } = depositAddress(terms);
  return {
    program: terms.program,
    accounts: [signer(terms.funder), writable(address), readonly(terms.operator), readonly(systemProgram)],
    data: concatBytes(
      Uint8Array.of(instructionNumbers.fundSol, bump, terms.withRelayer ? 1 : 0),
      githubId(terms.repositoryId, 'the repository id'),
      githubId(terms.issueId, 'the issue id'),
      u64(terms.nonce, 'the nonce'),
      u64(terms.amount, 'the amount'),
      i64(terms.deadline, 'the deadline'),
      addressBytes(terms.approver ?? zeroAddress),
    ),
  };
}

/** Sends an unawarded deposit back to its funder, from `deadline + 72 h` on. Nobody has to sign. */
export function refund({ program, deposit, funder }: { program: Address; deposit: Address; funder: Address }): Instruction {
  return { program, accounts: [writable(deposit), writable(funder)], data: Uint8Array.of(instructionNumbers.refund) };
}

/** Sends the rent reserve, and whatever strangers sent, to the funder, 7 days after the deposit ended. Nobody has to sign. */
export function close({ program, deposit, funder }: { program: Address; deposit: Address; funder: Address }): Instruction {
  return { program, accounts: [writable(deposit), writable(funder)], data: Uint8Array.of(instructionNumbers.close) };
}
