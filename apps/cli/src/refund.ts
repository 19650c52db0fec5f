import { parseArgs } from 'node:util';
import { formatAmount } from '@doubloon/domain';
import { compileTransaction, decodeDeposit, decodeIdentity, decodeOperator, identityAddress, parseAddress, reasonOf, terms, type Address, type Deposit } from '@doubloon/escrow';
import { DoubloonError } from '@doubloon/errors';
import { deployedProgram, openChain, publishedBuilds, type Chain } from '@doubloon/escrow/chain';
import { checkedUrl } from './checked-url.ts';
import { readSigner } from './key-file.ts';
import { land } from './land.ts';
import { instant, planRefund, type Found, type Plan } from './refund-plan.ts';
import { UsageProblem } from './usage-problem.ts';

const lamportDecimals = 9;
const decimalsAt = 44;

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
  if (payer?.address === deposit.funder) await checkProgram(chain, program);
  const amount = money(plan.amount);
  if (payer !== undefined) {
    await land(chain, plan.instructions(payer.address), [payer], (signature) => { print(`sending    ${signature}`); });
    print(`${amount} went back to ${deposit.funder}, and that is final.`);
    return 0;
  }
  const error = await tryOut(chain, plan, deposit.funder);
  print(error === undefined ? `It would send ${amount} to ${deposit.funder}. Give --keypair FILE to pay the network fee and send it.` : `The chain would refuse it: ${error}`);
  return error === undefined ? 0 : 1;
}

type Sending = Extract<Plan, { kind: 'send' }>;

async function look(chain: Chain, address: Address): Promise<Found | undefined> {
  const account = await chain.account(address, 'confirmed');
  if (account === undefined) return undefined;
  const [program, deposit] = [account.owner, decodeDeposit(account.data)];
  const now = await chain.time();
  if (deposit.award === undefined) return { program, address, deposit, award: undefined, now };
  const { operator } = deposit;
  const identities = deposit.award.shares.map(({ githubId }) => identityAddress({ program, operator, githubId }).address);
  const [keys, ...ofShares] = await chain.accounts([operator, ...identities], 'confirmed');
  const award = {
    operator: decodeOperator(keys?.data ?? new Uint8Array()),
    identities: ofShares.map((one) => (one?.owner === program ? decodeIdentity(one.data) : undefined)),
  };
  return { program, address, deposit, award, now };
}

// Anybody can make an account that looks like a deposit. Its program is given the funder's account, and where the funder
// pays, the funder's signature with it: enough to empty the wallet. Another key gives it nothing but the fee.
async function checkProgram(chain: Chain, program: Address): Promise<void> {
  const { sha256 } = await deployedProgram(chain, program);
  if ((await publishedBuilds()).includes(sha256)) return;
  throw new DoubloonError('PROGRAM_REFUSED', { program, problem: 'it is no published build, and would get the signature of the funder: pay with the key of another wallet' });
}

/** Amounts of a deposit in words. How a token is divided stands in its mint; which token it is only its address tells. */
async function wordsFor(chain: Chain, { mint }: Deposit): Promise<(amount: bigint) => string> {
  if (mint === undefined) return (amount) => `${formatAmount(amount, lamportDecimals)} SOL`;
  const decimals = (await chain.account(mint, 'confirmed'))?.data[decimalsAt];
  return (amount) => (decimals === undefined ? `${amount} base units of the token ${mint}` : `${formatAmount(amount, decimals)} of the token ${mint}`);
}

function describe({ address, program, deposit }: Found, money: (amount: bigint) => string): string[] {
  const { state, amount, funder, repositoryId, issueId, deadline, award } = deposit;
  return [
    `deposit    ${address} of program ${program}`,
    `state      ${state}`,
    `amount     ${money(amount)}`,
    `funder     ${funder}`,
    `issue      ${issueId} in repository ${repositoryId} (GitHub ids)`,
    `deadline   ${instant(deadline)}`,
    ...(award === undefined
      ? [`refundable ${instant(deadline + terms.graceSeconds)}`]
      : award.shares.map(({ githubId, bps, settled }) => `share      ${formatAmount(BigInt(bps), 2)} % to GitHub user ${githubId}${settled === undefined ? '' : `, ${settled}`}`)),
  ];
}

// The funder stands in as payer: nothing is signed, and nobody else's key is known.
async function tryOut(chain: Chain, plan: Sending, funder: Address): Promise<string | undefined> {
  const { blockhash } = await chain.latestBlockhash();
  const { error } = await chain.simulate(compileTransaction({ payer: funder, blockhash, instructions: plan.instructions(funder) }));
  return error === undefined ? undefined : reasonOf(error).message;
}
