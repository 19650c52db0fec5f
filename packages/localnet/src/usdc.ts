import { addressBytes, associatedTokenAddress, createTokenAccount, parseAddress, tokenProgram, type Address, type Instruction } from '@doubloon/escrow';

/** The local stand-in for USDC. Nobody has the secret of this address. */
export const localUsdc = parseAddress('Ds97nQWchctFZ2pvpKt4WhGhBG1k1h7coLvWk5GRG888');

/** Bytes of a mint account of the token program: 6 decimals, no supply yet, `minter` may mint and nobody may freeze. */
export function usdcMint(minter: Address): Uint8Array {
  const bytes = new Uint8Array(82);
  bytes[0] = 1;   // there is a minter
  bytes.set(addressBytes(minter), 4);
  bytes[44] = 6;
  bytes[45] = 1;   // initialised
  return bytes;
}

export const tokenAccountBytes = 165;

/** Bytes of a token account of the token program: `amount` base units of it, owned by a wallet. */
export function usdcHeld(wallet: Address, amount: bigint): Uint8Array {
  const bytes = new Uint8Array(tokenAccountBytes);
  bytes.set(addressBytes(localUsdc), 0);
  bytes.set(addressBytes(wallet), 32);
  new DataView(bytes.buffer).setBigUint64(64, amount, true);
  bytes[108] = 1;   // initialised
  return bytes;
}

/** Makes `amount` base units for a wallet, in its canonical token account; `minter` signs and pays for that account where there is none. */
export function mintUsdc({ minter, wallet, amount }: { minter: Address; wallet: Address; amount: bigint }): Instruction[] {
  const data = new Uint8Array(9);
  data[0] = 7;   // MintTo
  new DataView(data.buffer).setBigUint64(1, amount, true);
  const minting = {
    program: tokenProgram, data,
    accounts: [
      { address: localUsdc, signer: false, writable: true },
      { address: associatedTokenAddress({ wallet, mint: localUsdc }).address, signer: false, writable: true },
      { address: minter, signer: true, writable: false },
    ],
  };
  return [createTokenAccount({ payer: minter, wallet, mint: localUsdc }), minting];
}
