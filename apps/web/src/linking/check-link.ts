import { cancelChange, changeWallet, identityAddress, linkIdentity, parseAddress, settleChange, unlinkIdentity, type Address, type Instruction } from '@doubloon/escrow';
import { checkTransaction } from '../signing/check-transaction.ts';
import type { LinkTermsView } from './identity-view.ts';

/** The one call into the escrow program that the terms describe. Throws ADDRESS_INVALID when they can't be what they say. */
function instructionOf({ step, program, operator, githubId, wallet, otherWallet, attestor, expiresAt }: LinkTermsView): Instruction {
  const key = { program: parseAddress(program), operator: parseAddress(operator), githubId, wallet: parseAddress(wallet) };
  const attested = () => ({ attestor: parseAddress(attestor ?? ''), expiry: BigInt(Date.parse(expiresAt ?? '')) / 1000n });
  switch (step) {
    case 'link':
      return linkIdentity({ ...key, ...attested(), payer: key.wallet });
    case 'change':
      return changeWallet({ ...key, ...attested() });
    case 'object':
      return cancelChange(key);
    case 'settle':
      return settleChange({ ...key, oldWallet: key.wallet, newWallet: parseAddress(otherWallet ?? '') });
    case 'unlink':
      return unlinkIdentity(key);
  }
}

/**
 * Checks, in the browser and before the wallet sees it, that a transaction is the step that the page shows, for that
 * GitHub user and wallet, and nothing else. Answers what differs, in words; undefined when nothing does.
 */
export function checkLink(bytes: Uint8Array, terms: LinkTermsView): string | undefined {
  let instruction: Instruction;
  let account: Address;
  try {
    instruction = instructionOf(terms);
    account = identityAddress({ program: parseAddress(terms.program), operator: parseAddress(terms.operator), githubId: terms.githubId }).address;
  } catch {
    return 'its terms';
  }
  if (account !== terms.account) return 'the accounts it touches';
  return checkTransaction(bytes, { instruction, payer: parseAddress(terms.wallet), networkFee: terms.networkFee });
}

/** The terms that are the same each time a step is built: all but when the attestation ends, and what the network asks for. */
const lasting = ['step', 'githubId', 'wallet', 'otherWallet', 'account', 'genesisHash', 'program', 'upgradeAuthority', 'programSha256', 'operator', 'attestor', 'coolDownHours', 'rent'] as const satisfies readonly (keyof LinkTermsView)[];

/** Whether the terms that were built now are those that the page shows. */
export const sameTerms = (shown: LinkTermsView, built: LinkTermsView): boolean => lasting.every((name) => shown[name] === built[name]);
