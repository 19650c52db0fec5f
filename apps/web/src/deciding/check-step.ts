import { cancel, close, createTokenAccount, parseAddress, payout, refund, refundShare, veto, type Address, type Instruction } from '@doubloon/escrow';
import { checkTransaction } from '../signing/check-transaction.ts';
import type { DepositView } from './deposit-view.ts';
import type { PossibleStepView, StepTermsView } from './step-view.ts';

/** What the page showed, and the terms that the server built from it. */
export interface ShownStep {
  readonly deposit: DepositView;
  readonly chosen: PossibleStepView;
  readonly terms: StepTermsView;
  readonly wallet: string;
}

const refunds: ReadonlySet<string> = new Set(['cancel', 'refund', 'refund-share', 'close']);

/** The one call into the escrow program that is shown. Throws ADDRESS_INVALID and its like when it can't be what it says. */
function instructionOf({ deposit, chosen: { step, share, by }, terms, wallet }: ShownStep): Instruction {
  const of = { program: parseAddress(terms.program), deposit: parseAddress(deposit.address), operator: parseAddress(terms.operator), mint: terms.mint === undefined ? undefined : parseAddress(terms.mint) };
  const funder = parseAddress(deposit.funder);
  const decider = parseAddress(wallet);
  const githubId = deposit.award?.shares[share]?.githubId ?? '';
  switch (step) {
    case 'veto':
      // What the end of the relayer's key undid already takes nobody's word.
      return veto({ ...of, ...(by.length === 0 ? {} : { decider }) });
    case 'cancel':
      return cancel({ ...of, funder, decider });
    case 'refund':
      return refund({ ...of, funder });
    case 'refund-share':
      return refundShare({ ...of, funder, share, githubId });
    case 'payout':
      return payout({ ...of, share, githubId, wallet: parseAddress(terms.to ?? '') });
    case 'close':
      return close({ ...of, funder });
  }
}

/** Base units that leave escrow by a step, as the page shows the deposit; undefined when none do. */
function amountOf({ deposit, chosen: { step, share } }: ShownStep): string | undefined {
  if (step === 'veto' || step === 'close') return undefined;
  return step === 'payout' || step === 'refund-share' ? deposit.award?.shares[share]?.amount : deposit.amount;
}

/**
 * Checks, in the browser and before the wallet sees it, that a transaction is the step that the page shows, of that deposit,
 * with its money going where the page says, and nothing else. Answers what differs, in words; undefined when nothing does.
 */
export function checkStep(bytes: Uint8Array, shown: ShownStep): string | undefined {
  const { deposit, chosen, terms, wallet } = shown;
  if (terms.step !== chosen.step || terms.deposit !== deposit.address) return 'what it is for';
  if (refunds.has(chosen.step) && terms.to !== deposit.funder) return 'who gets the money';
  if (terms.amount !== amountOf(shown)) return 'the amount';
  let payer: Address;
  let instruction: Instruction;
  let opening: Instruction | undefined;
  try {
    payer = parseAddress(wallet);
    instruction = instructionOf(shown);
    opening = terms.rent === '0' || terms.mint === undefined || terms.to === undefined ? undefined : createTokenAccount({ payer, wallet: parseAddress(terms.to), mint: parseAddress(terms.mint) });
  } catch {
    return 'its terms';
  }
  return checkTransaction(bytes, { instruction, opening, payer, networkFee: terms.networkFee });
}

/** The terms that are the same each time a step is built: all but what the network asks for. */
const lasting = ['step', 'deposit', 'to', 'amount', 'mint', 'rent', 'genesisHash', 'program', 'upgradeAuthority', 'programSha256', 'operator'] as const satisfies readonly (keyof StepTermsView)[];

/** Whether the terms that were built now are those that the page shows. */
export const sameStepTerms = (shown: StepTermsView, built: StepTermsView): boolean => lasting.every((name) => shown[name] === built[name]);
