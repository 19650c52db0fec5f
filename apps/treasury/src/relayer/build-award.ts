import { DoubloonError } from '@doubloon/errors';
import { award, awardStanding, compileTransaction, keyInForce, memo, parseAddress, parseWallet, reasonOf, refusal, setComputeUnitLimit, setComputeUnitPrice, terms, type Address, type Instruction } from '@doubloon/escrow';
import { checkNode, networkFee, priorityPrice, roomForGuards, simulationLimit } from '@doubloon/escrow/chain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { depositIn } from '../deposits/credit-deposit.ts';
import { depositByAddress, type DepositRow } from '../deposits/deposit-row.ts';
import { checkFunds } from '../funding/funds.ts';
import { bountyOf } from '../offers/offer-row.ts';
import { placeNow } from '../offers/place-now.ts';
import { operatorIn } from '../operator.ts';
import { instant } from '../funding/terms.ts';
import type { Treasury } from '../treasury.ts';
import { authorize, type Deciding } from './decide.ts';
import { readShares, split, splitView, type Share } from './split.ts';
import type { Relaying } from './context.ts';

/** What building and taking awards needs beside the treasury, where this instance has a relayer and somebody to ask. */
export type Seconding = Deciding & Pick<Relaying, 'key'>;

const insert = `
  insert into award_build (deposit, created_slot, sequence, wallet, shares, actor_id, issue_number, blockhash, last_valid_block_height, built_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** The award as a decider signs it; with `relayer` both do. */
export function awardInstruction({ program, operator }: Pick<Treasury, 'program' | 'operator'>, { deposit, createdSlot, sequence, wallet, shares, relayer }: { deposit: Address; createdSlot: bigint; sequence: bigint; wallet: Address; shares: readonly Share[]; relayer: Address | undefined }): Instruction {
  return award({ program, operator, deposit, deciders: [wallet, ...(relayer === undefined ? [] : [relayer])], createdSlot, sequence, shares });
}

/**
 * The award of one deposit for its funder or approver, unsigned. With somebody who may award, the relayer is to sign as well:
 * then it is final at once. Recorded before it is handed out. REQUEST_INVALID, WALLET_INVALID, NOTHING_TO_DECIDE,
 * NOT_AUTHORIZED, BALANCE_TOO_SMALL, TRANSACTION_REFUSED, CHAIN_UNAVAILABLE, SERVICE_UNAVAILABLE.
 */
export async function buildAward(context: Treasury, seconding: Seconding | undefined, request: treasury.BuildAwardRequest): Promise<MessageInitShape<typeof treasury.BuildAwardResponseSchema>> {
  const { pool, chain, facts, program, operator, now } = context;
  const [wallet, shares] = [parseWallet(request.wallet), readShares(request.shares)];
  const row = await decidable(pool, request.deposit, wallet);
  const { problem } = split(row, shares);
  if (problem !== undefined) throw new DoubloonError('NOTHING_TO_DECIDE', { reason: problem.replace(/\.$/, '') });
  const isSeconded = request.actorId !== '';
  const second = isSeconded ? seconder(seconding, row) : undefined;
  if (second !== undefined) await authorizeSecond(second, { row, wallet, shares, actorId: request.actorId, issueNumber: request.issueNumber });

  const address = parseAddress(row.address);
  const [time, { blockhash, lastValidBlockHeight }, price, empty, [operatorAccount, account, payer]] = await Promise.all([chain.time(), chain.latestBlockhash(), priorityPrice(chain, [wallet, address]), chain.minimumBalance(0), chain.accounts([operator, address, wallet], 'confirmed')]);
  await checkNode(context);
  const deposit = account && depositIn(account, program);
  const state = operatorIn(operatorAccount, program);
  if (deposit === undefined || String(deposit.createdSlot) !== row.created_slot || (deposit.state !== 'funded' && awardStanding(deposit, state, time) !== 'void')) throw new DoubloonError('NOTHING_TO_DECIDE', { reason: 'the deposit is awarded, or over' });
  const relayer = second === undefined ? undefined : keyInForce(state, 'relayer', time);
  if (second !== undefined && relayer !== second.key.address) throw new DoubloonError('SERVICE_UNAVAILABLE', { service: 'relayer' });

  const { createdSlot, sequence } = deposit;
  const instruction = awardInstruction(context, { deposit: address, createdSlot, sequence, wallet, shares, relayer });
  const compile = (limit: number) => compileTransaction({ payer: wallet, blockhash, instructions: [setComputeUnitLimit(limit), setComputeUnitPrice(price), instruction, memo(`Doubloon: award of ${row.address}`)] });
  const signatures = relayer === undefined ? 1 : 2;
  checkFunds(wallet, { balance: payer?.lamports ?? 0n, empty, total: networkFee({ price, limit: simulationLimit, signatures }) }, undefined);
  const { error, unitsConsumed } = await chain.simulate(compile(simulationLimit));
  if (error !== undefined) throw refusal('would-fail', reasonOf(error));
  await pool.query(insert, [row.address, createdSlot, sequence, wallet, JSON.stringify(shares), isSeconded ? request.actorId : null, isSeconded ? request.issueNumber : null, blockhash, lastValidBlockHeight, now()]);
  const waits = row.with_relayer && !isSeconded;
  const window = terms.windowSeconds + (keyInForce(state, 'relayer', time) === undefined ? terms.keyActivationSeconds : 0n);
  const limit = Math.ceil(Number(unitsConsumed) * 1.2) + roomForGuards;
  return {
    transaction: compile(limit),
    finalAt: instant(time + (waits ? window : 0n)).toISOString(),
    withRelayer: isSeconded, split: splitView(row, shares), lastValidBlockHeight: String(lastValidBlockHeight),
    terms: {
      cluster: context.cluster, program: { address: program, upgradeAuthority: facts.current().program.upgradeAuthority ?? '', sha256: facts.current().program.sha256 }, operator,
      relayer: relayer ?? '', createdSlot: String(createdSlot), sequence: String(sequence), networkFee: String(networkFee({ price, limit, signatures })),
    },
  };
}

/** The deposit when this wallet is one of those that decide on it. NOTHING_TO_DECIDE, WALLET_INVALID. */
export async function decidable(pool: Treasury['pool'], address: string, wallet: Address): Promise<DepositRow> {
  const row = await depositByAddress(pool, address);
  if (row === undefined) throw new DoubloonError('NOTHING_TO_DECIDE', { reason: 'there is no such deposit' });
  if (row.funder !== wallet && row.approver !== wallet) throw new DoubloonError('WALLET_INVALID', { wallet, problem: 'it neither funded this deposit nor was named as its approver' });
  return row;
}

/** SERVICE_UNAVAILABLE without a relayer here, NOTHING_TO_DECIDE for a deposit that it has no say in. */
export function seconder(seconding: Seconding | undefined, { with_relayer: withRelayer }: DepositRow): Seconding {
  if (!withRelayer) throw new DoubloonError('NOTHING_TO_DECIDE', { reason: 'its funder decides alone, at once' });
  if (seconding === undefined) throw new DoubloonError('SERVICE_UNAVAILABLE', { service: 'relayer' });
  return seconding;
}

/** Asked when it is built, about what it will be when the wallet has signed, and again before the relayer signs. NOT_AUTHORIZED, SERVICE_UNAVAILABLE. */
export async function authorizeSecond(seconding: Seconding, { row, wallet, shares, actorId, issueNumber }: { row: DepositRow; wallet: Address; shares: readonly Share[]; actorId: string; issueNumber: number }): Promise<void> {
  // The number is that of the issue where it is now.
  const place = await placeNow(seconding.pool, bountyOf(row));
  await authorize(seconding, 'award', { source: { ...place, issueNumber }, actorId, funderAwarded: wallet === row.funder, shares, touched: [row] });
}
