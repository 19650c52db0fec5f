import { DoubloonError } from '@doubloon/errors';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const digitOf = new Map([...alphabet].map((letter, digit) => [letter, digit]));

// Signatures, 64 bytes, are the longest thing we write in base58; both directions are quadratic, so longer text is refused.
const maxLetters = 128;

export function encodeBase58(bytes: Uint8Array): string {
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const leading = zeros === -1 ? bytes.length : zeros;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (; value > 0n; value /= 58n) text = alphabet.charAt(Number(value % 58n)) + text;
  return '1'.repeat(leading) + text;
}

/** Throws ADDRESS_INVALID for a letter outside the alphabet or for more text than a signature needs. */
export function decodeBase58(text: string): Uint8Array {
  if (text.length > maxLetters) throw new DoubloonError('ADDRESS_INVALID', { text: `${text.slice(0, 16)}…` });
  let value = 0n;
  for (const letter of text) {
    const digit = digitOf.get(letter);
    if (digit === undefined) throw new DoubloonError('ADDRESS_INVALID', { text });
    value = value * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; value > 0n; value >>= 8n) bytes.push(Number(value & 0xffn));
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  return Uint8Array.from([...new Array<number>(zeros).fill(0), ...bytes.reverse()]);
}
