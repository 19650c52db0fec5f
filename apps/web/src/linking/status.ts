import type { Step } from '../signing/signing.svelte.ts';
import type { IdentityView, LinkSubmissionView } from './identity-view.ts';
import { stateWords } from './words.ts';

const reached: Record<LinkSubmissionView['state'], number> = { recorded: 1, sent: 2, confirmed: 3, finalized: 4, expired: 0, failed: 0 };

/** How many of the stages of a signed transaction the newest step has behind it. */
export const stageOf = ({ submission }: IdentityView): number => (submission === undefined ? 0 : reached[submission.state]);

/** Whether a signed step is on its way and neither final nor lost. */
export const isUnderWay = ({ submission }: IdentityView): boolean => submission !== undefined && ['recorded', 'sent', 'confirmed'].includes(submission.state);

const asking: Record<Step, string> = {
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

const underway = ['', 'Signed and recorded. Sending it to the network.', 'Sent. Waiting for the network to see it.', 'Seen by the network. Waiting until it is final.'];

/** One sentence for the live region: where things stand now. */
export function statusOf(identity: IdentityView, step: Step | undefined): string {
  if (isUnderWay(identity)) return underway[stageOf(identity)] ?? '';
  if (step !== undefined && step !== 'start') return asking[step];
  const { title } = stateWords(identity);
  return identity.submission?.state === 'finalized' ? `Final. ${title}.` : '';
}
