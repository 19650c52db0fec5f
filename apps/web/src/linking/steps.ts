import type { IdentityView, LinkStep } from './identity-view.ts';

const bySession: Readonly<Record<IdentityView['state'], readonly LinkStep[]>> = {
  absent: ['link'],
  unlinked: ['link'],
  cooling: ['change'],
  linked: ['change'],
  changing: [],
  contested: ['change'],
};

const byWallet: Readonly<Record<IdentityView['state'], readonly LinkStep[]>> = {
  absent: [],
  unlinked: [],
  cooling: ['unlink'],
  linked: ['unlink'],
  changing: ['object', 'settle', 'unlink'],
  contested: ['settle', 'unlink'],
};

/** What can be signed now: some steps need the person to be signed in as this user, the others only the wallets themselves. */
export const stepsOf = (state: IdentityView['state'], signedIn: boolean): readonly LinkStep[] => [...(signedIn ? bySession[state] : []), ...byWallet[state]];

/** The accounts that sign a step, in order: the first pays. For a first link and a change any account may be the first. */
export function signersOf(step: LinkStep, { wallet, pending }: Pick<IdentityView, 'wallet' | 'pending'>): readonly (string | undefined)[] {
  if (step === 'link' || step === 'change') return [undefined];
  return step === 'settle' ? [wallet, pending?.wallet] : [wallet];
}
