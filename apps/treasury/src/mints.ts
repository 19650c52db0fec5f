import { DoubloonError } from '@doubloon/errors';
import type { Denoms } from '@doubloon/domain';
import { parseAddress, tokenProgram as classic, wrappedSol } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';

// Mint of the SPL Token program: 82 bytes, decimals at 44, initialized flag at 45.
const mintSize = 82;
const decimalsAt = 44;
const initializedAt = 45;

/**
 * Compares the allowlist with the chain: genesis hash, and per mint its program and decimals. Mints of another program than
 * the classic one, and wrapped SOL, are none that the escrow program takes. CONFIG_INVALID with every difference.
 */
export async function checkMints(chain: Chain, { genesisHash, denoms }: Denoms, found: string): Promise<void> {
  const problems = genesisHash === undefined || genesisHash === found ? [] : [`DENOMS_FILE is for the chain with genesis hash ${genesisHash}, the node serves ${found}`];
  const tokens = denoms.flatMap(({ name, mint, decimals, tokenProgram }) => (mint === null ? [] : [{ name, mint: parseAddress(mint), decimals, tokenProgram }]));
  const accounts = tokens.length === 0 ? [] : await chain.accounts(tokens.map(({ mint }) => mint), 'finalized');
  for (const [index, { name, mint, decimals, tokenProgram }] of tokens.entries()) {
    const account = accounts[index];
    if (tokenProgram !== classic) problems.push(`${name} is of the token program ${String(tokenProgram)}, and only mints of the classic one, ${classic}, can be put in escrow`);
    else if (mint === wrappedSol) problems.push(`${name} is wrapped SOL, which can't be put in escrow as a token: SOL itself can`);
    else if (account === undefined) problems.push(`the mint of ${name}, ${mint}, is not on this chain`);
    else if (account.owner !== tokenProgram || account.data.length !== mintSize || account.data[initializedAt] !== 1) problems.push(`${mint} is no mint of the token program that DENOMS_FILE names for ${name}`);
    else if (account.data[decimalsAt] !== decimals) problems.push(`the mint of ${name} has ${String(account.data[decimalsAt])} decimals, DENOMS_FILE says ${String(decimals)}`);
  }
  if (problems.length > 0) throw new DoubloonError('CONFIG_INVALID', { problems });
}
