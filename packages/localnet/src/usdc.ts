import { parseAddress } from '@doubloon/escrow';

/** The local stand-in for USDC. Nobody has the secret of this address. */
export const localUsdc = parseAddress('Ds97nQWchctFZ2pvpKt4WhGhBG1k1h7coLvWk5GRG888');
export const tokenProgram = parseAddress('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');

/** Bytes of a mint account of the token program: 6 decimals, no supply, nobody who may mint or freeze. */
export function usdcMint(): Uint8Array {
  const bytes = new Uint8Array(82);
  bytes[44] = 6;
  bytes[45] = 1;   // initialised
  return bytes;
}
