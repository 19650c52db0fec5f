import type { ConnectedWallet } from '../wallets/standard-wallets.ts';
import { followOffer } from './follow.ts';
import type { OfferView, TermsView } from './offer-view.ts';
import { post, Refused } from './post.ts';
import { problem, problemOf, problemOfSigned, type Problem } from './problems.ts';

/** Where the person is between opening the page and the signed transaction being on its way; from there the offer itself tells. */
export type Step = 'start' | 'choosing' | 'connecting' | 'connected' | 'building' | 'signing' | 'submitting';

const silentAfterMs = 30_000;

interface Built {
  readonly transaction: string;
  readonly deposit: string;
  readonly deadline: string;
  readonly terms: TermsView;
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const base64Of = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** One visit to the fund page: the steps of signing, what went wrong, and the offer as the treasury sees it live. */
export class FundingSession {
  offer: OfferView = $state.raw() as OfferView;
  step: Step = $state('start');
  problem: Problem | undefined = $state.raw();
  wallets: readonly string[] = $state.raw([]);
  address: string | undefined = $state();
  /** Whether this visit signed: only then the person is taken back to the issue. */
  signedHere = $state(false);
  /** When the deposit that is being signed ends, RFC 3339: it is counted from the moment the transaction was built. */
  deadline: string | undefined = $state();
  faucet: 'ready' | 'asking' | 'filled' | 'failed' = $state('ready');

  readonly #terms: TermsView;
  readonly #burner: boolean;
  #wallet: ConnectedWallet | undefined;
  #unwatch: (() => void) | undefined;
  #unfollow: (() => void) | undefined;
  #unlisten: (() => void) | undefined;
  /** What was handed in and may have been taken, base64. */
  #signed: string | undefined;
  // A wallet that answers after the person went on must not be believed: each attempt has its number.
  #attempt = 0;

  constructor(offer: OfferView, terms: TermsView, burner: boolean) {
    this.offer = offer;
    this.#terms = terms;
    this.#burner = burner;
  }

  /** Called once the page runs in a browser; the answer ends everything this visit opened. */
  open(): () => void {
    if (this.offer.state === 'submitted') this.#follow();
    return () => {
      this.#attempt += 1;
      this.#unwatch?.();
      this.#unfollow?.();
      this.#unlisten?.();
    };
  }

  /** Loads the wallet code, which the page leaves out until somebody wants it, and lists the wallets. */
  async choose(): Promise<void> {
    if (this.step !== 'start' && this.step !== 'choosing') return;
    this.step = 'choosing';
    this.problem = undefined;
    const { watchWallets } = await import('../wallets/standard-wallets.ts');
    if (this.#burner) (await import('../wallets/burner.ts')).offerBurner();
    this.#unwatch?.();
    this.#unwatch = watchWallets((names) => {
      this.wallets = names;
      if (this.step === 'choosing' && this.problem?.code !== 'account-switched') this.problem = names.length === 0 ? problem('no-wallet') : undefined;
    });
    this.#follow();
  }

