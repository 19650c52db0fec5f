import { createHash } from 'node:crypto';

export interface Found {
  readonly kind: string;
  /** The first 16 hexadecimal digits of the sha256 of what looks like a secret: it is named without being shown. */
  readonly mark: string;
}

const forms: readonly (readonly [kind: string, form: RegExp])[] = [
  ['a private key in PEM', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/=\s\\n]{64,}/g],
  ['a token of GitHub', /\b(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b/g],
  ['a key of AWS', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['a token of a service', /\b(?:xox[abprs]-[A-Za-z0-9-]{20,}|sk_live_[A-Za-z0-9]{20,}|AIza[A-Za-z0-9_-]{35}|glpat-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,})/g],
  ['a signed token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}/g],
  ['a key pair of Solana', /\[\s*(?:\d{1,3}\s*,\s*){63}\d{1,3}\s*\]/g],
  ['a password in an address', /\b(?:postgres(?:ql)?|https?|amqp|redis):\/\/[^\s:/@'"`$<>{}]+:[^\s@/'"`$<>{}]{12,}@/g],
];
const named = /(?:secret|token|passw(?:or)?d|api_?key|private_?key|credential)\w*["']?\s*[:=]\s*["'`]([A-Za-z0-9+/_=-]{24,})["'`]/gi;
/** Bits for each character, above which a text is no words. */
const dense = 4;

function density(text: string): number {
  const counts = new Map<string, number>();
  for (const one of text) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

const markOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What in a text looks like a secret: by its form, or by being called one and looking random. */
export function secretsIn(text: string): Found[] {
  return [
    ...forms.flatMap(([kind, form]) => [...text.matchAll(form)].map(([all]) => ({ kind, mark: markOf(all) }))),
    ...[...text.matchAll(named)].filter(([, value = '']) => density(value) > dense && /\d/.test(value)).map(([, value = '']) => ({ kind: 'a random text that is called a secret', mark: markOf(value) })),
  ];
}

/** What was looked at and is no secret of anybody's, by its mark. */
const known: Readonly<Record<string, string>> = {
  '3df99733e34ba92b': 'the address of Solana\'s token program, which a list of denoms calls tokenProgram',
};

export const isKnown = ({ mark }: Found): boolean => Object.hasOwn(known, mark);
