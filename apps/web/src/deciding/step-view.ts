import type { SubmissionState } from '../signing/submission-state.ts';

/** What somebody can do with a deposit by a wallet of their own, beside awarding it. */
export const depositSteps = ['veto', 'cancel', 'refund', 'refund-share', 'payout', 'close'] as const;
export type DepositStep = (typeof depositSteps)[number];

/** A step that is possible now. `share` counts from 0; `by` is whose signature it takes, empty when anybody’s will do. */
export interface PossibleStepView {
  readonly step: DepositStep;
  readonly share: number;
  readonly by: readonly string[];
}

/** What was submitted last for a deposit, and how far it has come. */
export interface SubmittedStepView {
  readonly step: DepositStep | 'award';
  readonly share: number;
  readonly signature: string;
  readonly wallet: string;
  readonly state: SubmissionState;
  readonly problem: string;
}

/** The program and the chain that signed bytes are for. */
export interface PlaceView {
  readonly cluster: string;
  readonly genesisHash: string;
  readonly program: string;
  /** undefined when the program can no longer be changed by anybody. */
  readonly upgradeAuthority: string | undefined;
  readonly programSha256: string;
  readonly operator: string;
}

/** What the person agrees to by signing a step. */
export interface StepTermsView extends PlaceView {
  readonly step: DepositStep;
  readonly deposit: string;
  /** Who gets the money; undefined for a veto. */
  readonly to: string | undefined;
  /** Base units and text of what leaves escrow; undefined when nothing does. */
  readonly amount: string | undefined;
  readonly text: string | undefined;
  /** undefined for SOL. */
  readonly mint: string | undefined;
  /** In SOL, decimal text. Rent is that of a token account that is opened for whoever is paid. */
  readonly networkFee: string;
  readonly rent: string;
}

export interface BuiltStep {
  /** base64 */
  readonly transaction: string;
  readonly terms: StepTermsView;
}
