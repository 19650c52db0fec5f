import { DoubloonError } from '@doubloon/errors';
import type { Address } from '../address.ts';
import type { Chain } from './chain.ts';
import { deployedProgram, type DeployedProgram } from './deployed-program.ts';
import { publishedBuilds } from './published-builds.ts';

/** Where money has a value, only bytes that everybody can build again may hold it. PROGRAM_REFUSED for others on a public cluster. */
export function requirePublished(cluster: string, program: Address, { sha256 }: DeployedProgram, published: readonly string[]): void {
  if (cluster !== 'localnet' && !published.includes(sha256)) throw new DoubloonError('PROGRAM_REFUSED', { program, problem: `its bytes (sha256 ${sha256}) are not those of a published build` });
}

/** What stands behind the program's address, fit to hold money on this cluster. PROGRAM_REFUSED, CHAIN_UNAVAILABLE. */
export async function readProgram(chain: Chain, { program, cluster }: { program: Address; cluster: string }): Promise<DeployedProgram> {
  const deployed = await deployedProgram(chain, program);
  requirePublished(cluster, program, deployed, await publishedBuilds());
  return deployed;
}