  async connect(name: string): Promise<void> {
    if (this.step !== 'choosing') return;
    const attempt = this.#begin('connecting');
    try {
      const { connectWallet } = await import('../wallets/standard-wallets.ts');
      const wallet = await this.#patient(connectWallet(name, this.#burner ? 'solana:localnet' : `solana:${this.#terms.cluster.replace('mainnet-beta', 'mainnet')}`));
      if (attempt !== this.#attempt) return;
      if (wallet === undefined) return this.#fail('choosing', problem('wallet-failed'));
      this.#wallet = wallet;
      this.address = wallet.address;
      this.step = 'connected';
      this.#unlisten?.();
      this.#unlisten = wallet.onSwitch((address) => this.#switched(address));
    } catch {
      if (attempt === this.#attempt) this.#fail('choosing', problem('wallet-refused'));
    }
  }

  /** Builds, shows to the wallet, and submits. Does nothing while one of these is under way, so a double click is one click. */
  async sign(): Promise<void> {
    const wallet = this.#wallet;
    if (wallet === undefined || this.step !== 'connected') return;
    const attempt = this.#begin('building');
    const path = `/fund/${this.offer.id}`;
    try {
      const built = await post<Built>(`${path}/prepare`, { wallet: wallet.address });
      const { checkFunding, paidByAnother } = await import('./check-funding.ts');
      const unsigned = bytesOf(built.transaction);
      if (attempt !== this.#attempt) return;
      if (built.terms.genesisHash !== this.#terms.genesisHash) return this.#fail('connected', problem('wrong-cluster'));
      const difference = checkFunding(unsigned, { offer: this.offer, terms: this.#terms, deadline: built.deadline, deposit: built.deposit, wallet: wallet.address });
      if (difference !== undefined) return this.#fail('connected', problem('terms-differ', `It differs in: ${difference}.`));

      this.deadline = built.deadline;
      this.step = 'signing';
      const signed = await this.#patient(wallet.sign(unsigned)).catch(() => undefined);
      if (attempt !== this.#attempt) return;
      if (signed === undefined) return this.#fail('connected', problem('wallet-refused'));
      if (paidByAnother(signed, wallet.address)) return this.#fail('connected', problem('wrong-account'));

      await this.#handIn(base64Of(signed), attempt);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#fail('connected', error instanceof Refused ? problemOf(error.refusal) : problem('our-fault'));
    }
  }

  /** The same bytes twice are one transaction: whoever does not know whether they were taken hands them in again. */
  async #handIn(signed: string, attempt: number): Promise<void> {
    this.step = 'submitting';
    this.problem = undefined;
    this.#signed = signed;
    try {
      await post(`/fund/${this.offer.id}/submit`, { transaction: signed });
      if (attempt !== this.#attempt) return;
      this.signedHere = true;
      this.#follow();
      this.step = 'connected';
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#fail('connected', error instanceof Refused ? problemOfSigned(error.refusal) : problem('unsure'));
    }
  }

  /** Goes on from a problem in the way its button says. */
  async again(): Promise<void> {
    const code = this.problem?.code;
    this.problem = undefined;
    if (code === 'wrong-cluster' || code === 'not-open') return location.reload();
    if (this.step === 'choosing' || this.step === 'connecting') {
      this.#attempt += 1;
      this.step = 'choosing';
      return this.choose();
    }
    if (code === 'account-switched') return;
    if (code === 'unsure' && this.#signed !== undefined) return this.#handIn(this.#signed, ++this.#attempt);
    this.#attempt += 1;
    this.step = 'connected';
    return this.sign();
  }

  async fill(): Promise<void> {
    if (this.faucet === 'asking' || this.address === undefined) return;
    this.faucet = 'asking';
    this.faucet = await post(`/fund/${this.offer.id}/faucet`, { wallet: this.address }).then(
      () => 'filled' as const,
      () => 'failed' as const,
    );
    if (this.problem?.code === 'balance-too-small') this.problem = undefined;
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
      if (attempt === this.#attempt) this.problem = problem('wallet-silent');
    }, silentAfterMs);
    return asked.finally(() => clearTimeout(timer));
  }

  #switched(address: string | undefined): void {
    if (address === this.address) return;
    this.#attempt += 1;
    this.address = undefined;
    this.#wallet = undefined;
    this.#fail('choosing', problem('account-switched'));
  }

  #follow(): void {
    this.#unfollow ??= followOffer(`/fund/${this.offer.id}`, (offer) => this.#changed(offer));
  }

  #changed(offer: OfferView): void {
    const before = this.offer;
    this.offer = offer;
    const { submission } = offer;
    // It was taken after all.
    if (this.problem?.code === 'unsure' && offer.state !== 'offered') this.problem = undefined;
    if (submission?.signature !== before.submission?.signature || submission?.state === before.submission?.state) return;
    if (submission?.state === 'expired') this.#fail('connected', problem('blockhash-expired'));
    if (submission?.state === 'failed') this.#fail('connected', problem('failed', submission.problem));
  }
}
