import { follow } from '../live/follow.ts';
import { Signing } from '../signing/signing.svelte.ts';
import type { IdentityView, LinkStep, LinkTermsView } from './identity-view.ts';
import { firstOrder, secondOrder, type LinkPage } from './link-order.ts';
import { linkProblem } from './problems.ts';
import { isUnderWay } from './status.ts';
import { signersOf } from './steps.ts';

/** One visit to the page of a link: what it says live, the step that was chosen, and who signs it. */
export class Linking implements LinkPage {
  identity: IdentityView = $state.raw() as IdentityView;
  /** What the person chose to do, until it is done. */
  step: LinkStep | undefined = $state();
  terms: LinkTermsView | undefined = $state.raw();
  signing: Signing | undefined = $state.raw();
  /** Which of the signers is asked. */
  turn = $state(0);
  readonly burner: boolean;
  #unfollow: (() => void) | undefined;

  constructor(identity: IdentityView, burner: boolean) {
    this.identity = identity;
    this.burner = burner;
  }

  /** Called once the page runs in a browser; the answer ends everything this visit opened. */
  open(): () => void {
    if (isUnderWay(this.identity)) this.#follow();
    return () => {
      this.signing?.close();
      this.#unfollow?.();
    };
  }

  choose(step: LinkStep): void {
    this.leave();
    this.step = step;
    const [first, second] = signersOf(step, this.identity);
    const both = step === 'settle';
    this.signing = new Signing(firstOrder(this, step, first, both ? (signed) => this.#askSecond(step, second, signed) : undefined));
  }

  /** Back to the choice of what to do. What is under way stays so. */
  leave(): void {
    this.signing?.close();
    this.signing = undefined;
    this.step = undefined;
    this.terms = undefined;
    this.turn = 0;
  }

  taken(): void {
    this.#follow();
  }

  #askSecond(step: LinkStep, expected: string | undefined, signedOnce: Uint8Array): Promise<void> {
    this.signing?.close();
    this.turn = 1;
    this.signing = new Signing(secondOrder(this, step, expected, signedOnce));
    return this.signing.choose();
  }

  #follow(): void {
    this.#unfollow?.();
    this.#unfollow = follow<IdentityView>(`/identity/id/${this.identity.githubId}`, (view) => !isUnderWay(view), (view) => this.#changed(view));
  }

  #changed(view: IdentityView): void {
    this.identity = view;
    const { submission } = view;
    if (submission?.state === 'expired') this.signing?.failed(linkProblem('blockhash-expired'));
    else if (submission?.state === 'failed') this.signing?.failed(linkProblem('failed', submission.problem));
    else if (submission?.state === 'finalized' && this.signing?.step === 'done') this.leave();
  }
}
