import { award, awardStanding, cancel, createTokenAccount, keyInForce, terms, veto, type Address, type Deposit, type Identity, type Instruction, type Operator } from '@doubloon/escrow';
import { judgeStep, type StepName } from '../steps/judge-step.ts';
import type { IntentRow } from './intent-row.ts';
import { vetoedBefore } from './veto-before-award.ts';

/** What the chain says that matters to an intent. */
export interface Facts {
  readonly program: Address;
  readonly operatorAddress: Address;
  readonly operator: Operator;
  readonly relayer: Address;
  /** Unix seconds of the chain's clock. */
  readonly time: bigint;
  /** The deposit that the intent is about; `undefined` when its account is gone, or another one stands there. */
  readonly deposit: Deposit | undefined;
  /** Of the user that its share is for. */
  readonly identity: Identity | undefined;
  /** Whether the canonical token account of the wallet that is to be paid is there. */
  readonly hasTokenAccount: boolean;
}

/** What to do about an intent. `never` and `later` say why, fit to show. `opens` is the wallet that a token account is opened for. */
export type Verdict =
  | { readonly kind: 'do'; readonly instructions: readonly Instruction[]; readonly opens?: { readonly wallet: Address; readonly mint: Address } }
  | { readonly kind: 'done' }
  | { readonly kind: 'never' | 'later'; readonly problem: string };

const done: Verdict = { kind: 'done' };
const never = (problem: string): Verdict => ({ kind: 'never', problem });
const later = (problem: string): Verdict => ({ kind: 'later', problem });

/**
 * Whether an intent has come true, can, can't any more, or has to wait. It judges by the deposit's account alone, so that it
 * is the same after a crash, and whoever did what.
 */
export function judgeIntent(intent: IntentRow, facts: Facts): Verdict {
  const { deposit, operatorAddress } = facts;
  if (deposit !== undefined && deposit.operator !== operatorAddress) return never('It is a deposit of another operator.');
  switch (intent.action) {
    case 'award': return judgeAward(intent, facts);
    case 'veto': return judgeVeto(intent, facts);
    case 'cancel': return judgeCancel(intent, facts);
    case 'payout': case 'refund': case 'refund-share': case 'close': return judgeStepOf(intent, intent.action, facts);
  }
}

const notInForce = later('The relayer’s key is not the one in force on the chain; its operator has to look.');
const inForce = ({ operator, relayer, time }: Facts): boolean => keyInForce(operator, 'relayer', time) === relayer;
const address = (intent: IntentRow): Address => intent.deposit as Address;

function judgeAward(intent: IntentRow, facts: Facts): Verdict {
  const { program, operatorAddress, operator, relayer, time, deposit } = facts;
  if (deposit === undefined) return never('The deposit is over.');
  // Until then what stands may be the award that is to be undone.
  if (intent.waits) return later('A veto of an earlier award of it is on its way.');
  const shares = intent.shares ?? [];
  if (String(deposit.sequence) !== intent.sequence) {
    const found = deposit.award?.shares ?? [];
    const isSame = found.length === shares.length && shares.every(({ githubId, bps }, index) => found[index]?.githubId === githubId && found[index]?.bps === bps);
    return isSame && awardStanding(deposit, operator, time) !== 'void' ? done : never('Something else was decided on the deposit meanwhile.');
  }
  if (intent.vetoed) return never(vetoedBefore);
  if (!deposit.withRelayer) return never('Its funder decides alone.');
  if (deposit.vetoed) return never('An earlier award of it was vetoed: two have to decide now, its funder or approver among them.');
  if (deposit.state !== 'funded' && awardStanding(deposit, operator, time) !== 'void') return never('It is awarded, or over.');
  if (time >= deposit.deadline + terms.graceSeconds) return never('The time in which it could be awarded is over.');
  if (!inForce(facts)) return notInForce;
  return { kind: 'do', instructions: [award({ program, deposit: address(intent), operator: operatorAddress, deciders: [relayer], createdSlot: deposit.createdSlot, sequence: deposit.sequence, shares })] };
}

function judgeVeto(intent: IntentRow, facts: Facts): Verdict {
  const { program, operatorAddress, operator, relayer, time, deposit } = facts;
  if (deposit === undefined) return never('The deposit is over.');
  const standing = awardStanding(deposit, operator, time);
  if (standing === 'final' || deposit.endedAt !== undefined) return never('The award is final.');
  if (intent.waits && deposit.sequence < BigInt(intent.sequence)) return later('The award that it is about is on its way.');
  // What was to be undone is, or never came.
  if (standing === 'none' || String(deposit.sequence) !== intent.sequence) return done;
  if (standing === 'void') return { kind: 'do', instructions: [veto({ program, deposit: address(intent), operator: operatorAddress })] };
  if (!inForce(facts)) return notInForce;
  return { kind: 'do', instructions: [veto({ program, deposit: address(intent), operator: operatorAddress, decider: relayer })] };
}

function judgeCancel(intent: IntentRow, facts: Facts): Verdict {
  const { program, operatorAddress, relayer, deposit } = facts;
  if (deposit === undefined || deposit.state === 'cancelled' || deposit.state === 'refunded') return done;
  if (deposit.state !== 'funded') return never('It is awarded.');
  if (!deposit.withRelayer) return never('Its funder decides alone.');
  if (!inForce(facts)) return notInForce;
  return { kind: 'do', instructions: [cancel({ program, deposit: address(intent), operator: operatorAddress, funder: deposit.funder, decider: relayer, mint: deposit.mint })] };
}

/** What comes by itself is judged as for anybody who does it by themselves. */
function judgeStepOf(intent: IntentRow, step: StepName, { hasTokenAccount, relayer, ...facts }: Facts): Verdict {
  const judged = judgeStep(step, { ...facts, address: address(intent), share: intent.share ?? 0 });
  if (judged.kind === 'done') return done;
  if (judged.kind !== 'possible') return never(judged.reason);
  const instruction = judged.instruct(relayer);
  const mint = facts.deposit?.mint;
  if (step !== 'payout' || mint === undefined || judged.to === undefined || hasTokenAccount) return { kind: 'do', instructions: [instruction] };
  const opens = { wallet: judged.to, mint };
  return { kind: 'do', instructions: [createTokenAccount({ payer: relayer, ...opens }), instruction], opens };
}
