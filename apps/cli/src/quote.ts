import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { formatAmount, parseAmount, parseDenoms, type Denom } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { depositLayout, minimumAmount, rentReserve } from '@doubloon/escrow';
import { openChain } from '@doubloon/escrow/chain';
import { checkedUrl } from './checked-url.ts';
import { UsageProblem } from './usage-problem.ts';

const sol: Denom = { name: 'sol', mint: null, decimals: 9, tokenProgram: null, issuer: 'Solana' };
const signatureFee = 5_000n;
/** An account of the token program. */
const vaultBytes = 165;

/**
 * `doubloon quote`: what an amount costs to put in escrow, asked of the chain alone, as one line of JSON. Lamports and base
 * units are decimal strings; the amount is in the total when it is SOL. Answers the exit code 0; throws `UsageProblem` for flags that
 * can't be used, and AMOUNT_INVALID, AMOUNT_TOO_SMALL, DENOM_UNKNOWN, CHAIN_UNAVAILABLE.
 */
export async function quote(args: readonly string[], print: (line: string) => void): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { denom: { type: 'string' }, amount: { type: 'string' }, rpc: { type: 'string' }, denoms: { type: 'string' } } });
  const { denom: name, amount: text, rpc, denoms: file } = values;
  if (name === undefined || text === undefined || rpc === undefined) throw new UsageProblem('Say which denom, how much of it, and the node to ask.');
  const known = file === undefined ? [sol] : parseDenoms(JSON.parse(await readFile(file, 'utf8'))).denoms;
  const denom = known.find((one) => one.name === name);
  if (denom === undefined) throw new DoubloonError('DENOM_UNKNOWN', { denom: name });
  const read = parseAmount(text, denom.decimals);
  if (!read.ok) throw new DoubloonError('AMOUNT_INVALID', { text, reason: read.reason });

  await using chain = openChain({ rpcUrl: checkedUrl(rpc) });
  const [empty, deposit, vault] = await Promise.all([chain.minimumBalance(0), chain.minimumBalance(depositLayout.size), chain.minimumBalance(vaultBytes)]);
  const isSol = denom.mint === null;
  const minimum = minimumAmount(empty);
  if (isSol && read.amount < minimum) throw new DoubloonError('AMOUNT_TOO_SMALL', { amount: String(read.amount), minimum: String(minimum) });
  const rent = rentReserve(depositLayout.size, deposit) + (isSol ? 0n : rentReserve(vaultBytes, vault));
  print(JSON.stringify({
    denom: denom.name, amount: String(read.amount), text: formatAmount(read.amount, denom.decimals),
    networkFee: String(signatureFee), rent: String(rent), totalLamports: String((isSol ? read.amount : 0n) + rent + signatureFee),
  }));
  return 0;
}
