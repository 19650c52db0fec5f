import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { addressBytes, type Address } from './address.ts';
import { associatedTokenProgram, tokenProgram } from './companions.ts';
import { githubId, u64 } from './integers.ts';
import { findProgramAddress } from './program-address.ts';

export interface ProgramAddress {
  readonly address: Address;
  readonly bump: number;
}

/** What a deposit's address is made of. Ids are numeric GitHub ids as decimal text. */
export interface DepositKey {
  readonly program: Address;
  readonly operator: Address;
  readonly repositoryId: string;
  readonly issueId: string;
  readonly funder: Address;
  readonly nonce: bigint;
}

/** The operator account of whoever was its first admin. */
export function operatorAddress({ program, firstAdmin }: { program: Address; firstAdmin: Address }): ProgramAddress {
  return findProgramAddress([utf8ToBytes('operator'), addressBytes(firstAdmin)], program);
}

export function identityAddress({ program, operator, githubId: id }: { program: Address; operator: Address; githubId: string }): ProgramAddress {
  return findProgramAddress([utf8ToBytes('identity'), addressBytes(operator), githubId(id, 'the user id')], program);
}

export function depositAddress(key: DepositKey): ProgramAddress {
  return findProgramAddress(
    [utf8ToBytes('deposit'), addressBytes(key.operator), githubId(key.repositoryId, 'the repository id'), githubId(key.issueId, 'the issue id'), addressBytes(key.funder), u64(key.nonce, 'the nonce')],
    key.program,
  );
}

/** The token account of a deposit. */
export function vaultAddress({ program, deposit }: { program: Address; deposit: Address }): ProgramAddress {
  return findProgramAddress([utf8ToBytes('vault'), addressBytes(deposit)], program);
}

/** The one token account of a wallet for a mint that everybody can find: its canonical one. */
export function associatedTokenAddress({ wallet, mint }: { wallet: Address; mint: Address }): ProgramAddress {
  return findProgramAddress([addressBytes(wallet), addressBytes(tokenProgram), addressBytes(mint)], associatedTokenProgram);
}

/** First 8 bytes, little-endian, of sha256 of the offer id's text: a double click makes the same deposit, not a second one. */
export function depositNonce(offerId: string): bigint {
  const hash = sha256(utf8ToBytes(offerId));
  return new DataView(hash.buffer, hash.byteOffset).getBigUint64(0, true);
}

/** What an operator account is bound to: sha256 of the GitHub host's lower-case name, for example `github.com`. */
export function hostHash(host: string): Uint8Array {
  return sha256(utf8ToBytes(host.toLowerCase()));
}
