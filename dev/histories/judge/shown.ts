import type { Final } from '../final.ts';

/** What a comment of the App is, by the mark in its last line. */
export type Shown =
  | { readonly kind: 'living'; readonly text: string }
  | { readonly kind: 'notice'; readonly about: 'wallet' | 'window'; readonly of: string; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

export function shownIn({ body }: Final['ours'][number]): Shown {
  const [, text = '', name, json] = /^([^]*)\n<!-- (doubloon|doubloon-notice) (\{.*\}) -->\s*$/.exec(body) ?? [];
  if (json === undefined) return { kind: 'unknown', text: body };
  if (name === 'doubloon') return { kind: 'living', text };
  const { kind, for: of } = JSON.parse(json) as { kind?: unknown; for?: unknown };
  if ((kind !== 'wallet' && kind !== 'window') || typeof of !== 'string') return { kind: 'unknown', text: body };
  return { kind: 'notice', about: kind, of, text };
}

/** The list under a heading. */
export function section(text: string, title: string): string[] {
  const [, after = ''] = text.split(`**${title}**`);
  return (after.split(/\n\n\*\*/)[0] ?? '').split('\n').filter((line) => line.startsWith('- '));
}
