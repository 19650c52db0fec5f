import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { DoubloonError } from '@doubloon/errors';
import { addressOf, parseAddress, zeroAddress, type Address } from '../address.ts';
import type { Chain } from './chain.ts';

const upgradeableLoader = parseAddress('BPFLoaderUpgradeab1e11111111111111111111111');
const finalLoader = parseAddress('BPFLoader2111111111111111111111111111111111');

// State of the upgradeable loader: a number of 4 bytes, then for a program the address of its data, for program data the
// slot of its deployment, a flag and the authority, and from byte 45 on the program itself.
const programState = 2;
const programDataState = 3;
const authorityFlagAt = 12;
const bytesAt = 45;

export interface DeployedProgram {
  /** Who could replace it; `undefined` when it is final. */
  readonly upgradeAuthority: Address | undefined;
  /** Hexadecimal, of the bytes that were deployed, without the room that was left behind them. */
  readonly sha256: string;
}

/** Where an ELF file ends by its own tables: accounts may have room behind it. `undefined` when the bytes are no such file. */
export function elfLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 64 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [programs, sections] = [Number(view.getBigUint64(32, true)), Number(view.getBigUint64(40, true))];
  const ends = [64, sections === 0 ? 0 : sections + view.getUint16(58, true) * view.getUint16(60, true)];
  for (let index = 0; index < view.getUint16(56, true); index++) {
    const header = programs + index * view.getUint16(54, true);
    if (header + 56 > bytes.length) return undefined;
    ends.push(Number(view.getBigUint64(header + 8, true)) + Number(view.getBigUint64(header + 32, true)));
  }
  const end = Math.max(...ends);
  return end <= bytes.length ? end : undefined;
}

/** What runs at an address, and who may change it, at `finalized`. PROGRAM_REFUSED when there is none, or its loader is not known. */
export async function deployedProgram(chain: Chain, program: Address): Promise<DeployedProgram> {
  const refuse = (problem: string) => new DoubloonError('PROGRAM_REFUSED', { program, problem });
  const hashOf = (bytes: Uint8Array): string => {
    const length = elfLength(bytes);
    if (length === undefined) throw refuse('its bytes are not an ELF file');
    return bytesToHex(sha256(bytes.subarray(0, length)));
  };
  const account = await chain.account(program, 'finalized');
  if (account === undefined) throw refuse('there is none at this address on this chain');
  if (account.owner === finalLoader) return { upgradeAuthority: undefined, sha256: hashOf(account.data) };
  if (account.owner !== upgradeableLoader || account.data.length !== 36 || account.data[0] !== programState) throw refuse('what stands at this address is no program of a known loader');

  const found = await chain.account(addressOf(account.data.slice(4)), 'finalized');
  if (found?.owner !== upgradeableLoader || found.data.length <= bytesAt || found.data[0] !== programDataState) throw refuse('its bytes can’t be found');
  const authority = found.data[authorityFlagAt] === 1 ? addressOf(found.data.slice(authorityFlagAt + 1, bytesAt)) : zeroAddress;
  // Nobody has a key for the zero address: a program that names it is as final as one that names none.
  return { upgradeAuthority: authority === zeroAddress ? undefined : authority, sha256: hashOf(found.data.subarray(bytesAt)) };
}
