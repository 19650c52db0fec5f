import type { Attempt } from '../commands/attempt-row.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import type { Candidate } from '../life/candidate-row.ts';
import type { KnownRules } from '../rules/known-rules.ts';

/** Somebody on GitHub: the id that never changes, and the login that was seen last. */
export interface Named {
  readonly id: string;
  readonly login: string;
}

/** The issue as it was seen last. */
export type IssueSeen = Pick<KnownIssue, 'repository' | 'state' | 'stateReason' | 'isLocked' | 'movedFrom'>;

/** What we know of an issue beside the treasury's view of it. */
export interface Own {
  /** Whole sentences of ours, in which other people's words stand as code. */
  readonly problems: readonly string[];
  /** The same about what was decided: who is meant by a login, what a decision does not touch. */
  readonly remarks: readonly string[];
  /** Somebody asked how this works. */
  readonly help: boolean;
  /** People whose ids were looked up here, by a login that a command named. */
  readonly people: readonly Named[];
  readonly attempts: readonly Attempt[];
  readonly candidates: readonly Candidate[];
  readonly issue: IssueSeen;
  /** Of the repository; `undefined` while nobody could say. */
  readonly rules: KnownRules | undefined;
}
