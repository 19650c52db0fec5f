import { createHash } from 'node:crypto';
import { DoubloonError } from '@doubloon/errors';
import { addressOf, parseAddress, zeroAddress, type Address } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';

/** What stands behind the program's address. */
export interface ProgramFacts {
  /** `undefined` when nobody can change the program any more. */
  readonly upgradeAuthority: Address | undefined;
  /** Hexadecimal, of the deployed bytes without the zeros that fill the account. */
  readonly sha256: string;
}

const upgradeableLoader = parseAddress('BPFLoaderUpgradeab1e11111111111111111111111');
const finalLoader = parseAddress('BPFLoader2111111111111111111111111111111111');

// UpgradeableLoaderState, bincode: u32 tag (2 program, 3 program data); a program names its data account; program data has
// its slot (u64) and an optional authority, and the bytes begin at 45 whether there is one or not.
const programTag = 2;
const dataTag = 3;
const dataStart = 45;

/** Reads who may change the program, and what it is. PROGRAM_REFUSED when there is none or its loader is not known. */
export async function readProgram(chain: Chain, program: Address): Promise<ProgramFacts> {
  const refuse = (problem: string) => new DoubloonError('PROGRAM_REFUSED', { program, problem });
  const account = await chain.account(program, 'confirmed');
  if (account === undefined) throw refuse('there is none at this address on this chain');
  if (account.owner === finalLoader) return { upgradeAuthority: undefined, sha256: sha256(account.data) };
  if (account.owner !== upgradeableLoader || account.data.length < 36 || tagOf(account.data) !== programTag) throw refuse('what stands at this address is no program of a known loader');

  const data = (await chain.account(addressOf(account.data.slice(4, 36)), 'confirmed'))?.data;
  if (data === undefined || data.length < dataStart || tagOf(data) !== dataTag) throw refuse('its bytes can’t be found');
  const authority = data[12] === 1 ? addressOf(data.slice(13, dataStart)) : zeroAddress;
  // Nobody has a key for the zero address: a program that names it is as final as one that names none.
  return { upgradeAuthority: authority === zeroAddress ? undefined : authority, sha256: sha256(data.subarray(dataStart)) };
}

const tagOf = (data: Uint8Array): number => new DataView(data.buffer, data.byteOffset).getUint32(0, true);

function sha256(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return createHash('sha256').update(bytes.subarray(0, end)).digest('hex');
}
