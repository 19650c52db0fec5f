import { award, parseAddress, shareAmounts, type Instruction } from '@doubloon/escrow';
import { checkTransaction } from '../signing/check-transaction.ts';
import type { DepositView } from './deposit-view.ts';
import type { AwardTermsView, AwardeeView, SplitView } from './split-view.ts';

/** What the page showed, and the terms that the server built from it. */
export interface ShownAward {
  readonly deposit: DepositView;
  readonly people: readonly AwardeeView[];
  readonly split: SplitView;
  readonly terms: AwardTermsView;
  readonly wallet: string;
}

/** Whether the amounts on the page are those that these basis points of this deposit come to. */
function amountsHold({ deposit, people, split }: ShownAward): boolean {
  const amounts = shareAmounts(BigInt(deposit.amount), people.map(({ bps }) => bps));
  return split.deposit === deposit.address && split.shares.length === people.length
    && split.shares.every(({ githubId, bps, amount }, index) => githubId === people[index]?.githubId && bps === people[index].bps && amount === String(amounts[index]));
}

/**
 * Checks, in the browser and before the wallet sees it, that a transaction awards exactly the shares that the page shows of
 * exactly that deposit, decided by this wallet and, where the page says so, by the relayer, and does nothing else. Answers what
 * differs, in words; undefined when nothing does.
 */
export function checkAward(bytes: Uint8Array, shown: ShownAward): string | undefined {
  const { deposit, people, terms, wallet } = shown;
  if (terms.deposit !== deposit.address || terms.wallet !== wallet || terms.createdSlot !== deposit.createdSlot) return 'the deposit';
  // Without the relayer's signature nothing of a deposit that it has a say in is final at once.
  if (terms.atOnce !== (terms.relayer !== undefined || !deposit.withRelayer)) return 'who decides';
  let instruction: Instruction;
  try {
    if (!amountsHold(shown)) return 'the amounts';
    instruction = award({
      program: parseAddress(terms.program), operator: parseAddress(terms.operator), deposit: parseAddress(deposit.address),
      deciders: [wallet, ...(terms.relayer === undefined ? [] : [terms.relayer])].map(parseAddress),
      createdSlot: BigInt(terms.createdSlot), sequence: BigInt(terms.sequence),
      shares: people.map(({ githubId, bps }) => ({ githubId, bps })),
    });
  } catch {
    return 'its terms';
  }
  const difference = checkTransaction(bytes, { instruction, payer: parseAddress(wallet), networkFee: terms.networkFee });
  return difference === 'what it says' ? 'the people or their shares' : difference;
}

/** The terms that are the same each time an award is built: all but the moments and what the network asks for. */
const lasting = ['deposit', 'wallet', 'createdSlot', 'sequence', 'relayer', 'atOnce', 'genesisHash', 'program', 'upgradeAuthority', 'programSha256', 'operator'] as const satisfies readonly (keyof AwardTermsView)[];

/** Whether the terms that were built now are those that the page shows. */
export const sameAwardTerms = (shown: AwardTermsView, built: AwardTermsView): boolean => lasting.every((name) => shown[name] === built[name]);
