/** Why a text is not an amount, in the order in which the reasons are tried. */
export type AmountProblem = 'malformed' | 'separator' | 'too-many-decimals' | 'zero' | 'too-large';
export type ParsedAmount = { readonly ok: true; readonly amount: bigint } | { readonly ok: false; readonly reason: AmountProblem };

/** The largest number of base units an escrow account can hold. */
export const MAX_AMOUNT = 2n ** 64n - 1n;

const plain = /^[0-9]+(?:\.[0-9]+)?$/;
const separated = /^[0-9]+(?:(?:[,'’_\p{White_Space}]+|\.)[0-9]+)*$/u;

const refuse = (reason: AmountProblem): ParsedAmount => ({ ok: false, reason });

/**
 * Reads decimal text (ASCII digits, optionally one dot with digits on both sides) as base units of a mint with
 * `decimals` decimals. Exact: nothing is rounded and nothing goes through `number`. Surrounding white space is malformed.
 */
export function parseAmount(text: string, decimals: number): ParsedAmount {
  if (!plain.test(text)) {
    const digits = separated.test(text) && text.indexOf('.') === text.lastIndexOf('.');
    return refuse(digits ? 'separator' : 'malformed');
  }
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length > decimals) return refuse('too-many-decimals');
  const units = (whole + fraction.padEnd(decimals, '0')).replace(/^0+/, '');
  if (units === '') return refuse('zero');
  // More than 20 digits never fit a u64; a giant text is not worth a giant number.
  if (units.length > 20 || BigInt(units) > MAX_AMOUNT) return refuse('too-large');
  return { ok: true, amount: BigInt(units) };
}

/** Canonical decimal text of base units: no leading zeros, no trailing zeros after the dot, no trailing dot. */
export function formatAmount(amount: bigint, decimals: number): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}
