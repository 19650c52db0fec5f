import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DoubloonError } from '@doubloon/errors';
import { randomBytes } from 'node:crypto';
import { compileTransaction, localProgram, signerFromSeed, signTransaction, tokenProgram, type Address } from '@doubloon/escrow';
import { openChain } from '@doubloon/escrow/chain';
import { Connection, PublicKey } from '@solana/web3.js';
import { serveFaucet } from './faucet.ts';
import { startSurfnet } from './surfpool.ts';
import { localUsdc, mintUsdc, usdcMint } from './usdc.ts';

export interface LocalnetOptions {
  /** Milliseconds of a slot; a transaction is final after about 32 of them. 50 unless told. */
  readonly slotMs?: number;
  /** Pages that may ask the faucet, for example `http://127.0.0.1:3000`. */
  readonly faucetOrigins?: readonly string[];
  /** 0, any free one, unless told. */
  readonly faucetPort?: number;
}

export interface Localnet extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly genesisHash: string;
  /** The escrow program, deployed from the committed bytes. */
  readonly program: Address;
  readonly mints: { readonly usdc: Address };
  readonly faucet: {
    /** `POST {url}/airdrop` with `{ address, lamports }`, and `usdc` for base units of that on top. */
    readonly url: string;
    /** Resolves with the signature once the lamports are there. */
    airdrop(address: Address, lamports: bigint): Promise<string>;
    /** Makes base units of the local `usdc` for a wallet, in its canonical token account; resolves once they are there. */
    giveUsdc(wallet: Address, amount: bigint): Promise<string>;
  };
  /** Moves the chain's clock forward; resolves once finalized state is of that time. */
  timeTravel(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const programFile = fileURLToPath(import.meta.resolve('@doubloon/escrow/program.so'));
// Fees and token accounts for some ten thousand wallets.
const minterLamports = 100_000_000_000n;
const airdropDeadlineMs = 10_000;
const drainEveryMs = 500;

/**
 * Starts a real validator runtime in this process, offline, with the escrow program, a `usdc` mint and a faucet, ready in
 * a quarter of a second. Its state is gone when it is closed. Throws LOCALNET_UNAVAILABLE where no native module fits.
 */
export async function startLocalnet({ slotMs = 50, faucetOrigins = [], faucetPort = 0 }: LocalnetOptions = {}): Promise<Localnet> {
  await using opening = new AsyncDisposableStack();
  const surfnet = opening.adopt(startSurfnet({ offline: true, blockProductionMode: 'clock', slotTimeMs: slotMs }), (it) => it.stop());
  const draining = setInterval(() => surfnet.drainEvents(), drainEveryMs).unref();
  opening.defer(() => { clearInterval(draining); });
  const { rpcUrl, wsUrl } = surfnet;
  surfnet.deploy({ programId: localProgram, soPath: programFile });
  const chain = opening.use(openChain({ rpcUrl, wsUrl }));
  const minter = signerFromSeed(randomBytes(32));
  const mint = usdcMint(minter.address);
  surfnet.setAccount(localUsdc, Number(await chain.minimumBalance(mint.length)), [...mint], tokenProgram);

  const connection = new Connection(rpcUrl, { commitment: 'confirmed', wsEndpoint: wsUrl, fetch: fetch as never });
  async function airdrop(address: Address, lamports: bigint): Promise<string> {
    return confirmed('requestAirdrop', await connection.requestAirdrop(new PublicKey(address), Number(lamports)));
  }
  async function confirmed(call: string, signature: string): Promise<string> {
    for (const start = performance.now(); performance.now() - start < airdropDeadlineMs; await sleep(slotMs)) {
      const [status] = await chain.signatureStatuses([signature]);
      if (status?.error !== undefined) break;
      if (status !== undefined && status.commitment !== 'processed') return signature;
    }
    throw new DoubloonError('CHAIN_UNAVAILABLE', { call });
  }
  let minterPaid: Promise<string> | undefined;
  async function giveUsdc(wallet: Address, amount: bigint): Promise<string> {
    minterPaid ??= airdrop(minter.address, minterLamports);
    await minterPaid;
    const { blockhash } = await chain.latestBlockhash();
    return confirmed('mintTo', await chain.send(signTransaction(compileTransaction({ payer: minter.address, blockhash, instructions: mintUsdc({ minter: minter.address, wallet, amount }) }), [minter])));
  }

  const server = opening.use(await serveFaucet({ airdrop, giveUsdc, origins: faucetOrigins, port: faucetPort }));
  const genesisHash = await chain.genesisHash();
  const open = opening.move();
  const close = () => open.disposeAsync();
  return {
    rpcUrl,
    wsUrl,
    genesisHash,
    program: localProgram,
    mints: { usdc: localUsdc },
    faucet: { url: server.url, airdrop, giveUsdc },
    async timeTravel(seconds) {
      const target = await chain.time() + BigInt(seconds);
      surfnet.timeTravelToTimestamp(Number(target) * 1000);
      // Until then it calls slots final of which it has no state.
      const arrived = await chain.slot('processed');
      while ((await chain.slot('finalized')) < arrived) await sleep(slotMs);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
