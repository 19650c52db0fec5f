import {
  award, cancel, changeWallet, close, identityAddress, decodeIdentity, decodeOperator, linkIdentity, payout, refund, refundShare, shareAmounts, terms as limits, veto,
  type Address, type FundSolTerms, type Identity, type Instruction, type Operator, type Signer,
} from '../src/index.ts';
import { newSigner, openEscrow, sol, type Escrow, type Outcome } from './virtual-machine.ts';

/** GitHub user ids. */
export const ada = '583231';
export const grace = '9919';

export interface Share { readonly githubId: string; readonly bps: number }

export const whole = (githubId: string): Share[] => [{ githubId, bps: 10_000 }];

/** What each party does, by a signature of its own and sound in every other way. */
export function openParties(options: Parameters<typeof openEscrow>[0] = {}) {
  const escrow = openEscrow(options);
  const { program, operator } = escrow;
  const approver = newSigner();

  const operatorNow = (): Operator => decodeOperator(escrow.account(operator)?.data ?? new Uint8Array());
  const identities = new Map<string, Address>();
  function identityOf(githubId: string): Address {
    const known = identities.get(githubId) ?? identityAddress({ program, operator, githubId }).address;
    identities.set(githubId, known);
    return known;
  }
  function identity(githubId: string): Identity | undefined {
    const account = escrow.account(identityOf(githubId));
    return account && decodeIdentity(account.data);
  }

  function award_(deposit: Address, deciders: readonly Signer[], shares: readonly Share[] = whole(ada)): Instruction {
    const { createdSlot, sequence } = escrow.deposit(deposit);
    return award({ program, deposit, operator, deciders: deciders.map(({ address }) => address), createdSlot, sequence, shares });
  }

  function linking(githubId: string, wallet: Signer, attestor: Signer = escrow.attestor, expiry = escrow.now() + 300n): Instruction {
    return linkIdentity({ program, operator, githubId, payer: escrow.payer.address, attestor: attestor.address, wallet: wallet.address, expiry });
  }

  return {
    ...escrow,
    approver,
    operatorNow,
    identityOf,
    identity,
    awarding: award_,
    linking,
    decide: (deposit: Address, deciders: readonly Signer[], shares?: readonly Share[]): Outcome => escrow.send([award_(deposit, deciders, shares)], ...deciders),
    vetoBy: (deposit: Address, decider?: Signer): Outcome => escrow.send([veto({ program, deposit, operator, ...(decider && { decider: decider.address }) })], ...(decider ? [decider] : [])),
    link: (githubId: string, wallet: Signer = newSigner(), attestor?: Signer): { wallet: Signer; outcome: Outcome } => ({ wallet, outcome: escrow.send([linking(githubId, wallet, attestor)], attestor ?? escrow.attestor, wallet) }),
    change: (githubId: string, wallet: Signer, attestor: Signer = escrow.attestor): Outcome =>
      escrow.send([changeWallet({ program, operator, githubId, attestor: attestor.address, wallet: wallet.address, expiry: escrow.now() + 300n })], attestor, wallet),
    pay: (deposit: Address, share: number, githubId: string, wallet: Address): Outcome => escrow.send([payout({ program, deposit, operator, share, githubId, wallet })]),
    cancelBy: (deposit: Address, decider: Signer, funder: Address = escrow.funder.address): Outcome => escrow.send([cancel({ program, deposit, operator, funder, decider: decider.address })], decider),
    giveBack: (deposit: Address, funder: Address = escrow.funder.address): Outcome => escrow.send([refund({ program, deposit, funder })]),
    giveBackShare: (deposit: Address, share: number, githubId: string, funder: Address = escrow.funder.address): Outcome => escrow.send([refundShare({ program, deposit, operator, funder, share, githubId })]),
    end: (deposit: Address, funder: Address = escrow.funder.address): Outcome => escrow.send([close({ program, deposit, funder })]),
    wait: (seconds: bigint): void => { escrow.setTime(escrow.now() + seconds); },
    amounts: (amount: bigint, shares: readonly Share[]) => shareAmounts(amount, shares.map(({ bps }) => bps)),
  };
}

export type Parties = ReturnType<typeof openParties>;

export const { windowSeconds: window, coolDownSeconds: coolDown, claimSeconds: claim, graceSeconds: grace72, lingerSeconds: linger, keyActivationSeconds: week } = limits;

/** A deposit of 2 SOL with all three deciders, and Ada linked long enough to be paid. */
export function openAwardable(change: Partial<FundSolTerms> = {}, options?: Parameters<typeof openEscrow>[0]) {
  const parties = openParties(options);
  const { wallet } = parties.link(ada);
  parties.wait(coolDown);
  const { address: deposit, terms } = parties.fund({ approver: parties.approver.address, ...change });
  return { parties, deposit, terms, wallet, amount: change.amount ?? 2n * sol };
}

export type { Escrow };
