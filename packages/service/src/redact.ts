const secretKey = /token|secret|passw|private_?key|authori[sz]ation|cookie|api_?key|credential|mnemonic|seed|session_?id/i;
const credentialsInUrl = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi;

/** Hides the user part of every URL in a text. */
export const redactText = (text: string): string => (text.includes('@') ? text.replace(credentialsInUrl, '$1[hidden]@') : text);

/**
 * A copy in which the value of every key that sounds like a secret is hidden, six levels deep. Errors pass unchanged (the
 * serializer of the logger sees to them), and so does anything that is not a plain object or an array.
 */
export function redact(value: unknown, depth = 6): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  const isArray = Array.isArray(value);
  if (!isArray && !isPlain(value)) return value;
  if (depth === 0) return '[deep]';
  if (isArray) return value.map((item) => redact(item, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, secretKey.test(key) ? '[hidden]' : redact(item, depth - 1)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
