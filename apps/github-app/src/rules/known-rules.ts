import type { identity } from '@doubloon/rpc';

/** What the rules of a repository say about what we show there. Plain JSON: that is how they are kept. */
export interface KnownRules {
  /** No comments: reactions and labels only. */
  readonly silent: boolean;
  /** Nothing is done; what would be is said. */
  readonly shadow: boolean;
  readonly labels: boolean;
  /** 0: awards only by command. */
  readonly autoAwardAfterSeconds: number;
  /** Base units of each denom, decimal, below which an offer is not taken. */
  readonly minimums: Readonly<Record<string, string>>;
  /** What is wrong with the file, a sentence each. While there are any, the rest are the defaults. */
  readonly problems: readonly string[];
}

/** What holds where nobody wrote a file. */
export const defaultKnownRules: KnownRules = { silent: false, shadow: false, labels: true, autoAwardAfterSeconds: 0, minimums: {}, problems: [] };

/** The rules as the identity service tells them. */
export function knownRules({ rules, problems }: identity.GetRulesResponse): KnownRules {
  if (rules === undefined) return { ...defaultKnownRules, problems };
  const { silent, shadow, labels, autoAwardAfterSeconds, limits } = rules;
  return { silent, shadow, labels, autoAwardAfterSeconds, minimums: Object.fromEntries(limits.filter(({ minimum }) => minimum !== '').map(({ denom, minimum }) => [denom, minimum])), problems };
}
