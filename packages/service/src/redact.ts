const secretKey = /token|secret|passw|private_?key|authori[sz]ation|cookie|api_?key|credential|mnemonic|seed|session_?id/i;
// Never across a quote: a whole line of JSON is looked through.
const credentialsInUrl = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"\\]*@/gi;

/** Hides the user part of every URL in a text. */
export const redactText = (text: string): string => (text.includes('@') ? text.replace(credentialsInUrl, '$1[hidden]@') : text);

/**
 * What of a value may stand in a log, as JSON: the value of every key that sounds like a secret is hidden, bigints are
 * decimal text, errors keep their code, facts and causes. Six levels deep; what is below, or goes in circles, is cut.
 */
export function redact(value: unknown, depth = 6): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '[deep]';
  if (value instanceof Error) return describeError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth - 1));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, secretKey.test(key) ? '[hidden]' : redact(item, depth - 1)]));
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const { code, facts } = error as { code?: unknown; facts?: unknown };
  return {
    type: name,
    ...(code === undefined ? {} : { code: redact(code, depth - 1) }),
    ...(facts === undefined ? {} : { facts: redact(facts, depth - 1) }),
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause: redact(cause, depth - 1) }),
    ...(error instanceof AggregateError ? { errors: redact(error.errors, depth - 1) } : {}),
  };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
