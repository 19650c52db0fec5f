import {
  awardFinalAt, awardStanding, claimableUntil, createTokenAccount, effectiveWallet, refund, refundShare, shareAmounts, terms, veto,
  type Address, type Deposit, type Instruction, type Operator,
} from '@doubloon/escrow';
import { instant, type Found } from './found-deposit.ts';

/** What anybody can send back to the funder now; or why nothing, in words: because it is back already, or because it can't be. */
export type Plan = { readonly kind: 'send'; readonly amount: bigint; readonly instructions: (payer: Address) => Instruction[] } | { readonly kind: 'back' | 'refused'; readonly problem: string };

/**
 * Decides as the program will: all of a deposit that nobody was awarded (or whose award is void, which is cleared away on the
 * way) after deadline and grace; of a final award the shares that nobody could claim in time. Nobody but the payer has to sign.
 */
export function planRefund(found: Found): Plan {
  const { deposit, award, now } = found;
  if (deposit.state === 'refunded' || deposit.state === 'cancelled') return { kind: 'back', problem: 'The money went back to its funder already. Nothing to do.' };
  if (deposit.state === 'paid') return { kind: 'refused', problem: 'The deposit was awarded and paid out: nothing of it is left to send back.' };
  if (award === undefined) return whole(found, []);
  const standing = awardStanding(deposit, award.operator, now);
  if (standing === 'void') return whole(found, [veto({ program: found.program, deposit: found.address, operator: deposit.operator })]);
  return standing === 'final' ? shares(found, award) : { kind: 'refused', problem: `The deposit is awarded, and the award will be final ${instant(finalAt(deposit, award.operator))}: until then only one of its deciders can undo it.` };
}

function whole({ program, address, deposit, now }: Found, before: readonly Instruction[]): Plan {
  const from = deposit.deadline + terms.graceSeconds;
  if (now < from) return { kind: 'refused', problem: `It is too early: by the chain’s clock it is ${instant(now)}, and anybody can send it back from ${instant(from)} on.` };
  return sending(deposit, deposit.amount, [...before, refund({ program, deposit: address, funder: deposit.funder, mint: deposit.mint })]);
}

function shares({ program, address, deposit, now }: Found, { operator, identities }: NonNullable<Found['award']>): Plan {
  const all = deposit.award?.shares ?? [];
  const amounts = shareAmounts(deposit.amount, all.map(({ bps }) => bps));
  const open = all.flatMap(({ githubId, settled }, share) => (settled === undefined ? [{ githubId, share, standing: effectiveWallet(identities[share], operator, now).kind }] : []));
  const until = (deposit.award && claimableUntil(deposit.award, operator)) ?? 0n;
  if (now < until) return { kind: 'refused', problem: `The deposit is awarded: its winners can claim their shares until ${instant(until)}, and what nobody could claim by then can be sent back.` };
  const unclaimed = open.filter(({ standing }) => standing === 'nobody' || standing === 'contested');
  if (unclaimed.length === 0) return { kind: 'refused', problem: 'Every share that is left belongs to somebody with a linked wallet: it is theirs, and anybody can have it paid out.' };
  const { funder, mint } = deposit;
  return sending(deposit, unclaimed.reduce((sum, { share }) => sum + (amounts[share] ?? 0n), 0n),
    unclaimed.map(({ share, githubId }) => refundShare({ program, deposit: address, operator: deposit.operator, funder, share, githubId, mint })));
}

/** A token needs an account of the funder's to go to, which whoever pays makes where there is none. */
const sending = ({ funder, mint }: Deposit, amount: bigint, wishes: readonly Instruction[]): Plan => ({
  kind: 'send', amount,
  instructions: (payer) => (mint === undefined ? [...wishes] : [createTokenAccount({ payer, wallet: funder, mint }), ...wishes]),
});

const finalAt = ({ award }: Deposit, operator: Operator): bigint => (award && awardFinalAt(award, operator)) ?? 0n;
