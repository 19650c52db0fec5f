import { DoubloonError } from '@doubloon/errors';

/** Little-endian bytes of a u64. Throws ESCROW_TERMS_INVALID, naming `what`, outside its range. */
export function u64(value: bigint, what: string): Uint8Array {
  if (value < 0n || value >= 1n << 64n) throw new DoubloonError('ESCROW_TERMS_INVALID', { problem: `${what} does not fit in 64 bits` });
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** Little-endian bytes of a u16. Throws ESCROW_TERMS_INVALID, naming `what`, outside its range. */
export function u16(value: number, what: string): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new DoubloonError('ESCROW_TERMS_INVALID', { problem: `${what} do not fit in 16 bits` });
  return Uint8Array.of(value & 0xff, value >> 8);
}

/** Little-endian bytes of an i64. Throws ESCROW_TERMS_INVALID, naming `what`, outside its range. */
export function i64(value: bigint, what: string): Uint8Array {
  if (BigInt.asIntN(64, value) !== value) throw new DoubloonError('ESCROW_TERMS_INVALID', { problem: `${what} does not fit in 64 bits` });
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}

/** A numeric GitHub id as canonical decimal text, never 0. Throws ESCROW_TERMS_INVALID. */
export function githubId(text: string, what: string): Uint8Array {
  if (!/^[1-9]\d{0,19}$/.test(text)) throw new DoubloonError('ESCROW_TERMS_INVALID', { problem: `${what} is not a numeric id` });
  return u64(BigInt(text), what);
}
