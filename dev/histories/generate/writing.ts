import { seeded } from '../seeded.ts';
import type { Deed, Denom, Operation, Part, Round, ShareOf, Wish } from '../operation.ts';

/** A comment as it stands while a history is being written. */
export interface Comment {
  readonly by: Part;
  /** Place of the newest wording. */
  at: number;
  wishes: readonly Wish[];
  /** As code, or in words, nothing is asked for. */
  asks: boolean;
  /** The round of the last funding of it. */
  fundedIn: Round | undefined;
  readonly funded: Set<number>;
  /** After this there is nothing to edit, fund or remove. */
  isOver: boolean;
  /** How often it was written in the round of now. */
  wordings: { round: Round; count: number };
  /** Was asked for more than was funded. */
  isToppedUp: boolean;
}

/** A deposit as its story goes; the chain may tell another one. */
export interface Money {
  /** Place of the `fund`. */
  readonly at: number;
  readonly by: Part;
  readonly comment: Comment;
  readonly round: Round;
  award: { readonly round: Round; readonly by: 'comment' | 'wallet'; readonly shares: readonly ShareOf[] } | undefined;
  isVetoed: boolean;
  /** Whatever came of it. */
  wasDecided: boolean;
  isOver: boolean;
}

/** A history under way: what was written so far, and dice. */
export class Writing {
  readonly operations: Operation[] = [];
  readonly comments: Comment[] = [];
  readonly money: Money[] = [];
  readonly links = new Map<Part, Round>();
  readonly attempted = new Set<Part>();
  readonly pulls: { readonly at: number; readonly by: Part; isMerged: boolean }[] = [];
  readonly #random: () => number;
  readonly #used = new Set<string>();
  round: Round = 0;
  /** Whether people decide in the round of now: then nobody funds, and nobody takes another name. */
  isDeciding = false;
  isClosed = false;
  /** Who took offers back in the round of now: what else they say in it would be before or after that, and nobody could tell. */
  readonly hushed = new Set<Part>();

  constructor(seed: number) {
    this.#random = seeded(seed);
    for (let skipped = 0; skipped < 8; skipped++) this.#random();
  }

  /** Answers its place. */
  write(deed: Deed): number {
    return this.operations.push({ ...deed, round: this.round }) - 1;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  /** From 0 to below `many`. */
  below(many: number): number {
    return Math.floor(this.#random() * many);
  }

  pick<T>(some: readonly [T, ...T[]]): T;
  pick<T>(some: readonly T[]): T | undefined;
  pick<T>(some: readonly T[]): T | undefined {
    return some[this.below(some.length)];
  }

  shuffled<T>(some: readonly T[]): T[] {
    return some.map((one) => ({ one, at: this.#random() })).sort((a, b) => a.at - b.at).map(({ one }) => one);
  }

  /** No amount twice in a history, so that each offer can be told from the others; large enough for eight shares. */
  wish(denom: Denom = this.chance(0.55) ? 'sol' : 'usdc', from = 0n): Wish {
    for (;;) {
      const [unit, odd] = denom === 'sol' ? [10_000_000n, 1_000_003n] : [100_000n, 7n];
      const amount = from + unit * BigInt(2 + this.below(90)) + (this.chance(0.3) ? odd * BigInt(1 + this.below(9)) : 0n);
      const key = `${denom}:${String(amount)}`;
      if (this.#used.has(key)) continue;
      this.#used.add(key);
      return { denom, amount };
    }
  }
}
