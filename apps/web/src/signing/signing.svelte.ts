import { Refused } from './post.ts';
import type { ConnectedWallet } from '../wallets/standard-wallets.ts';
import type { Order } from './order.ts';
import type { Problem } from './problem.ts';
import { walletProblem } from './wallet-problems.ts';

/** Where the person is between opening the page and the signed transaction being on its way. */
export type Step = 'start' | 'choosing' | 'connecting' | 'reviewing' | 'connected' | 'building' | 'signing' | 'submitting' | 'done';

const silentAfterMs = 30_000;

/** One signature: the steps of a person and a wallet, and what went wrong. */
export class Signing {
  step: Step = $state('start');
  problem: Problem | undefined = $state.raw();
  wallets: readonly string[] = $state.raw([]);
  address: string | undefined = $state();

  readonly #order: Order;
  #wallet: ConnectedWallet | undefined;
  #unwatch: (() => void) | undefined;
  #unlisten: (() => void) | undefined;
  #reviewed = false;
  /** What was handed in and may have been taken. */
  #signed: Uint8Array | undefined;
  // A wallet that answers after the person went on must not be believed: each attempt has its number.
  #attempt = 0;

  constructor(order: Order) {
    this.#order = order;
  }

  /** Whether something is under way that a click would only disturb. */
  get busy(): boolean {
    return ['connecting', 'reviewing', 'building', 'signing', 'submitting'].includes(this.step);
  }

  close(): void {
    this.#attempt += 1;
    this.#unwatch?.();
    this.#unlisten?.();
  }

  /** Loads the wallet code, which the page leaves out until somebody wants it, and lists the wallets. */
  async choose(): Promise<void> {
    if (this.step !== 'start' && this.step !== 'choosing') return;
    this.step = 'choosing';
    this.problem = undefined;
    const { watchWallets } = await import('../wallets/standard-wallets.ts');
    if (this.#order.burner) (await import('../wallets/burner.ts')).offerBurner();
    this.#unwatch?.();
    this.#unwatch = watchWallets((names) => {
      this.wallets = names;
      if (this.step === 'choosing' && this.problem?.code !== 'account-switched') this.problem = names.length === 0 ? walletProblem('no-wallet') : undefined;
    });
  }

  async connect(name: string): Promise<void> {
    if (this.step !== 'choosing') return;
    const attempt = this.#begin('connecting');
    try {
      const { connectWallet } = await import('../wallets/standard-wallets.ts');
      const { burner, cluster } = this.#order;
      const wallet = await this.#patient(connectWallet(name, burner ? 'solana:localnet' : `solana:${cluster.replace('mainnet-beta', 'mainnet')}`));
      if (attempt !== this.#attempt) return;
      if (wallet === undefined) return this.#fail('choosing', walletProblem('wallet-failed'));
      this.#wallet = wallet;
      this.address = wallet.address;
      this.#unlisten?.();
      this.#unlisten = wallet.onSwitch((address) => this.#switched(address));
    } catch {
      if (attempt === this.#attempt) this.#fail('choosing', walletProblem('wallet-refused'));
      return;
    }
    await this.review();
  }

  /** Builds, shows to the wallet, and hands in. Does nothing while one of these is under way, so a double click is one click. */
  async sign(): Promise<void> {
    const wallet = this.#wallet;
    if (wallet === undefined || this.step !== 'connected') return;
    const attempt = this.#begin('building');
    await this.#refusable(attempt, async () => {
      const unsigned = await this.#order.build(wallet.address);
      if (attempt !== this.#attempt) return;
      if (!(unsigned instanceof Uint8Array)) return this.#fail('connected', unsigned);
      this.step = 'signing';
      const signed = await this.#patient(wallet.sign(unsigned)).catch(() => undefined);
      if (attempt !== this.#attempt) return;
      if (signed === undefined) return this.#fail('connected', walletProblem('wallet-refused'));
      if (await this.#order.signedByAnother(signed, wallet.address)) return this.#fail('connected', walletProblem('wrong-account'));
      await this.#handIn(signed, attempt);
    });
  }

  /** Goes on from a problem in the way its button says. */
  async again(): Promise<void> {
    const way = this.problem?.way;
    this.problem = undefined;
    if (way === 'reload') return location.reload();
    if (this.step === 'start' || this.step === 'choosing' || this.step === 'connecting') {
      this.#attempt += 1;
      this.step = 'choosing';
      return this.choose();
    }
    if (way === 'stay') return;
    if (way === 'choose') return this.#reconsider();
    if (way === 'hand-in' && this.#signed !== undefined) return this.#handIn(this.#signed, ++this.#attempt);
    this.#attempt += 1;
    this.step = 'connected';
    return this.#reviewed ? this.sign() : this.review();
  }

  /** Says that what was signed came to nothing: it can be signed again. */
  failed(shown: Problem): void {
    if (this.step === 'done') this.#fail('connected', shown);
    else if (this.step === 'start') this.problem = shown;
  }

  /** What was handed in with an answer that got lost is on its way. */
  wasTaken(): void {
    if (this.problem?.code !== 'unsure') return;
    this.problem = undefined;
    this.step = 'done';
  }

  /** Goes on when `code` is what stood in the way: it was solved elsewhere. */
  solved(code: string): void {
    if (this.problem?.code !== code) return;
    this.problem = undefined;
    if (!this.#reviewed) void this.review();
  }

  #reconsider(): Promise<void> {
    this.#attempt += 1;
    this.#wallet = undefined;
    this.address = undefined;
    this.step = 'choosing';
    return this.choose();
  }

  /** Shows again what the connected account would sign, or has yet to choose. */
  async review(): Promise<void> {
    const account = this.address;
    if (account === undefined) return;
    const attempt = this.#begin('reviewing');
    this.#reviewed = false;
    await this.#refusable(attempt, async () => {
      const against = await this.#order.review(account);
      if (attempt !== this.#attempt) return;
      if (against !== undefined) return this.#fail('connected', against);
      this.#reviewed = true;
      this.step = 'connected';
    });
  }

  /** The same bytes twice are one transaction: whoever does not know whether they were taken hands them in again. */
  async #handIn(signed: Uint8Array, attempt: number): Promise<void> {
    this.step = 'submitting';
    this.problem = undefined;
    this.#signed = signed;
    try {
      await this.#order.handIn(signed);
      if (attempt === this.#attempt) this.step = 'done';
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#fail('connected', error instanceof Refused ? this.#order.problemOfSigned(error.refusal) : walletProblem('unsure'));
    }
  }

  async #refusable(attempt: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#fail('connected', error instanceof Refused ? this.#order.problemOf(error.refusal) : walletProblem('our-fault'));
    }
  }

  #begin(step: Step): number {
    this.step = step;
    this.problem = undefined;
    return ++this.#attempt;
  }

  #fail(step: Step, shown: Problem): void {
    this.step = step;
    this.problem = shown;
  }

  /** Says so when the wallet takes long, and keeps waiting: the person may be reading. */
  async #patient<T>(asked: Promise<T>): Promise<T> {
    const attempt = this.#attempt;
    const timer = setTimeout(() => {
      if (attempt === this.#attempt) this.problem = walletProblem('wallet-silent');
    }, silentAfterMs);
    return asked.finally(() => clearTimeout(timer));
  }

  #switched(address: string | undefined): void {
    // What is signed stays signed, whoever is chosen in the wallet then.
    if (address === this.address || this.step === 'submitting' || this.step === 'done') return;
    this.#attempt += 1;
    this.address = undefined;
    this.#wallet = undefined;
    this.#fail('choosing', walletProblem('account-switched'));
  }
}
