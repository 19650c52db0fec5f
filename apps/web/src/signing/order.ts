import type { Problem, Refusal } from './problem.ts';

/** What somebody came to sign: how it is built, and who takes it. */
export interface Order {
  /** Name of the cluster it is for. */
  readonly cluster: string;
  /** Whether this page may offer the burner wallet. */
  readonly burner: boolean;
  /** Learns what `account` would sign, for the page to show it; answers what stands against it. Rejects with `Refused`. */
  review(account: string): Promise<Problem | undefined>;
  /** The bytes for `account` to sign, made now and checked against what the page shows; or what is wrong. Rejects with `Refused`. */
  build(account: string): Promise<Uint8Array | Problem>;
  /** Whether what the wallet gave back is signed by another account than the one shown. */
  signedByAnother(signed: Uint8Array, account: string): Promise<boolean>;
  /** Hands in what was signed; the same bytes twice are one. Rejects with `Refused`. */
  handIn(signed: Uint8Array): Promise<void>;
  /** What a refusal means, before anything was handed in, and of what was. */
  problemOf(refusal: Refusal): Problem;
  problemOfSigned(refusal: Refusal): Problem;
}
