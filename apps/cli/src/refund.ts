import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatAmount } from '@doubloon/domain';
import {
  compileTransaction, createTokenAccount, customErrorOf, decodeDeposit, parseAddress, programErrorOf, programErrors, refund as refundInstruction, signerFromKeypair, signTransaction, terms, transactionSignature,
  type Address, type Deposit, type Instruction, type Signer,
} from '@doubloon/escrow';
import { DoubloonError } from '@doubloon/errors';
import { deployedProgram, openChain, publishedBuilds, type Chain } from '@doubloon/escrow/chain';
import { checkedUrl } from './checked-url.ts';
import { UsageProblem } from './usage-problem.ts';

const lamportDecimals = 9;
const sendEveryMs = 2_000;

/**
 * `doubloon refund`: sends a deposit that nobody earned back to its funder, by the chain alone. Without a key file it only
 * says what it would do; the key pays the network fee and decides nothing. Answers the exit code: 0 when the money is back
 * or would go back, 1 when it can't. Throws `UsageProblem` for flags that can't be used, ACCOUNT_MALFORMED for an account
 * that is no deposit, PROGRAM_REFUSED, CHAIN_UNAVAILABLE.
 */
export async function refund(args: readonly string[], print: (line: string) => void, pauseMs = sendEveryMs): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { deposit: { type: 'string' }, rpc: { type: 'string' }, keypair: { type: 'string' } } });
  if (values.deposit === undefined || values.rpc === undefined) throw new UsageProblem('Say which deposit, and the node to ask.');
  const address = parseAddress(values.deposit);
  const payer = values.keypair === undefined ? undefined : await readKey(values.keypair);
  await using chain = openChain({ rpcUrl: checkedUrl(values.rpc) });

  const account = await chain.account(address, 'confirmed');
  if (account === undefined) {
    print(`There is no account at ${address} on this chain: the deposit was closed, or it is on another cluster.`);
    return 1;
  }
  const program = account.owner;
  const deposit = decodeDeposit(account.data);
  for (const line of describe(address, program, deposit)) print(line);

  if (deposit.state === 'refunded') {
    print('The money went back to its funder already. Nothing to do.');
    return 0;
  }
  const problem = deposit.state === 'funded' ? waitOf(deposit, await chain.time()) : `The deposit is ${deposit.state}: it can’t be refunded.`;
  if (problem !== undefined) {
    print(problem);
    return 1;
  }
  if (payer?.address === deposit.funder) await checkProgram(chain, program);
  // Awaited here: the chain is closed when this function is left.
  if (payer !== undefined) return await send(chain, { program, address, deposit, payer }, print, pauseMs);
  const error = await tryOut(chain, { program, address, deposit });
  print(error === undefined ? `It would send ${moneyOf(deposit)} to ${deposit.funder}. Give --keypair FILE to pay the network fee and send it.` : `The chain would refuse it: ${error}`);
  return error === undefined ? 0 : 1;
}

// Anybody can make an account that looks like a deposit. Its program is given the funder's account, and where the funder
// pays, the funder's signature with it: enough to empty the wallet. Another key gives it nothing but the fee.
async function checkProgram(chain: Chain, program: Address): Promise<void> {
  const { sha256 } = await deployedProgram(chain, program);
  if ((await publishedBuilds()).includes(sha256)) return;
  throw new DoubloonError('PROGRAM_REFUSED', { program, problem: 'it is no published build, and would get the signature of the funder: pay with the key of another wallet' });
}

async function readKey(file: string): Promise<Signer> {
  let bytes: unknown;
  try {
    bytes = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new UsageProblem('The key file can’t be read as JSON.', { cause });
  }
  if (!Array.isArray(bytes) || !bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)) throw new UsageProblem('The key file is not a JSON array of bytes, as solana-keygen writes it.');
  return signerFromKeypair(Uint8Array.from(bytes as number[]));
}

// A token's decimals stand in its mint, and which token it is only its address tells.
const moneyOf = ({ amount, mint }: Deposit): string => (mint === undefined ? `${formatAmount(amount, lamportDecimals)} SOL` : `${amount} base units of ${mint}`);

/** A token needs an account of the funder's to go to, which whoever pays makes where there is none. */
function refunding({ program, address, deposit: { funder, mint }, payer }: { program: Address; address: Address; deposit: Deposit; payer: Address }): Instruction[] {
  const back = refundInstruction({ program, deposit: address, funder, mint });
  return mint === undefined ? [back] : [createTokenAccount({ payer, wallet: funder, mint }), back];
}

function describe(address: Address, program: Address, deposit: Deposit): string[] {
  const { state, funder, repositoryId, issueId, deadline } = deposit;
  return [
    `deposit    ${address} of program ${program}`,
    `state      ${state}`,
    `amount     ${moneyOf(deposit)}`,
    `funder     ${funder}`,
    `issue      ${issueId} in repository ${repositoryId} (GitHub ids)`,
    `deadline   ${instant(deadline)}`,
    `refundable ${instant(deadline + terms.graceSeconds)}`,
  ];
}

const instant = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();

function waitOf({ deadline }: Deposit, now: bigint): string | undefined {
  const from = deadline + terms.graceSeconds;
  if (now >= from) return undefined;
  return `It is too early: by the chain’s clock it is ${instant(now)}, and anybody can send it back from ${instant(from)} on.`;
}

// The funder stands in as payer: nothing is signed, and nobody else's key is known.
async function tryOut(chain: Chain, { program, address, deposit }: { program: Address; address: Address; deposit: Deposit }): Promise<string | undefined> {
  const { blockhash } = await chain.latestBlockhash();
  const { error } = await chain.simulate(compileTransaction({ payer: deposit.funder, blockhash, instructions: refunding({ program, address, deposit, payer: deposit.funder }) }));
  return error === undefined ? undefined : sentenceOf(error);
}

function sentenceOf(error: unknown): string {
  const custom = customErrorOf(error);
  const ours = custom && programErrorOf(custom.number);
  return ours === undefined ? JSON.stringify(error) : programErrors[ours][1];
}

async function send(chain: Chain, { program, address, deposit, payer }: { program: Address; address: Address; deposit: Deposit; payer: Signer }, print: (line: string) => void, pauseMs: number): Promise<number> {
  const { blockhash, lastValidBlockHeight } = await chain.latestBlockhash();
  const signed = signTransaction(compileTransaction({ payer: payer.address, blockhash, instructions: refunding({ program, address, deposit, payer: payer.address }) }), [payer]);
  const signature = transactionSignature(signed);
  print(`sending    ${signature}`);
  for (;;) {
    // The height before the status: what was not seen by then can no longer land.
    const height = await chain.blockHeight('finalized');
    const [status] = await chain.signatureStatuses([signature], { searchHistory: height > lastValidBlockHeight });
    if (status?.commitment === 'finalized') {
      print(status.error === undefined ? `${moneyOf(deposit)} went back to ${deposit.funder}, final in slot ${String(status.slot)}.` : `The chain refused it: ${sentenceOf(status.error)}`);
      return status.error === undefined ? 0 : 1;
    }
    if (status === undefined && height > lastValidBlockHeight) {
      print('The network did not take it in time. Nothing happened; run the command again.');
      return 1;
    }
    if (status === undefined) await chain.send(signed);
    await sleep(pauseMs);
  }
}
