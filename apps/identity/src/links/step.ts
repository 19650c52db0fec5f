import { DoubloonError } from '@doubloon/errors';
import { cancelChange, changeWallet, linkIdentity, settleChange, unlinkIdentity, type Address, type IdentityKey, type Instruction } from '@doubloon/escrow';
import { identity } from '@doubloon/rpc';

const { LinkStep } = identity;

export type Step = 'link' | 'change' | 'cancel-change' | 'settle-change' | 'unlink';

const numbers: Readonly<Record<Step, identity.LinkStep>> = {
  'link': LinkStep.LINK, 'change': LinkStep.CHANGE, 'cancel-change': LinkStep.CANCEL_CHANGE, 'settle-change': LinkStep.SETTLE_CHANGE, 'unlink': LinkStep.UNLINK,
};

export const stepNumber = (step: Step): identity.LinkStep => numbers[step];

/** REQUEST_INVALID for none of them. */
export function stepOf(number: identity.LinkStep): Step {
  const found = (Object.keys(numbers) as Step[]).find((step) => numbers[step] === number);
  if (found === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'there is no such step' });
  return found;
}

/** Whether the attestor vouches in it for the user of a session; the others are for wallets alone. */
export const isAttested = (step: Step): boolean => step === 'link' || step === 'change';

/** What a step says, byte for byte, together with its key. `expiry` in unix seconds. */
export interface StepTerms {
  readonly step: Step;
  /** Who signs and pays. */
  readonly wallet: Address;
  /** The other wallet of a change; only `settle-change` has it sign. */
  readonly otherWallet: Address | undefined;
  /** Where the step is attested. */
  readonly attestation: { readonly attestor: Address; readonly expiry: bigint } | undefined;
}

/** The one instruction of ours in the transaction of a step. */
export function stepInstruction(key: IdentityKey, { step, wallet, otherWallet, attestation }: StepTerms): Instruction {
  const needed = <T>(part: T | undefined): T => {
    if (part === undefined) throw new TypeError(`the terms of ${step} lack a part`);
    return part;
  };
  switch (step) {
    case 'link': return linkIdentity({ ...key, ...needed(attestation), payer: wallet, wallet });
    case 'change': return changeWallet({ ...key, ...needed(attestation), wallet });
    case 'cancel-change': return cancelChange({ ...key, wallet });
    case 'settle-change': return settleChange({ ...key, oldWallet: wallet, newWallet: needed(otherWallet) });
    case 'unlink': return unlinkIdentity({ ...key, wallet });
  }
}

/** LINK_STEP_IMPOSSIBLE, with a reason in words for the person who wants it. */
export const impossible = (step: Step, problem: string, cause?: unknown): DoubloonError => new DoubloonError('LINK_STEP_IMPOSSIBLE', { step, problem }, { cause });
