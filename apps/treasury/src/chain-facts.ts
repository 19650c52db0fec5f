import { DoubloonError } from '@doubloon/errors';
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
  /** CHAIN_UNAVAILABLE as long as the chain has not answered once. */
  current(): ChainFacts;
}

/** Reads the facts before it resolves, then `everyMs` in the background; an outage leaves the last ones standing. */
export async function keepFacts({ chain, program, operator, everyMs, now, log, health }: { chain: Chain; program: Address; operator: Address; everyMs: number; now: () => Date; log: Logger; health?: Dependency }): Promise<KnownFacts> {
  const read = async (): Promise<ChainFacts> => {
    const [seconds, empty, deposit, price, facts] = await Promise.all([
      chain.time(), chain.minimumBalance(0), chain.minimumBalance(depositLayout.size), priorityPrice(chain, [operator]), readProgram(chain, program),
    ]);
    const readAt = now().getTime();
    return { program: facts, rent: rentReserve(depositLayout.size, deposit), minimum: minimumAmount(empty), price, time: () => seconds + BigInt(Math.floor((now().getTime() - readAt) / 1000)) };
  };

  const first = Promise.withResolvers<undefined>();
  let known: ChainFacts | undefined;
  const rounds = startRounds({
    name: 'chain facts', everyMs, log, ...(health === undefined ? {} : { health }),
    round: async () => {
      try {
        known = await read();
        first.resolve(undefined);
      } catch (error) {
        first.reject(error);
        throw error;
      }
    },
  });
  try {
    await first.promise;
  } catch (error) {
    await rounds[Symbol.asyncDispose]();
    throw error;
  }
  return {
    current() {
      if (known === undefined) throw new DoubloonError('CHAIN_UNAVAILABLE', { call: 'the first look' });
      return known;
    },
    [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose](),
  };
}
