import type { Draw } from '../../apps/github-app/testing/draw.ts';

/** Longer than any comment, transaction, form or file that is read; what may be longer is bounded before it is read. */
const longest = 70_000;

const odd = [
  '\0', '\n', '\r\n', '\t', ' ', '\u00a0', '\u200b', '\u202e', '\u2028', '\ufeff', '\ufffd', '\u{1f4b0}', '\u0130', '\u212a', 'e\u0301', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '"', "'", '\\', '`', '<', '>', '&', '|', '%00', '%0d%0a', '../', '//', '\\u0000', '\\ud800',
  'null', 'true', '[]', '{}', '-1', '0', '-0', '1e400', '0.1', '2147483648', '4294967296', '9007199254740993', '18446744073709551616', '99999999999999999999999999', 'NaN', '\u0661', '\uff11',
];
const oddValues: readonly unknown[] = [null, true, '', 'x', '\0', '\ud800', 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, [], {}, [[]], ['x'], { toString: 1 }, { length: -1 }, '0000-01-01T00:00:00Z', '9999-12-31T23:59:60Z', '+275760-09-13T00:00:00Z', 'https://evil.example/\u202e', 'javascript:alert(1)', '-1', '9007199254740993', '../..', 'a'.repeat(5_000)];
const oddBytes = [0, 1, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xed, 0xfe, 0xff];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Another input, like `bytes`: a few changes of bytes, words and structure. `others` are inputs it may take parts of. */
export function mutate(bytes: Uint8Array, { draw, words, others }: { draw: Draw; words: readonly string[]; others: readonly Uint8Array[] }): Uint8Array {
  let made = bytes;
  for (let left = 1 + draw.below(draw.once(4) ? 8 : 2); left > 0; left--) made = (draw.once(3) ? inJson(made, draw) : undefined) ?? inBytes(made, draw, words, others);
  return made.subarray(0, longest);
}

function inBytes(bytes: Uint8Array, draw: Draw, words: readonly string[], others: readonly Uint8Array[]): Uint8Array {
  const at = draw.below(bytes.length + 1);
  const length = draw.below(Math.min(bytes.length - at, draw.once(3) ? bytes.length : 12) + 1);
  const put = (part: Uint8Array, cut = 0): Uint8Array => Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at + cut)]);
  switch (draw.below(9)) {
    case 0: return flipped(bytes, at, 1 << draw.below(8));
    case 1: return put(Uint8Array.of(draw.pick(oddBytes)), draw.below(2));
    case 2: return put(new Uint8Array(), length);
    case 3: return put(bytesOf(draw.pick(odd)), draw.below(2) * length);
    case 4: return words.length === 0 ? bytes : put(bytesOf(draw.pick(words)), draw.below(2) * length);
    case 5: return put(repeated(bytes.subarray(at, at + length), 1 + draw.below(draw.once(8) ? 4_000 : 6)));
    case 6: return bytes.subarray(0, at);
    case 7: return digits(bytes, draw) ?? flipped(bytes, at, 0xff);
    default: {
      const other = others.length === 0 ? bytes : draw.pick(others);
      const from = draw.below(other.length + 1);
      return put(other.subarray(from, from + draw.below(other.length - from + 1)), draw.below(2) * length);
    }
  }
}

const flipped = (bytes: Uint8Array, at: number, bits: number): Uint8Array => Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ bits : byte));

function repeated(part: Uint8Array, times: number): Uint8Array {
  return Buffer.concat(Array.from({ length: Math.min(times, Math.floor(longest / Math.max(1, part.length))) }, () => part));
}

/** One number of the text becomes another. */
function digits(bytes: Uint8Array, draw: Draw): Uint8Array | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  const found = [...text.matchAll(/\d+/g)];
  if (found.length === 0) return undefined;
  const { index, 0: number } = draw.pick(found);
  const other = draw.pick(['0', '-1', '1', `${number}0`, `0${number}`, '2147483648', '9007199254740993', '18446744073709551615', '18446744073709551616', '1e5', '9'.repeat(400)]);
  return Buffer.from(text.slice(0, index) + other + text.slice(index + number.length), 'latin1');
}

/** Behind a first line or from the start: one value of it becomes another, goes, comes twice, or gets a key nobody asked for. */
function inJson(bytes: Uint8Array, draw: Draw): Uint8Array | undefined {
  const text = new TextDecoder().decode(bytes);
  const begin = text.search(/[[{]/);
  if (begin === -1) return undefined;
  let tree: unknown;
  try {
    tree = JSON.parse(text.slice(begin));
  } catch {
    return undefined;
  }
  const root = { tree };
  const places: { of: Record<string, unknown>; key: string }[] = [];
  const visit = (of: object): void => {
    for (const key of Object.keys(of)) {
      places.push({ of: of as Record<string, unknown>, key });
      const value = (of as Record<string, unknown>)[key];
      if (typeof value === 'object' && value !== null) visit(value);
    }
  };
  visit(root);
  const { of, key } = draw.pick(places);
  switch (draw.below(5)) {
    case 0: {
      Reflect.deleteProperty(of, key);
      break;
    }
    case 1: {
      of[key] = [of[key], of[key]];
      break;
    }
    case 2: {
      Reflect.defineProperty(of, draw.pick(['__proto__', 'constructor', 'prototype', 'toString', 'then', 'toJSON']), { value: draw.pick([{ polluted: true }, 1, null]), enumerable: true, configurable: true, writable: true });
      break;
    }
    case 3: {
      of[key] = nested(of[key], 1 + draw.below(draw.once(6) ? 2_000 : 12), draw.once(2));
      break;
    }
    default: of[key] = draw.pick(oddValues);
  }
  const written = JSON.stringify(root.tree) as string | undefined;
  return bytesOf(text.slice(0, begin) + (written ?? 'null'));
}

function nested(value: unknown, depth: number, inLists: boolean): unknown {
  let made = value;
  for (let left = depth; left > 0; left--) made = inLists ? [made] : { a: made };
  return made;
}
