import { concatBytes } from '@noble/hashes/utils.js';
import { addressBytes, systemProgram, zeroAddress, type Address } from './address.ts';
import { associatedTokenAddress, depositAddress, identityAddress, vaultAddress, type DepositKey } from './addresses.ts';
import { tokenProgram } from './companions.ts';
import type { Instruction } from './instruction.ts';
import { githubId, i64, u16, u64 } from './integers.ts';
import { instructionNumbers } from './layout.ts';
import { payer, readonly, signer, writable } from './roles.ts';
import { tokenPart, type TokenDestination } from './token-accounts.ts';

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

export interface FundTokenTerms extends FundSolTerms {
  /** Of the classic token program. `amount` is in its base units. */
  readonly mint: Address;
  /** Where the tokens come from; the funder's canonical token account unless told. */
  readonly source?: Address;
}

/** A deposit as every instruction after its funding names it. */
export interface DepositOf {
  readonly program: Address;
  readonly deposit: Address;
}

/** With a mint for tokens, as the deposit records it. */
interface Money extends DepositOf, TokenDestination {
  readonly mint?: Address | undefined;
}

const termsOf = (number: number, bump: number, terms: FundSolTerms): Uint8Array => concatBytes(
  Uint8Array.of(number, bump, terms.withRelayer ? 1 : 0),
  githubId(terms.repositoryId, 'the repository id'),
  githubId(terms.issueId, 'the issue id'),
  u64(terms.nonce, 'the nonce'),
  u64(terms.amount, 'the amount'),
  i64(terms.deadline, 'the deadline'),
  addressBytes(terms.approver ?? zeroAddress),
);

/** Creates the deposit and moves `amount` and the rent reserve into it; `funder` signs. Throws ESCROW_TERMS_INVALID for what can't be written down. */
export function fundSol(terms: FundSolTerms): Instruction {
  const { address, bump } = depositAddress(terms);
  return {
    program: terms.program,
    accounts: [payer(terms.funder), writable(address), readonly(terms.operator), readonly(systemProgram)],
    data: termsOf(instructionNumbers.fundSol, bump, terms),
  };
}

/** The same for a token: `amount` goes into a vault of the deposit's own, the rent of both accounts is the funder's. */
export function fundToken(terms: FundTokenTerms): Instruction {
  const { program, funder, mint } = terms;
  const { address, bump } = depositAddress(terms);
  const vault = vaultAddress({ program, deposit: address });
  const source = terms.source ?? associatedTokenAddress({ wallet: funder, mint }).address;
  return {
    program,
    accounts: [payer(funder), writable(address), readonly(terms.operator), readonly(systemProgram), writable(source), writable(vault.address), readonly(mint), readonly(tokenProgram)],
    data: concatBytes(termsOf(instructionNumbers.fundToken, bump, terms), Uint8Array.of(vault.bump)),
  };
}

/**
 * One or two deciders say who earned a deposit; they sign. `createdSlot` and `sequence` are those of the account they
 * decided on. Two decide at once, one after 72 hours; the funder alone at once where the relayer has no say.
 */
export function award({ program, deposit, operator, deciders, createdSlot, sequence, shares }: DepositOf & {
  readonly operator: Address;
  readonly deciders: readonly Address[];
  readonly createdSlot: bigint;
  readonly sequence: bigint;
  readonly shares: readonly { readonly githubId: string; readonly bps: number }[];
}): Instruction {
  return {
    program,
    accounts: [writable(deposit), readonly(operator), ...deciders.map(signer)],
    data: concatBytes(
      Uint8Array.of(instructionNumbers.award),
      u64(createdSlot, 'the slot'),
      u64(sequence, 'the sequence'),
      ...shares.flatMap((share) => [githubId(share.githubId, 'the user id'), u16(share.bps, 'the basis points')]),
    ),
  };
}

/** Undoes an award that is not final. A decider signs; where the award is void already, nobody has to. */
export function veto({ program, deposit, operator, decider }: DepositOf & { readonly operator: Address; readonly decider?: Address }): Instruction {
  return { program, accounts: [writable(deposit), readonly(operator), ...(decider === undefined ? [] : [signer(decider)])], data: Uint8Array.of(instructionNumbers.veto) };
}

/** Pays one share of a final award to the wallet of its GitHub user. Nobody has to sign, unless a token account is chosen: then the wallet. */
export function payout({ program, deposit, operator, share, githubId: user, wallet, mint, tokenAccount }: Money & { readonly operator: Address; readonly share: number; readonly githubId: string; readonly wallet: Address }): Instruction {
  const token = tokenPart({ program, deposit, mint, receiver: wallet, ...(tokenAccount && { tokenAccount }) });
  const identity = identityAddress({ program, operator, githubId: user });
  return {
    program,
    accounts: [writable(deposit), readonly(operator), readonly(identity.address), { address: wallet, signer: token.signs, writable: mint === undefined }, ...token.accounts],
    data: concatBytes(Uint8Array.of(instructionNumbers.payout, share), token.data),
  };
}

/** The relayer, or the funder where the relayer has no say, sends an unawarded deposit back at once. */
export function cancel({ program, deposit, operator, funder, decider, mint, tokenAccount }: Money & { readonly operator: Address; readonly funder: Address; readonly decider: Address }): Instruction {
  const token = tokenPart({ program, deposit, mint, receiver: funder, ...(tokenAccount && { tokenAccount }) });
  return {
    program,
    accounts: [writable(deposit), { address: funder, signer: token.signs, writable: mint === undefined }, readonly(operator), signer(decider), ...token.accounts],
    data: concatBytes(Uint8Array.of(instructionNumbers.cancel), token.data),
  };
}

/** Sends an unawarded deposit back to its funder, from `deadline + 72 h` on. Nobody has to sign. */
export function refund({ program, deposit, funder, mint, tokenAccount }: Money & { readonly funder: Address }): Instruction {
  const token = tokenPart({ program, deposit, mint, receiver: funder, ...(tokenAccount && { tokenAccount }) });
  return {
    program,
    accounts: [writable(deposit), { address: funder, signer: token.signs, writable: mint === undefined }, ...token.accounts],
    data: concatBytes(Uint8Array.of(instructionNumbers.refund), token.data),
  };
}

/** Sends back one share of a final award that its user could not claim within 90 days: no link, or a disputed one. Nobody has to sign. */
export function refundShare({ program, deposit, operator, funder, share, githubId: user, mint, tokenAccount }: Money & { readonly operator: Address; readonly funder: Address; readonly share: number; readonly githubId: string }): Instruction {
  const token = tokenPart({ program, deposit, mint, receiver: funder, ...(tokenAccount && { tokenAccount }) });
  const identity = identityAddress({ program, operator, githubId: user });
  return {
    program,
    accounts: [writable(deposit), { address: funder, signer: token.signs, writable: mint === undefined }, readonly(operator), readonly(identity.address), ...token.accounts],
    data: concatBytes(Uint8Array.of(instructionNumbers.refund, share, identity.bump), token.data),
  };
}

/** Sends the rent reserve, and whatever strangers sent, to the funder, 7 days after the deposit ended. Nobody has to sign. */
export function close({ program, deposit, funder, mint, tokenAccount }: Money & { readonly funder: Address }): Instruction {
  const token = tokenPart({ program, deposit, mint, receiver: funder, ...(tokenAccount && { tokenAccount }) });
  return {
    program,
    accounts: [writable(deposit), { address: funder, signer: token.signs, writable: true }, ...token.accounts],
    data: concatBytes(Uint8Array.of(instructionNumbers.close), token.data),
  };
}
