import { isDoubloonError, type DoubloonError } from '@doubloon/errors';
import { keyInForce, type Address } from '@doubloon/escrow';
import { readProgram, type DeployedProgram } from '@doubloon/escrow/chain';
import { startRounds, type Dependency } from '@doubloon/service';
import type { IdentityContext } from '../context.ts';
import { operatorIn } from './account.ts';

/** What runs at the program's address, as it was last seen. */
export interface KnownFacts extends AsyncDisposable {
  /** PROGRAM_REFUSED from the moment the program was seen to be another than it may be. */
  current(): DeployedProgram;
}

const everyMs = 10_000;
// The program's bytes are read as a whole, and change with an upgrade only.
const programEveryMs = 10 * 60_000;

type Looking = Pick<IdentityContext, 'chain' | 'cluster' | 'program' | 'operator' | 'attestors' | 'now' | 'log'> & {
  /** Whoever was announced as able to replace the program. */
  readonly upgradeAuthority?: Address | undefined;
};

/**
 * Reads the program before it resolves, then again in the background, and with it whether the attestor in force is one
 * of ours: without that nobody can link. An outage leaves what was seen standing. Rejects with CHAIN_UNAVAILABLE, PROGRAM_REFUSED.
 */
export async function keepFacts(context: Looking, { health, attestorHealth, inForce }: { health: Dependency; attestorHealth: Dependency; inForce: (isOurs: boolean) => void }): Promise<KnownFacts> {
  const { chain, cluster, program, operator, attestors, now, log } = context;
  const read = () => readProgram(chain, { program, cluster: cluster.name, upgradeAuthority: context.upgradeAuthority });
  let known = { program: await read(), at: now().getTime() };
  let refused: DoubloonError | undefined;

  const round = async (): Promise<void> => {
    try {
      if (now().getTime() - known.at > programEveryMs) known = { program: await read(), at: now().getTime() };
      refused = undefined;
    } catch (error) {
      if (isDoubloonError(error, 'PROGRAM_REFUSED')) refused = error;
      throw error;
    }
    const [time, account] = [await chain.time(), await chain.account(operator, 'confirmed')];
    const key = keyInForce(operatorIn(account, context), 'attestor', time);
    const isOurs = attestors.some(({ address }) => address === key);
    inForce(isOurs);
    if (isOurs) attestorHealth.up();
    else attestorHealth.down(key === undefined ? 'disabled' : 'another key is in force');
  };
  const rounds = startRounds({ name: 'chain facts', everyMs, log, health, round });
  const current = (): DeployedProgram => {
    if (refused !== undefined) throw refused;
    return known.program;
  };
  return { current, [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose]() };
}
