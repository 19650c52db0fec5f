import { TextDecoder } from 'node:util';

const utf8 = new TextDecoder('utf-8', { fatal: true });
// `__proto__` as a key, and what PostgreSQL can't keep as JSON (NUL, half a surrogate pair): written out or escaped.
const suspicious = /__proto__|\\u(?:0000|005[fF]|[dD][89a-fA-F])/;

/**
 * Reads a webhook's body: UTF-8 JSON with an object at the top. `undefined` for anything else. Keys named `__proto__` are
 * dropped, NUL and unpaired surrogates become U+FFFD; every other character stays as GitHub sent it.
 */
export function readPayload(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = suspicious.test(text) ? JSON.parse(text, tame) : JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

// JSON.parse makes `__proto__` an own key, which is harmless until somebody copies the object: it does not get that far.
function tame(this: unknown, key: string, value: unknown): unknown {
  if (key === '__proto__') return undefined;
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  return keys.every((one) => one === storable(one)) ? value : Object.fromEntries(Object.entries(value).map(([one, inner]) => [storable(one), inner]));
}

const storable = (text: string): string => text.replaceAll('\u0000', '\uFFFD').toWellFormed();
