import { awardFinalAt, awardStanding, createTokenAccount, effectiveWallet, payout, pendingChange, shareAmounts, terms, type Address, type Identity, type Instruction, type Operator } from '@doubloon/escrow';
import { instant, type Found } from './found-deposit.ts';

/** A share that anybody can have paid now. Whoever pays the fee also opens the token account of the winner, where there is none. */
export interface Payment {
  readonly share: number;
  readonly githubId: string;
  readonly wallet: Address;
  /** Base units. */
  readonly amount: bigint;
  readonly instructions: (payer: Address) => Instruction[];
}

/** What can be paid, and why other shares can't, in words; or why nothing can be: because all is settled, or because of the award. */
export type PayoutPlan = { readonly kind: 'pay'; readonly payments: readonly Payment[]; readonly waiting: readonly string[] } | { readonly kind: 'over' | 'refused'; readonly problem: string };

/** Decides as the program will, about one share (from 0) or all of them. Nobody but the payer has to sign. */
export function planPayout({ program, address, deposit, award, now }: Found, only?: number): PayoutPlan {
  const all = deposit.award?.shares ?? [];
  if (deposit.state === 'refunded' || deposit.state === 'cancelled') return { kind: 'over', problem: 'The money went back to its funder. Nothing to do.' };
  if (deposit.state === 'paid') return { kind: 'over', problem: 'Every share was settled already. Nothing to do.' };
  if (award === undefined || deposit.award === undefined) return { kind: 'refused', problem: 'The deposit is not awarded: nobody can be paid of it.' };
  if (only !== undefined && only >= all.length) return { kind: 'refused', problem: `There is no share ${String(only)}: the award has ${String(all.length)}, counted from 0.` };
  const { operator, identities } = award;
  const standing = awardStanding(deposit, operator, now);
  if (standing === 'void') return { kind: 'refused', problem: 'The award is void, because the key that made it was disabled before it was final: nobody can be paid of it.' };
  if (standing !== 'final') return { kind: 'refused', problem: `The award will be final ${instant(awardFinalAt(deposit.award, operator) ?? 0n)}: by the chain’s clock it is ${instant(now)}.` };

  const amounts = shareAmounts(deposit.amount, all.map(({ bps }) => bps));
  const { mint } = deposit;
  const [payments, waiting]: [Payment[], string[]] = [[], []];
  for (const [share, { githubId, settled }] of all.entries()) {
    if (only !== undefined && share !== only) continue;
    const who = effectiveWallet(identities[share], operator, now);
    if (settled !== undefined) waiting.push(`Share ${String(share)} was ${settled} already.`);
    else if (who.kind !== 'wallet') waiting.push(`Share ${String(share)} waits: ${whyNot(who.kind, identities[share], operator)}`);
    else {
      const { wallet } = who;
      const pay = payout({ program, deposit: address, operator: deposit.operator, share, githubId, wallet, mint });
      payments.push({ share, githubId, wallet, amount: amounts[share] ?? 0n, instructions: (payer) => (mint === undefined ? [pay] : [createTokenAccount({ payer, wallet, mint }), pay]) });
    }
  }
  return { kind: 'pay', payments, waiting };
}

function whyNot(kind: 'nobody' | 'waiting' | 'contested', identity: Identity | undefined, operator: Operator): string {
  if (kind === 'nobody' || identity === undefined) return 'its winner has linked no wallet.';
  if (kind === 'contested') return 'the wallet of its winner is disputed.';
  const pending = pendingChange(identity, operator);
  return `the ${pending === undefined ? 'link' : 'new wallet'} of its winner counts from ${instant((pending?.since ?? identity.linkedAt) + terms.coolDownSeconds)} on.`;
}
