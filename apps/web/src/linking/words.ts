import type { IdentityView, LinkStep } from './identity-view.ts';

/** What a state is called, and what it means for payouts. */
export function stateWords({ state }: Pick<IdentityView, 'state'>): { readonly title: string; readonly meaning: string } {
  switch (state) {
    case 'absent':
      return { title: 'No wallet is linked', meaning: 'A payout waits until a wallet is linked and its 72 hours have passed.' };
    case 'cooling':
      return { title: 'Linked, and cooling down', meaning: 'Payouts go to this wallet from the moment below. Until then a link that nobody wanted can still be ended.' };
    case 'linked':
      return { title: 'Linked', meaning: 'Payouts go to this wallet.' };
    case 'changing':
      return { title: 'Changing to another wallet', meaning: 'Another wallet was asked for. Payouts wait until the moment below, and go to it from then on, unless the wallet that is linked now objects.' };
    case 'contested':
      return { title: 'Contested', meaning: 'The linked wallet objected to a change. Payouts wait until both wallets agree, or a newer change has passed its 72 hours without objection.' };
    case 'unlinked':
      return { title: 'No longer linked', meaning: 'A wallet was linked once and is no longer. A payout waits until one is linked again and its 72 hours have passed.' };
  }
}

interface StepWords {
  readonly title: string;
  /** What follows from signing it, before anything is asked of a wallet. */
  readonly consequence: string;
  /** What the button says. */
  readonly sign: string;
}

export const stepWords: Readonly<Record<LinkStep, StepWords>> = {
  link: {
    title: 'Link a wallet',
    consequence: 'Payouts for your GitHub account go to this wallet, beginning 72 hours after linking. The link is public and stays in the history of the chain for ever.',
    sign: 'Sign to link this wallet',
  },
  change: {
    title: 'Change to another wallet',
    consequence: 'The new wallet counts after 72 hours. Until then payouts wait, the wallet that is linked now can object, and no other change can be started. The new wallet signs and pays the network fee.',
    sign: 'Sign to ask for this wallet',
  },
  object: {
    title: 'Object to the change',
    consequence: 'For the wallet that is linked now, when the change was not wanted. Payouts stay paused until both wallets agree or a newer change passes its 72 hours without objection.',
    sign: 'Sign to object',
  },
  settle: {
    title: 'Agree to the change with both wallets',
    consequence: 'Both wallets sign one transaction, one after the other in this browser, and the new one counts at once. The wallet that is linked now signs first and pays the network fee. Have both at hand: the second signature has to follow within about a minute.',
    sign: 'Sign to agree',
  },
  unlink: {
    title: 'End the link',
    consequence: 'The wallet that is linked now ends the link at once, and a change that is under way with it. Payouts wait until a wallet is linked again and its 72 hours have passed; what nobody claims within 90 days goes back to whoever funded it.',
    sign: 'Sign to end the link',
  },
};
