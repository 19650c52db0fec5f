import { readFile } from 'node:fs/promises';
import { parseDenoms } from '@doubloon/domain';
import { parseAddress } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';
import { fail, ok, type Finding } from './finding.ts';

const remedy = 'Correct the reviewed file that DENOMS_FILE names; docs/running.md says what is in it.';
// Of the SPL Token program: 82 bytes, decimals at 44.
const mintSize = 82;
const decimalsAt = 44;

/** Whether the allowlist of denoms is for this cluster, and each mint in it stands on the chain with the decimals it says. */
export async function checkMints(chain: Chain, file: string | undefined, cluster: string): Promise<readonly Finding[]> {
  const check = 'chain.denoms';
  if (file === undefined) return [];
  let allowed: ReturnType<typeof parseDenoms>;
  try {
    allowed = parseDenoms(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    return [fail(check, `The file of DENOMS_FILE can't be used: ${error instanceof Error ? error.message : 'unknown reason'}`, remedy)];
  }
  if (allowed.cluster !== cluster) return [fail(check, `DENOMS_FILE is for ${allowed.cluster}, and TREASURY_CLUSTER says ${cluster}.`, remedy)];
  const tokens = allowed.denoms.flatMap(({ mint, ...denom }) => (mint === null ? [] : [{ ...denom, mint: parseAddress(mint) }]));
  const accounts = tokens.length === 0 ? [] : await chain.accounts(tokens.map(({ mint }) => mint), 'finalized');
  const wrong = tokens.filter(({ decimals, tokenProgram }, index) => {
    const account = accounts[index];
    return account?.owner !== tokenProgram || account.data.length !== mintSize || account.data[decimalsAt] !== decimals;
  });
  if (wrong.length > 0) return wrong.map(({ name, mint, decimals }) => fail(check, `There is no mint of ${name} at ${mint} with ${String(decimals)} decimals on this chain.`, remedy));
  return [ok(check, `${allowed.denoms.map(({ name }) => name).join(', ')} can be offered, and every mint is on the chain.`)];
}
