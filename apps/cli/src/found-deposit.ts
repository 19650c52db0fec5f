import { formatAmount } from '@doubloon/domain';
import { compileTransaction, decodeDeposit, decodeIdentity, decodeOperator, identityAddress, reasonOf, terms, type Address, type Deposit, type Identity, type Instruction, type Operator } from '@doubloon/escrow';
import { DoubloonError } from '@doubloon/errors';
import { deployedProgram, publishedBuilds, type Chain } from '@doubloon/escrow/chain';

const lamportDecimals = 9;
const decimalsAt = 44;

/** All that a decision about a deposit needs, as the chain has it now. */
export interface Found {
  readonly program: Address;
  readonly address: Address;
  readonly deposit: Deposit;
  /** Of an awarded deposit: its operator account, and what stands at the identity of each share. */
  readonly award: { readonly operator: Operator; readonly identities: readonly (Identity | undefined)[] } | undefined;
  /** Unix seconds by the chain's clock. */
  readonly now: bigint;
}

/** Unix seconds as RFC 3339. */
export const instant = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();

/** The deposit at an address with all that it depends on; `undefined` where there is no account. ACCOUNT_MALFORMED for one that is no deposit. */
export async function look(chain: Chain, address: Address): Promise<Found | undefined> {
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

/**
 * Whether a program may get the signature of whoever pays. Anybody can make an account that looks like a deposit: its program is
 * given the accounts of an instruction, and where the payer is one of them, their signature with it, which is enough to empty
 * the wallet. A payer that is named nowhere gives it nothing but the fee. PROGRAM_REFUSED.
 */
export async function checkProgram(chain: Chain, program: Address, { payer, instructions }: { payer: Address; instructions: readonly Instruction[] }): Promise<void> {
  if (!instructions.some((one) => one.program === program && one.accounts.some(({ address }) => address === payer))) return;
  const { sha256 } = await deployedProgram(chain, program);
  if ((await publishedBuilds()).includes(sha256)) return;
  throw new DoubloonError('PROGRAM_REFUSED', { program, problem: 'it is no published build, and would get the signature of whoever pays: pay with the key of a wallet that gets nothing of it' });
}

/** Amounts of a deposit in words. How a token is divided stands in its mint; which token it is only its address tells. */
export async function wordsFor(chain: Chain, { mint }: Deposit): Promise<(amount: bigint) => string> {
  if (mint === undefined) return (amount) => `${formatAmount(amount, lamportDecimals)} SOL`;
  const decimals = (await chain.account(mint, 'confirmed'))?.data[decimalsAt];
  return (amount) => (decimals === undefined ? `${amount} base units of the token ${mint}` : `${formatAmount(amount, decimals)} of the token ${mint}`);
}

/** What a deposit is, in lines. */
export function describe({ address, program, deposit }: Found, money: (amount: bigint) => string): string[] {
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

/** Why the chain would not take instructions, in words; `payer` only stands in: nothing is signed. */
export async function tryOut(chain: Chain, instructions: readonly Instruction[], payer: Address): Promise<string | undefined> {
  const { blockhash } = await chain.latestBlockhash();
  const { error } = await chain.simulate(compileTransaction({ payer, blockhash, instructions }));
  return error === undefined ? undefined : reasonOf(error).message;
}
