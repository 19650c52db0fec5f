/** What the fund page shows of an offer. Amounts are decimal text for people; everything that is signed stands as exact text too. */
export interface OfferView {
  readonly id: string;
  readonly state: 'offered' | 'submitted' | 'funded' | 'replaced' | 'withdrawn' | 'expired' | 'refunded' | 'paid' | 'closed';
  readonly issue: { readonly repositoryId: string; readonly issueId: string; readonly repository: string; readonly number: number; readonly title: string; readonly url: string };
  readonly offeredBy: string;
  readonly denom: string;
  /** Base units, decimal. */
  readonly amount: string;
  /** Canonical decimal text, for example 0.5 */
  readonly text: string;
  /** The comment the offer stands in: where the person goes back to. */
  readonly sourceUrl: string;
  readonly expiresAt: string;
  /** Path of the page of the offer that stands in its place. */
  readonly replacedBy: string | undefined;
  readonly submission: SubmissionView | undefined;
  readonly deposit: DepositView | undefined;
}

export interface SubmissionView {
  readonly signature: string;
  readonly wallet: string;
  readonly state: 'recorded' | 'sent' | 'confirmed' | 'finalized' | 'expired' | 'failed';
  readonly problem: string;
}

export interface DepositView {
  readonly address: string;
  readonly funder: string;
  readonly deadline: string;
  readonly signature: string;
  readonly withRelayer: boolean;
}

/** What the person agrees to by signing. */
export interface TermsView {
  readonly cluster: string;
  readonly genesisHash: string;
  readonly program: string;
  /** undefined when the program can no longer be changed by anybody. */
  readonly upgradeAuthority: string | undefined;
  readonly programSha256: string;
  readonly operator: string;
  /** undefined for SOL. */
  readonly mint: string | undefined;
  readonly currency: string;
  readonly issuer: string;
  readonly deadline: string;
  readonly graceHours: number;
  readonly windowHours: number;
  readonly withRelayer: boolean;
  readonly approver: string | undefined;
  /** In SOL, decimal text. */
  readonly networkFee: string;
  readonly rent: string;
}
