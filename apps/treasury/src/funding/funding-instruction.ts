import { fundSol, fundToken, parseAddress, type Address, type FundSolTerms, type FundTokenTerms, type Instruction } from '@doubloon/escrow';
import type { OfferRow } from '../offers/offer-row.ts';
import { standard, type Setting } from './terms.ts';

/** With a mint where the amount is tokens. */
export type FundingTerms = FundSolTerms & { readonly mint: Address | undefined };

/** What a deposit for this offer says, byte for byte. `deadline` in unix seconds. */
export function fundingTerms({ program, operator }: Setting, offer: OfferRow, { wallet, deadline }: { wallet: Address; deadline: bigint }): FundingTerms {
  return {
    program, operator, repositoryId: offer.repository_id, issueId: offer.issue_id, funder: wallet, nonce: BigInt(offer.nonce),
    amount: BigInt(offer.amount), deadline, withRelayer: standard.withRelayer, approver: standard.approver,
    mint: offer.mint === null ? undefined : parseAddress(offer.mint),
  };
}

/** The one instruction of ours in a funding transaction. Tokens come from the canonical token account of the funder. */
export const fundingInstruction = ({ mint, ...terms }: FundingTerms): Instruction => (mint === undefined ? fundSol(terms) : fundToken({ ...terms, mint } satisfies FundTokenTerms));
