import type { Step } from './signing.svelte.ts';
import type { SubmissionState } from './submission-state.ts';

/** How many of the stages of a signed transaction each state has behind it. */
export const reached: Readonly<Record<SubmissionState, number>> = { recorded: 1, sent: 2, confirmed: 3, finalized: 4, expired: 0, failed: 0 };

/** Whether something signed is on its way and neither final nor lost. */
export const isAlive = (state: SubmissionState | undefined): boolean => state === 'recorded' || state === 'sent' || state === 'confirmed';

/** What the live region says while a person and a wallet are at it. */
export const asking: Readonly<Record<Step, string>> = {
  start: '',
  choosing: 'Choose a wallet.',
  connecting: 'Waiting for your wallet to connect. Look for its window.',
  reviewing: 'Wallet connected. Working out what you would sign.',
  connected: 'Wallet connected. Nothing happens until you sign.',
  building: 'Preparing the transaction.',
  signing: 'Waiting for your signature. Look for your wallet’s window.',
  submitting: 'Signed. Handing it in.',
  done: 'Signed and recorded. Sending it to the network.',
};

/** What it says by the stages that are reached. */
export const underway: readonly string[] = ['', 'Signed and recorded. Sending it to the network.', 'Sent. Waiting for the network to see it.', 'Seen by the network. Waiting until it is final.', 'Final. Reading what stands now.'];
