import { DoubloonError } from '@doubloon/errors';
import { z } from 'zod';

/** One currency of the operator's allowlist on one cluster. */
export interface Denom {
  /** Lower case, 2 to 12 characters: what people write between `$` and `:`. */
  readonly name: string;
  /** base58 address of the mint; `null` is the chain's own SOL. */
  readonly mint: string | null;
  readonly decimals: number;
  /** base58 address of the token program that owns the mint; `null` for SOL. */
  readonly tokenProgram: string | null;
  /** Who stands behind it, for people to read. */
  readonly issuer: string;
}

export interface Denoms {
  readonly cluster: string;
  /** base58; absent for chains that are made anew each time. */
  readonly genesisHash?: string;
  readonly denoms: readonly Denom[];
}

const address = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, 'is not a base58 address');
const shape = z.strictObject({
  cluster: z.string().regex(/^[a-z0-9-]{1,32}$/, 'is not the name of a cluster'),
  genesisHash: address.optional(),
  denoms: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9]{1,11}$/, 'is not [a-z][a-z0-9]{1,11}'),
        mint: address.nullable(),
        decimals: z.int().min(0).max(18),
        tokenProgram: address.nullable(),
        issuer: z.string().min(1).max(200),
      }),
    )
    .min(1),
});

function contradictions({ denoms }: z.infer<typeof shape>): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const mints = new Set<string | null>();
  for (const { name, mint, decimals, tokenProgram } of denoms) {
    if (names.has(name)) problems.push(`${name} stands twice`);
    // Two names for one mint would let one deposit be counted under either.
    if (mints.has(mint)) problems.push(`the mint of ${name} stands twice`);
    if ((mint === null) !== (tokenProgram === null)) problems.push(`${name} needs both mint and token program, or neither`);
    if (mint === null && decimals !== 9) problems.push(`${name} is SOL, which has 9 decimals`);
    names.add(name);
    mints.add(mint);
  }
  return problems;
}

/** Reads the reviewed allowlist of one cluster. Throws `DENOMS_INVALID` with every problem at once. */
export function parseDenoms(json: unknown): Denoms {
  const read = shape.safeParse(json);
  if (!read.success) throw new DoubloonError('DENOMS_INVALID', { problems: read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()) });
  const problems = contradictions(read.data);
  if (problems.length > 0) throw new DoubloonError('DENOMS_INVALID', { problems });
  const { cluster, genesisHash, denoms } = read.data;
  return { cluster, ...(genesisHash === undefined ? {} : { genesisHash }), denoms };
}

/** What the command parser needs to know: denom to decimals. */
export const decimalsOf = ({ denoms }: Denoms): ReadonlyMap<string, number> => new Map(denoms.map(({ name, decimals }) => [name, decimals]));
