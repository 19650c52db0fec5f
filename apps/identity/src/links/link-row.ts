import { parseAddress, type Address } from '@doubloon/escrow';
import { treasury, type identity, type MessageInitShape } from '@doubloon/rpc';
import { stepNumber, type Step, type StepTerms } from './step.ts';

export type SubmissionState = 'recorded' | 'sent' | 'confirmed' | 'finalized' | 'expired' | 'failed';

/** The terms of a step as they stand in a row; ids and instants are decimal text. */
export interface TermsRow {
  readonly step: Step;
  readonly github_id: string;
  readonly wallet: string;
  readonly other_wallet: string | null;
  readonly attestor: string | null;
  readonly expiry: string | null;
}

export const termsIn = ({ step, wallet, other_wallet: other, attestor, expiry }: TermsRow): StepTerms => ({
  step, wallet: parseAddress(wallet), otherWallet: other === null ? undefined : parseAddress(other),
  attestation: attestor === null || expiry === null ? undefined : { attestor: parseAddress(attestor), expiry: BigInt(expiry) },
});

/** In the order of the columns of both tables. */
export const termsColumns = 'step, github_id, wallet, other_wallet, attestor, expiry';
export const termsValues = (githubId: string, { step, wallet, otherWallet, attestation }: StepTerms): (string | Address | bigint | null)[] =>
  [step, githubId, wallet, otherWallet ?? null, attestation?.attestor ?? null, attestation?.expiry ?? null];

export interface SubmissionRow {
  readonly step: Step;
  readonly signature: string;
  readonly wallet: string;
  readonly state: SubmissionState;
  readonly submitted_at: Date;
  readonly problem: string | null;
}

export const submissionColumns = 'step, signature, wallet, state, submitted_at, problem';

const { SubmissionState: States } = treasury;
const states: Readonly<Record<SubmissionState, treasury.SubmissionState>> = {
  recorded: States.RECORDED, sent: States.SENT, confirmed: States.CONFIRMED, finalized: States.FINALIZED, expired: States.EXPIRED, failed: States.FAILED,
};

export const submissionView = ({ step, signature, wallet, state, submitted_at: at, problem }: SubmissionRow): MessageInitShape<typeof identity.LinkSubmissionSchema> =>
  ({ step: stepNumber(step), signature, wallet, state: states[state], submittedAt: at.toISOString(), problem: problem ?? '' });
