import { asking, isAlive, reached, underway } from '../signing/progress.ts';
import type { Step } from '../signing/signing.svelte.ts';
import type { IdentityView } from './identity-view.ts';
import { stateWords } from './words.ts';

/** How many of the stages of a signed transaction the newest step has behind it. */
export const stageOf = ({ submission }: IdentityView): number => (submission === undefined ? 0 : reached[submission.state]);

/** Whether a signed step is on its way and neither final nor lost. */
export const isUnderWay = ({ submission }: IdentityView): boolean => isAlive(submission?.state);

/** One sentence for the live region: where things stand now. */
export function statusOf(identity: IdentityView, step: Step | undefined): string {
  if (isUnderWay(identity)) return underway[stageOf(identity)] ?? '';
  if (step !== undefined && step !== 'start') return asking[step];
  const { title } = stateWords(identity);
  return identity.submission?.state === 'finalized' ? `Final. ${title}.` : '';
}
