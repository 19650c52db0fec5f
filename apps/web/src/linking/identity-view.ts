/** What a page shows of the link between a GitHub user and a wallet. Instants are RFC 3339 text; what is not there is undefined. */
export interface IdentityView {
  /** GitHub's numeric id, and the login as it was last seen. */
  readonly githubId: string;
  readonly login: string;
  readonly state: 'absent' | 'cooling' | 'linked' | 'changing' | 'contested' | 'unlinked';
  readonly wallet: string | undefined;
  readonly linkedAt: string | undefined;
  readonly paysFrom: string | undefined;
  /** The wallet that is asked for in place of `wallet`. */
  readonly pending: { readonly wallet: string; readonly since: string; readonly from: string } | undefined;
  readonly account: string;
  /** Signature of the transaction that proves the link. */
  readonly proof: string | undefined;
  readonly submission: LinkSubmissionView | undefined;
  readonly cluster: string;
  readonly genesisHash: string;
}

export const linkSteps = ['link', 'change', 'object', 'settle', 'unlink'] as const;

/** A first link, another wallet, the objection of the old one, both agreeing, and the end. */
export type LinkStep = (typeof linkSteps)[number];

export interface LinkSubmissionView {
  readonly step: LinkStep;
  readonly signature: string;
  readonly wallet: string;
  readonly state: 'recorded' | 'sent' | 'confirmed' | 'finalized' | 'expired' | 'failed';
  readonly problem: string;
}

/** What the person agrees to by signing a step. */
export interface LinkTermsView {
  readonly step: LinkStep;
  readonly githubId: string;
  readonly login: string;
  readonly wallet: string;
  /** The linked wallet for a change, and the one that is asked for when both agree. */
  readonly otherWallet: string | undefined;
  readonly account: string;
  readonly cluster: string;
  readonly genesisHash: string;
  readonly program: string;
  /** undefined when the program can no longer be changed by anybody. */
  readonly upgradeAuthority: string | undefined;
  readonly programSha256: string;
  readonly operator: string;
  readonly attestor: string | undefined;
  /** Until when the attestation holds. */
  readonly expiresAt: string | undefined;
  readonly coolDownHours: number;
  /** In SOL, decimal text. */
  readonly networkFee: string;
  readonly rent: string;
}

/** What the server made for somebody to sign. */
export interface BuiltLink {
  /** base64 */
  readonly transaction: string;
  readonly terms: LinkTermsView;
}
