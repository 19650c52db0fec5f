import { parseArgs } from 'node:util';
import { parseAddress, type Address, type Signer } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { checkedUrl } from './checked-url.ts';
import { checkProgram, describe, look, tryOut, wordsFor } from './found-deposit.ts';
import { readSigner } from './key-file.ts';
import { land } from './land.ts';
import { planPayout, type Payment } from './payout-plan.ts';
import { UsageProblem } from './usage-problem.ts';

// More with new token accounts would not fit in one transaction.
const mostTogether = 4;

/**
 * `doubloon payout`: pays the shares of a final award to the wallets that are linked, by the chain alone. Without a key file it
 * only says what it would do; the key pays the network fee and the rent of token accounts that have to be opened, and decides
 * nothing. Answers the exit code: 0 when everything that could be paid is, or would be, 1 when nothing can. Throws
 * `UsageProblem` for flags that can't be used, ACCOUNT_MALFORMED, PROGRAM_REFUSED, TRANSACTION_REFUSED, CHAIN_UNAVAILABLE.
 */
export async function payout(args: readonly string[], print: (line: string) => void): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { deposit: { type: 'string' }, rpc: { type: 'string' }, keypair: { type: 'string' }, share: { type: 'string' } } });
  if (values.deposit === undefined || values.rpc === undefined) throw new UsageProblem('Say which deposit, and the node to ask.');
  if (values.share !== undefined && !/^[0-7]$/.test(values.share)) throw new UsageProblem('A share is a number from 0 to 7.');
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

  const plan = planPayout(found, values.share === undefined ? undefined : Number(values.share));
  if (plan.kind !== 'pay') {
    print(plan.problem);
    return plan.kind === 'over' ? 0 : 1;
  }
  for (const line of plan.waiting) print(line);
  if (plan.payments.length === 0) return 1;
  const told = ({ share, githubId, wallet, amount }: Payment) => `${money(amount)} to ${wallet}, the wallet of GitHub user ${githubId} (share ${String(share)})`;
  return await (payer === undefined ? rehearse(chain, plan.payments, deposit.funder, { told, print }) : pay(chain, plan.payments, { payer, program, told, print }));
}

interface Telling {
  readonly told: (payment: Payment) => string;
  readonly print: (line: string) => void;
}

// The funder stands in as payer: nothing is signed, and nobody else's key is known.
async function rehearse(chain: Chain, payments: readonly Payment[], standIn: Address, { told, print }: Telling): Promise<number> {
  let refused = 0;
  for (const payment of payments) {
    const error = await tryOut(chain, payment.instructions(standIn), standIn);
    print(error === undefined ? `It would send ${told(payment)}.` : `The chain would refuse to send ${told(payment)}: ${error}`);
    if (error !== undefined) refused++;
  }
  print('Give --keypair FILE to pay the network fee, and the rent of token accounts that have to be opened, and send it.');
  return refused === payments.length ? 1 : 0;
}

async function pay(chain: Chain, payments: readonly Payment[], { payer, program, told, print }: Telling & { payer: Signer; program: Address }): Promise<number> {
  for (let at = 0; at < payments.length; at += mostTogether) {
    const some = payments.slice(at, at + mostTogether);
    const instructions = some.flatMap((one) => one.instructions(payer.address));
    await checkProgram(chain, program, { payer: payer.address, instructions });
    await land(chain, instructions, [payer], (signature) => { print(`sending    ${signature}`); });
    for (const one of some) print(`Sent ${told(one)}, and that is final.`);
  }
  return 0;
}
