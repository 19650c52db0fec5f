import { follow } from '../live/follow.ts';
import { isAlive } from '../signing/progress.ts';
import { Signing } from '../signing/signing.svelte.ts';
import { awardOrder, pathOf, type AwardPage } from './award-order.ts';
import { isOpen } from './deciders.ts';
import type { BountyView, DepositView, StandingView } from './deposit-view.ts';
import { decidingProblem } from './problems.ts';
import type { AwardTermsView, PreviewView } from './split-view.ts';
import { isAtRest, isOver } from './standing.ts';
import type { SubmittedStepView } from './step-view.ts';

/** One visit to the page of an award: the deposits live, the one that is awarded, and how far that has come. */
export class Awarding implements AwardPage {
  bounty: BountyView = $state.raw() as BountyView;
  mine: readonly DepositView[] | undefined = $state.raw();
  chosen: DepositView | undefined = $state.raw();
  terms: AwardTermsView | undefined = $state.raw();
  submitted: SubmittedStepView | undefined = $state.raw();
  /** What this visit has awarded, in order. */
  awarded: readonly DepositView[] = $state.raw([]);
  readonly preview: PreviewView;
  readonly burner: boolean;
  readonly signing: Signing;
  #unfollow: (() => void) | undefined;
  #unfollowSigned: (() => void) | undefined;

  constructor(bounty: BountyView, preview: PreviewView, burner: boolean) {
    this.bounty = bounty;
    this.preview = preview;
    this.burner = burner;
    this.signing = new Signing(awardOrder(this));
  }

  /** The answer ends everything this visit opened. */
  open(): () => void {
    return () => {
      this.signing.close();
      this.#unfollow?.();
      this.#unfollowSigned?.();
    };
  }

  choose(): Promise<void> {
    this.#follow();
    return this.signing.choose();
  }

  /** Goes on with one of the deposits that the wallet decides on. */
  pick(deposit: DepositView): Promise<void> {
    this.chosen = deposit;
    return this.signing.review();
  }

  taken(deposit: DepositView): void {
    this.submitted = undefined;
    this.#follow();
    this.#unfollowSigned?.();
    this.#unfollowSigned = follow<StandingView>(`/refund/${deposit.address}`, (view) => view.submitted?.step === 'award' && isAtRest(view), (view) => this.#reported(view));
  }

  #follow(): void {
    this.#unfollow ??= follow<BountyView>(pathOf(this.bounty), ({ deposits }) => isOver(deposits), (bounty) => this.#changed(bounty));
  }

  #changed(bounty: BountyView): void {
    this.bounty = bounty;
    const { chosen, signing } = this;
    const now = bounty.deposits.find(({ address }) => address === chosen?.address);
    if (now === undefined || isOpen(now) || !this.#maySettle()) return;
    if (signing.problem?.code === 'unsure') signing.wasTaken();
    if (signing.step === 'done') this.awarded = [...this.awarded, now];
    this.chosen = undefined;
    this.submitted = undefined;
    // What is left for this wallet to award; when it is nothing, the page says what was awarded.
    if (signing.step !== 'done' || this.mine?.some((deposit) => deposit.address !== now.address && bounty.deposits.some((one) => one.address === deposit.address && isOpen(one))) === true) void signing.review();
  }

  #maySettle(): boolean {
    return ['connected', 'done'].includes(this.signing.step);
  }

  #reported({ submitted }: StandingView): void {
    if (submitted?.step !== 'award' || this.chosen === undefined) return;
    this.submitted = submitted;
    if (isAlive(submitted.state) || submitted.state === 'finalized') this.signing.wasTaken();
    if (submitted.state === 'expired') this.signing.failed(decidingProblem('blockhash-expired'));
    if (submitted.state === 'failed') this.signing.failed(decidingProblem('failed', submitted.problem));
  }
}
