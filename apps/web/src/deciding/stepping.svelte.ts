import { follow } from '../live/follow.ts';
import { isAlive } from '../signing/progress.ts';
import { Signing } from '../signing/signing.svelte.ts';
import type { DepositView, StandingView } from './deposit-view.ts';
import { decidingProblem } from './problems.ts';
import { isAtRest, isUnderWay } from './standing.ts';
import { stepOrder, type StepPage } from './step-order.ts';
import type { PossibleStepView, StepTermsView } from './step-view.ts';

/** One visit to what can be done with a deposit: how it stands live, the step that was chosen, and who signs it. */
export class Stepping implements StepPage {
  standing: StandingView = $state.raw() as StandingView;
  chosen: PossibleStepView | undefined = $state.raw();
  terms: StepTermsView | undefined = $state.raw();
  signing: Signing | undefined = $state.raw();
  readonly burner: boolean;
  #unfollow: (() => void) | undefined;

  constructor(standing: StandingView, burner: boolean) {
    this.standing = standing;
    this.burner = burner;
  }

  get deposit(): DepositView {
    return this.standing.deposit;
  }

  get cluster(): string {
    return this.standing.cluster;
  }

  /** Called once the page runs in a browser; the answer ends everything this visit opened. */
  open(): () => void {
    if (isUnderWay(this.standing)) this.#follow();
    return () => {
      this.signing?.close();
      this.#unfollow?.();
    };
  }

  choose(step: PossibleStepView): void {
    this.leave();
    this.chosen = step;
    this.signing = new Signing(stepOrder(this, step));
  }

  /** Back to the choice of what to do. What is under way stays so. */
  leave(): void {
    this.signing?.close();
    this.signing = undefined;
    this.chosen = undefined;
    this.terms = undefined;
  }

  taken(): void {
    this.#follow();
  }

  #follow(): void {
    this.#unfollow?.();
    this.#unfollow = follow<StandingView>(`/refund/${this.deposit.address}`, isAtRest, (view) => this.#changed(view));
  }

  #changed(view: StandingView): void {
    this.standing = view;
    const { submitted } = view;
    if (isAlive(submitted?.state)) this.signing?.wasTaken();
    if (submitted?.state === 'expired') this.signing?.failed(decidingProblem('blockhash-expired'));
    else if (submitted?.state === 'failed') this.signing?.failed(decidingProblem('failed', submitted.problem));
    else if (isAtRest(view) && this.signing?.step === 'done') this.leave();
  }
}
