import { depositLayout, minimumAmount, rentReserve, type Address } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';
import type { Dependency, Logger } from '@doubloon/service';
import { priorityPrice } from './fees.ts';
import { readProgram, type ProgramFacts } from './program-facts.ts';
import { startRounds } from './rounds.ts';

/** What pages show and quotes add up, as last seen: good for reading; what is signed is built from fresh answers. */
export interface ChainFacts {
  readonly program: ProgramFacts;
  /** Lamports a deposit takes besides its amount, and gives back when it closes. */
  readonly rent: bigint;
  /** Lamports; the smallest amount of a SOL deposit. */
  readonly minimum: bigint;
  /** Micro-lamports per compute unit. */
  readonly price: bigint;
  /** The chain's clock in unix seconds, carried on from when it was last read. */
  time(): bigint;
}

export interface KnownFacts extends AsyncDisposable {
  current(): ChainFacts;
}

// The program's bytes are read as a whole, and change with an upgrade only.
const programEveryMs = 10 * 60_000;

/**
 * Reads the facts before it resolves, then `everyMs` in the background; an outage leaves the last ones standing. Rejects
 * with CHAIN_UNAVAILABLE when the chain does not answer at first, and PROGRAM_REFUSED.
 */
export async function keepFacts({ chain, program, operator, everyMs, now, log, health }: { chain: Chain; program: Address; operator: Address; everyMs: number; now: () => Date; log: Logger; health: Dependency }): Promise<KnownFacts> {
  let programRead = { facts: await readProgram(chain, program), at: now().getTime() };
  const read = async (): Promise<ChainFacts> => {
    if (now().getTime() - programRead.at > programEveryMs) programRead = { facts: await readProgram(chain, program), at: now().getTime() };
    const [seconds, empty, deposit, price] = await Promise.all([chain.time(), chain.minimumBalance(0), chain.minimumBalance(depositLayout.size), priorityPrice(chain, [operator])]);
    const readAt = now().getTime();
    return {
      program: programRead.facts, rent: rentReserve(depositLayout.size, deposit), minimum: minimumAmount(empty), price,
      time: () => seconds + BigInt(Math.floor((now().getTime() - readAt) / 1000)),
    };
  };

  let known = await read();
  const rounds = startRounds({ name: 'chain facts', everyMs, log, health, round: async () => { known = await read(); } });
  return { current: () => known, [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose]() };
}
