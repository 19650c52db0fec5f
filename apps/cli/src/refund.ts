import { parseArgs } from 'node:util';
import { parseAddress } from '@doubloon/escrow';
import { openChain } from '@doubloon/escrow/chain';
import { checkedUrl } from './checked-url.ts';
import { checkProgram, describe, look, tryOut, wordsFor } from './found-deposit.ts';
import { readSigner } from './key-file.ts';
import { land } from './land.ts';
import { planRefund } from './refund-plan.ts';
import { UsageProblem } from './usage-problem.ts';

/**
 * `doubloon refund`: sends back to its funder what nobody earned of a deposit, or could claim of its award, by the chain
 * alone. Without a key file it only says what it would do; the key pays the network fee and decides nothing. Answers the
 * exit code: 0 when the money is back or would go back, 1 when it can't. Throws `UsageProblem` for flags that can't be
 * used, ACCOUNT_MALFORMED for an account that is no deposit, PROGRAM_REFUSED, TRANSACTION_REFUSED, CHAIN_UNAVAILABLE.
 */
export async function refund(args: readonly string[], print: (line: string) => void): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { deposit: { type: 'string' }, rpc: { type: 'string' }, keypair: { type: 'string' } } });
  if (values.deposit === undefined || values.rpc === undefined) throw new UsageProblem('Say which deposit, and the node to ask.');
  const address = parseAddress(values.deposit);
  const payer = values.keypair === undefined ? undefined : await readSigner(values.keypair);
  await using chain = openChain({ rpcUrl: checkedUrl(values.rpc) });

  const found = await look(chain, address);
  if (found === undefined) {
    print(`There is no account at ${address} on this chain: the deposit was closed, or it is on another cluster.`);
    return 1;
  }
  const { deposit, program } = found;
  const money = await wordsFor(chain, deposit);
  for (const line of describe(found, money)) print(line);

  const plan = planRefund(found);
  if (plan.kind !== 'send') {
    print(plan.problem);
    return plan.kind === 'back' ? 0 : 1;
  }
  const amount = money(plan.amount);
  if (payer !== undefined) {
    const instructions = plan.instructions(payer.address);
    await checkProgram(chain, program, { payer: payer.address, instructions });
    await land(chain, instructions, [payer], (signature) => { print(`sending    ${signature}`); });
    print(`${amount} went back to ${deposit.funder}, and that is final.`);
    return 0;
  }
  // Nobody else's key is known.
  const error = await tryOut(chain, plan.instructions(deposit.funder), deposit.funder);
  print(error === undefined ? `It would send ${amount} to ${deposit.funder}. Give --keypair FILE to pay the network fee and send it.` : `The chain would refuse it: ${error}`);
  return error === undefined ? 0 : 1;
}
