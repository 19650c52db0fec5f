import { formatAmount } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { associatedTokenAddress, compileTransaction, createTokenAccount, memo, parseAddress, parseWallet, reasonOf, refusal, setComputeUnitLimit, setComputeUnitPrice, tokenProgram, type Instruction } from '@doubloon/escrow';
import { networkFee, priorityPrice, roomForGuards, simulationLimit } from '@doubloon/escrow/chain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { depositByAddress, type DepositRow } from '../deposits/deposit-row.ts';
import { checkFunds } from '../funding/funds.ts';
import { tokenAccountBytes } from '../funding/token-account.ts';
import type { Treasury } from '../treasury.ts';
import { isOfShare, judgeStep } from './judge-step.ts';
import { readDeposit } from './read-deposit.ts';
import { readStep, stepView } from './step-view.ts';

const insert = `
  insert into step_build (deposit, step, share, wallet, instruction, blockhash, last_valid_block_height, built_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** An instruction as it is kept in a row. */
export interface KeptInstruction extends Omit<Instruction, 'data'> {
  /** base64 */
  readonly data: string;
}

/** DEPOSIT_ABSENT when none of that address was ever credited. */
export async function existingDeposit(pool: Treasury['pool'], address: string): Promise<DepositRow> {
  const row = await depositByAddress(pool, address);
  if (row === undefined) throw new DoubloonError('DEPOSIT_ABSENT', { deposit: address });
  return row;
}

/**
 * The transaction of a step for whoever signs and pays it, unsigned, and what it means: what the program would take at this
 * moment and nothing else. It opens a token account for who is paid where there is none. Recorded before it is handed out.
 * DEPOSIT_ABSENT, REQUEST_INVALID, WALLET_INVALID, NOTHING_TO_DECIDE, BALANCE_TOO_SMALL, TRANSACTION_REFUSED, CHAIN_UNAVAILABLE.
 */
export async function buildDepositStep(context: Treasury, request: treasury.BuildDepositStepRequest): Promise<MessageInitShape<typeof treasury.BuildDepositStepResponseSchema>> {
  const { pool, chain, facts, program, operator, cluster, now } = context;
  const [wallet, step] = [parseWallet(request.wallet), readStep(request.step)];
  const row = await existingDeposit(pool, request.deposit);
  const known = facts.current();
  const share = isOfShare(step) ? request.share : 0;

  const read = await readDeposit(context, row);
  const judged = judgeStep(step, { ...read.facts, share, identity: read.identities[share] });
  if (judged.kind !== 'possible') throw new DoubloonError('NOTHING_TO_DECIDE', { reason: judged.reason.replace(/\.$/, '') });
  const { by, to, amount } = judged;
  if (by.length > 0 && !by.includes(wallet)) throw new DoubloonError('WALLET_INVALID', { wallet, problem: 'it is none of those whose word it takes' });

  const mint = row.mint === null ? undefined : parseAddress(row.mint);
  const account = mint === undefined || to === undefined || amount === 0n ? undefined : { wallet: to, mint, address: associatedTokenAddress({ wallet: to, mint }).address };
  const instruction = judged.instruct(wallet);
  const writable = instruction.accounts.filter((one) => one.writable).map(({ address }) => address);
  const [{ blockhash, lastValidBlockHeight }, price, empty, tokenRent, [payer, opened]] = await Promise.all([
    chain.latestBlockhash(), priorityPrice(chain, writable), chain.minimumBalance(0), chain.minimumBalance(tokenAccountBytes), chain.accounts([wallet, ...(account === undefined ? [] : [account.address])], 'confirmed'),
  ]);
  // Lamports that a stranger sent there make no token account.
  const opening = account !== undefined && opened?.owner !== tokenProgram ? [createTokenAccount({ payer: wallet, ...account })] : [];
  const rent = opening.length === 0 ? 0n : tokenRent;
  checkFunds(wallet, { balance: payer?.lamports ?? 0n, empty, total: rent + networkFee({ price, limit: simulationLimit }) }, undefined);

  const compile = (limit: number) => compileTransaction({ payer: wallet, blockhash, instructions: [setComputeUnitLimit(limit), setComputeUnitPrice(price), ...opening, instruction, memo(`Doubloon: ${step} of ${row.address}`)] });
  const { error, unitsConsumed } = await chain.simulate(compile(simulationLimit));
  if (error !== undefined) throw refusal('would-fail', reasonOf(error));
  const limit = Math.ceil(Number(unitsConsumed) * 1.2) + roomForGuards;
  const kept: KeptInstruction = { ...instruction, data: Buffer.from(instruction.data).toString('base64') };
  await pool.query(insert, [row.address, step, isOfShare(step) ? share : null, wallet, JSON.stringify(kept), blockhash, lastValidBlockHeight, now()]);
  return {
    transaction: compile(limit),
    terms: {
      step: stepView(step), deposit: row.address, to: to ?? '',
      ...(amount === 0n ? {} : { money: { denom: row.denom, amount: String(amount) }, text: formatAmount(amount, row.decimals) }),
      cluster, program: { address: program, upgradeAuthority: known.program.upgradeAuthority ?? '', sha256: known.program.sha256 },
      operator, mint: row.mint ?? '', networkFee: String(networkFee({ price, limit })), rent: String(rent),
    },
    lastValidBlockHeight: String(lastValidBlockHeight),
  };
}
