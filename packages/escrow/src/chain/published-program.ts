import { DoubloonError } from '@doubloon/errors';
import type { Address } from '../address.ts';
import type { Chain } from './chain.ts';
import { deployedProgram, type DeployedProgram } from './deployed-program.ts';
import { publishedBuilds } from './published-builds.ts';

/** What may stand behind the program's address. */
interface Published {
  /** sha256 of the builds. */
  readonly builds: readonly string[];
  /** Whoever was announced as able to replace the program; nobody else may be. */
  readonly upgradeAuthority: Address | undefined;
}

/**
 * Where money has a value, only bytes that everybody can build again may hold it, and only who was announced may replace
 * them: PROGRAM_REFUSED for others on a public cluster. A program that is final needs no announcement.
 */
export function requirePublished(cluster: string, program: Address, { sha256, upgradeAuthority }: DeployedProgram, published: Published): void {
  if (cluster === 'localnet') return;
  const refuse = (problem: string) => new DoubloonError('PROGRAM_REFUSED', { program, problem });
  if (!published.builds.includes(sha256)) throw refuse(`its bytes (sha256 ${sha256}) are not those of a published build`);
  if (upgradeAuthority !== undefined && upgradeAuthority !== published.upgradeAuthority) throw refuse(`${upgradeAuthority} can replace it, and is not the upgrade authority that was announced (${published.upgradeAuthority ?? 'none'})`);
}

/** What stands behind the program's address, fit to hold money on this cluster. PROGRAM_REFUSED, CHAIN_UNAVAILABLE. */
export async function readProgram(chain: Chain, { program, cluster, upgradeAuthority }: { program: Address; cluster: string; upgradeAuthority?: Address | undefined }): Promise<DeployedProgram> {
  const deployed = await deployedProgram(chain, program);
  requirePublished(cluster, program, deployed, { builds: await publishedBuilds(), upgradeAuthority });
  return deployed;
}
