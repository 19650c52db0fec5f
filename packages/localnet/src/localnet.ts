import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DoubloonError } from '@doubloon/errors';
import { randomBytes } from 'node:crypto';
import { associatedTokenAddress, compileTransaction, localProgram, signerFromSeed, signTransaction, systemProgram, tokenProgram, type Address } from '@doubloon/escrow';
import { openChain } from '@doubloon/escrow/chain';
import { Connection, PublicKey } from '@solana/web3.js';
import { serveFaucet } from './faucet.ts';
import { startSurfnet } from './surfpool.ts';
import { localUsdc, mintUsdc, tokenAccountBytes, usdcHeld, usdcMint } from './usdc.ts';

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
    /** Writes what a wallet holds into the state, in place of what it held and without a transaction: for many wallets that are not looked at before. */
    grant(wallet: Address, held: { readonly lamports: bigint; readonly usdc?: bigint }): Promise<void>;
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

  const tokenRent = Number(await chain.minimumBalance(tokenAccountBytes));
  async function setAccount(address: Address, account: { readonly lamports: number; readonly data: Uint8Array; readonly owner: Address }): Promise<void> {
    const call = 'surfnet_setAccount';
    const reply = await fetch(rpcUrl, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: call, params: [address, { ...account, data: Buffer.from(account.data).toString('hex') }] }),
    });
    const { error } = (await reply.json()) as { error?: { code: number; message: string } };
    if (error !== undefined) throw new DoubloonError('CHAIN_REFUSED', { call, code: error.code, reason: error.message });
  }
  async function grant(wallet: Address, { lamports, usdc }: { readonly lamports: bigint; readonly usdc?: bigint }): Promise<void> {
    await Promise.all([
      setAccount(wallet, { lamports: Number(lamports), data: new Uint8Array(0), owner: systemProgram }),
      usdc === undefined ? undefined : setAccount(associatedTokenAddress({ wallet, mint: localUsdc }).address, { lamports: tokenRent, data: usdcHeld(wallet, usdc), owner: tokenProgram }),
    ]);
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
    faucet: { url: server.url, airdrop, giveUsdc, grant },
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
