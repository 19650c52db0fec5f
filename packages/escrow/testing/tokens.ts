import { addressBytes, associatedTokenAddress, depositAddress, fundToken, tokenProgram, vaultAddress, type Address, type FundTokenTerms } from '../src/index.ts';
import { newAddress, type Escrow, type Outcome } from './virtual-machine.ts';

/** Bytes of a mint of the token program: 6 decimals, nobody who may mint; `freezer` may freeze. */
export function mintBytes({ decimals = 6, initialized = true, freezer }: { decimals?: number; initialized?: boolean; freezer?: Address } = {}): Uint8Array {
  const bytes = new Uint8Array(82);
  new DataView(bytes.buffer).setBigUint64(36, 10n ** 15n, true);
  bytes[44] = decimals;
  bytes[45] = initialized ? 1 : 0;
  if (freezer !== undefined) {
    bytes[46] = 1;
    bytes.set(addressBytes(freezer), 50);
  }
  return bytes;
}

const states = { ready: 1, frozen: 2 } as const;

export function tokenAccountBytes({ mint, holder, amount, state = 'ready' }: { mint: Address; holder: Address; amount: bigint; state?: keyof typeof states }): Uint8Array {
  const bytes = new Uint8Array(165);
  bytes.set(addressBytes(mint), 0);
  bytes.set(addressBytes(holder), 32);
  new DataView(bytes.buffer).setBigUint64(64, amount, true);
  bytes[108] = states[state];
  return bytes;
}

/** A mint, and what there is of it, in a virtual machine with the real token program. */
export function openTokens(escrow: Escrow, options: Parameters<typeof mintBytes>[0] & { mint?: Address } = {}) {
  const { mint = newAddress(), ...shape } = options;
  const rent = 2_100_000n;
  escrow.setAccount(mint, { owner: tokenProgram, lamports: rent, data: mintBytes(shape) });

  const give = (holder: Address, amount: bigint, address = associatedTokenAddress({ wallet: holder, mint }).address, state: keyof typeof states = 'ready'): Address => {
    escrow.setAccount(address, { owner: tokenProgram, lamports: rent, data: tokenAccountBytes({ mint, holder, amount, state }) });
    return address;
  };
  const held = (address: Address): bigint => {
    const data = escrow.account(address)?.data;
    return data?.length === 165 ? new DataView(data.buffer).getBigUint64(64, true) : 0n;
  };

  // Deriving an address costs more than all the rest of a look.
  const derived = new Map<string, Address>();
  const once = (what: string, derive: () => { address: Address }): Address => {
    const known = derived.get(what) ?? derive().address;
    derived.set(what, known);
    return known;
  };

  return {
    mint,
    give,
    held,
    of: (wallet: Address): bigint => held(once(`of ${wallet}`, () => associatedTokenAddress({ wallet, mint }))),
    vaultOf: (deposit: Address): Address => once(`vault ${deposit}`, () => vaultAddress({ program: escrow.program, deposit })),
    terms: (change: Partial<FundTokenTerms> = {}): FundTokenTerms => ({ ...escrow.terms(), amount: 50_000_000n, mint, ...change }),
    fund(change: Partial<FundTokenTerms> = {}): { deposit: Address; vault: Address; outcome: Outcome; terms: FundTokenTerms } {
      const terms = { ...escrow.terms(), amount: 50_000_000n, mint, ...change };
      const outcome = escrow.send([fundToken(terms)], escrow.funder);
      const deposit = depositAddress(terms).address;
      return { deposit, vault: vaultAddress({ program: escrow.program, deposit }).address, outcome, terms };
    },
  };
}
