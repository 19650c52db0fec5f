import { problemIn, type Problem, type Problems } from './problem.ts';

/** What can go wrong with a wallet, or with what it signed, is the same whatever it is for. */
export const walletProblems = {
  'no-wallet': ['No wallet was found in this browser', 'Install a Solana wallet that supports the Wallet Standard, then come back to this page. Nothing is lost: the link stays valid.', 'Look again'],
  'wallet-refused': ['Your wallet did not sign', 'Nothing was sent and nothing was paid. You can try again whenever you like.', 'Try again'],
  'wallet-silent': ['Your wallet has not answered yet', 'Look for its window; it may be hidden behind this one. Nothing is sent until you sign.', 'Ask again'],
  'wallet-failed': ['Your wallet could not sign this', 'Nothing was sent. Another wallet, or a newer version of this one, may help.', 'Try again'],
  'account-switched': ['Your wallet switched to another account', 'Nothing was sent. Check which account you mean, then go on.', 'Go on with this account', 'stay'],
  'wrong-account': ['Another account signed than the one shown', 'Nothing was sent. Choose the account that is shown, then try again.', 'Try again'],
  'terms-differ': ['The transaction is not what this page shows', 'It was not given to your wallet and nothing was sent. Please tell the operator of this instance.', undefined],
  'our-fault': ['Something went wrong on our side', 'Nothing was sent. Try again in a minute.', 'Try again'],
  unsure: ['We don’t know whether your signed transaction was taken', 'It may be on its way already. Handing in the same one again is safe: it counts once.', 'Hand it in again', 'hand-in'],
} as const satisfies Problems;

export const walletProblem = (code: keyof typeof walletProblems, detail?: string): Problem => problemIn(walletProblems, code, detail);
