import type { Stack } from '../stack/stack.ts';

/** Where the story happens, and who says what happened, with its evidence. */
export interface Teller {
  readonly stack: Stack;
  tell(what: string, evidence: string | readonly string[]): void;
}
