import { isDoubloonError, type DoubloonError } from '@doubloon/errors';
import { depositLayout, minimumAmount, rentReserve, type Address } from '@doubloon/escrow';
import { priorityPrice, type Chain, type DeployedProgram } from '@doubloon/escrow/chain';
import { startRounds, type Dependency, type Logger } from '@doubloon/service';
import { tokenAccountBytes } from './funding/token-account.ts';

/** What pages show and quotes add up, as last seen: good for reading; what is signed is built from fresh answers. */
export interface ChainFacts {
  readonly program: DeployedProgram;
  /** Lamports a deposit takes besides its amount, and gives back when it closes. */
  readonly rent: bigint;
  /** Lamports the vault of a token deposit takes on top of that, and gives back with it. */
  readonly vaultRent: bigint;
  /** Lamports; the smallest amount of a SOL deposit. */
  readonly minimum: bigint;
  /** Micro-lamports per compute unit. */
  readonly price: bigint;
  /** The chain's clock in unix seconds, carried on from when it was last read. */
  time(): bigint;
}

export interface KnownFacts extends AsyncDisposable {
  /** PROGRAM_REFUSED from the moment the program was seen to be another than it may be. */
  current(): ChainFacts;
  /** The chain's clock in unix seconds, carried on from when it was last read, whatever became of the program. */
  time(): bigint;
}

// The program's bytes are read as a whole, and change with an upgrade only.
const programEveryMs = 10 * 60_000;

/**
 * Reads the facts before it resolves, then `everyMs` in the background; an outage leaves the last ones standing. Rejects
 * with CHAIN_UNAVAILABLE when the chain does not answer at first, and with what `readProgram` rejects with.
 */
export async function keepFacts({ chain, readProgram, operator, everyMs, now, log, health }: { chain: Chain; readProgram: () => Promise<DeployedProgram>; operator: Address; everyMs: number; now: () => Date; log: Logger; health: Dependency }): Promise<KnownFacts> {
  let programRead = { facts: await readProgram(), at: now().getTime() };
  const read = async (): Promise<ChainFacts> => {
    if (now().getTime() - programRead.at > programEveryMs) programRead = { facts: await readProgram(), at: now().getTime() };
    const [seconds, empty, deposit, vault, price] = await Promise.all([
      chain.time(), chain.minimumBalance(0), chain.minimumBalance(depositLayout.size), chain.minimumBalance(tokenAccountBytes), priorityPrice(chain, [operator]),
    ]);
    const readAt = now().getTime();
    return {
      program: programRead.facts, rent: rentReserve(depositLayout.size, deposit), vaultRent: rentReserve(tokenAccountBytes, vault), minimum: minimumAmount(empty), price,
      time: () => seconds + BigInt(Math.floor((now().getTime() - readAt) / 1000)),
    };
  };

  let known = await read();
  let refused: DoubloonError | undefined;
  const round = async () => {
    try {
      known = await read();
      refused = undefined;
    } catch (error) {
      if (isDoubloonError(error, 'PROGRAM_REFUSED')) refused = error;
      throw error;
    }
  };
  const rounds = startRounds({ name: 'chain facts', everyMs, log, health, round });
  const current = () => {
    if (refused !== undefined) throw refused;
    return known;
  };
  return { current, time: () => known.time(), [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose]() };
}
