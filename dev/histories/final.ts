import type { Denom, Part } from './operation.ts';

/** Where everything of one history stands when all is at rest. Amounts in base units; ids as decimal text. */
export interface Final {
  /** GitHub ids, as they are now. */
  readonly people: Readonly<Record<Part, { readonly githubId: string; readonly login: string; readonly wallet: string }>>;
  /** Every comment of the App on the issue, oldest first, and how many it ever wrote there, by what GitHub told of them. */
  readonly ours: readonly { readonly id: string; readonly body: string }[];
  readonly everWritten: number;
  readonly labels: readonly string[];
  /** Reactions of the App to each comment of the history by its id; undefined for one that is gone. */
  readonly reactions: Readonly<Record<string, readonly string[] | undefined>>;
  /** Rows of the treasury, in the order of their place. */
  readonly offers: readonly { readonly id: string; readonly source: string; readonly denom: Denom; readonly amount: bigint; readonly state: string }[];
  readonly deposits: readonly { readonly address: string; readonly offer: string; readonly denom: Denom; readonly amount: bigint; readonly state: string; readonly signature: string | undefined }[];
  /** Everything that was ever signed for the issue: by people, and by the relayer. */
  readonly submissions: readonly { readonly signature: string; readonly state: string }[];
  readonly relayed: readonly { readonly signature: string; readonly state: string; readonly hasLanded: boolean }[];
  /** Decisions that the treasury took over from commands, and what became of them for each deposit: `kind` is award, veto or cancel, `source` the id of what said so. */
  readonly decisions: readonly { readonly source: string; readonly kind: string; readonly deposits: Readonly<Record<string, string>> }[];
  /** Accounts of the program on the chain that carry the ids, as they stand in finalized state. */
  readonly accounts: readonly {
    readonly address: string;
    readonly denom: Denom;
    readonly amount: bigint;
    readonly state: string;
    readonly award: { readonly by: readonly string[]; readonly shares: readonly { readonly githubId: string; readonly bps: number; readonly isPaid: boolean; readonly isRefunded: boolean }[] } | undefined;
    /** What it still holds for somebody. */
    readonly held: bigint;
  }[];
  /** What the wallets got from deposits, by the chain's own balances. */
  readonly received: Readonly<Record<Part, Readonly<Record<Denom, bigint>>>>;
  /** Who is linked on the chain, and to which wallet. */
  readonly links: Readonly<Partial<Record<Part, string>>>;
  /** Records of the issue in the order of the log, repeated ones too; `type` is the last word of the event's type, such as funded. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly sequence: bigint; readonly partition: number; readonly data: Readonly<Record<string, unknown>> }[];
}

/** What of the whole stack still has to be done, or was given up, by name. */
export interface Rest {
  readonly unhandled: Readonly<Record<string, number>>;
  /** These two are asked for only when nothing is unhandled. */
  readonly dead: Readonly<Record<string, number>>;
  /** Gauges of the metrics that are zero at rest. */
  readonly gauges: Readonly<Record<string, number>>;
}
