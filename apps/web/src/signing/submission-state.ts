import { treasury } from '@doubloon/rpc';

/** How far something signed has come. */
export type SubmissionState = 'recorded' | 'sent' | 'confirmed' | 'finalized' | 'expired' | 'failed';

/** The states of the services as pages name them. */
export const submissionStates: Record<treasury.SubmissionState, SubmissionState> = {
  [treasury.SubmissionState.UNSPECIFIED]: 'recorded',
  [treasury.SubmissionState.RECORDED]: 'recorded',
  [treasury.SubmissionState.SENT]: 'sent',
  [treasury.SubmissionState.CONFIRMED]: 'confirmed',
  [treasury.SubmissionState.FINALIZED]: 'finalized',
  [treasury.SubmissionState.EXPIRED]: 'expired',
  [treasury.SubmissionState.FAILED]: 'failed',
};
