import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes, randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import {
  addressBytes, associatedTokenAddress, compileTransaction, createOperator, depositAddress, fundSol, fundToken, localProgram as program, operatorAddress, signerFromSeed, signTransaction, tokenProgram,
  type Address, type Instruction, type Signer,
} from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { startLocalnet, type Localnet } from '@doubloon/localnet';

export const patient = { timeout: 20_000, interval: 50 };
export const day = 86_400;

/** A key, and its seed for a key file. */
export interface Keyed { readonly signer: Signer; readonly seed: Buffer }

/** A deposit of 0.5 SOL, or of 500 of a token with 6 decimals, whose deadline is in two days; and whose keys decide about it. */
export interface Deposited { readonly address: Address; readonly operator: Address; readonly amount: bigint; readonly funder: Signer; readonly seed: Buffer; readonly admin: Signer; readonly relayer: Signer; readonly attestor: Signer }

/** A local chain as the command line meets it: with deposits on it, and no service of ours. */
export interface LocalChain extends AsyncDisposable {
  readonly localnet: Localnet;
  readonly chain: Chain;
  /** A new key with 2 SOL. */
  rich(): Promise<Keyed>;
  /** Sends it; the first signer pays. Fails when the chain refuses it. */
  land(instructions: readonly Instruction[], ...signers: readonly [Signer, ...Signer[]]): Promise<void>;
  /** Tokens come from an account that is not the canonical one of the funder, who has none. */
  deposited(mint?: Address): Promise<Deposited>;
  /** What only a local chain does. */
  setAccount(address: Address, state: { owner: string; lamports: number; data: string }): Promise<void>;
  /** Writes a key as solana-keygen does; answers the path. */
  keyFile(name: string, key: Keyed): Promise<string>;
  /** Runs a command of ours against this chain. */
  run(command: (args: readonly string[], print: (line: string) => void) => Promise<number>, ...args: string[]): Promise<{ code: number; lines: string[] }>;
}

export async function openLocalChain(): Promise<LocalChain> {
  await using opening = new AsyncDisposableStack();
  const localnet = opening.use(await startLocalnet());
  const chain = opening.use(openChain({ rpcUrl: localnet.rpcUrl }));
  const folder = opening.adopt(await mkdtemp(join(tmpdir(), 'doubloon-cli-')), (path) => rm(path, { recursive: true, force: true }));

  const rich: LocalChain['rich'] = async () => {
    const seed = randomBytes(32);
    const signer = signerFromSeed(seed);
    await localnet.faucet.airdrop(signer.address, 2_000_000_000n);
    await vi.waitUntil(() => chain.account(signer.address, 'confirmed'), patient);
    return { signer, seed };
  };
  const land: LocalChain['land'] = async (instructions, ...signers) => {
    const { blockhash } = await chain.latestBlockhash();
    const signature = await chain.send(signTransaction(compileTransaction({ payer: signers[0].address, blockhash, instructions }), signers));
    const status = await vi.waitUntil(async () => (await chain.signatureStatuses([signature]))[0], patient);
    expect(status).not.toHaveProperty('error');
  };
  const setAccount: LocalChain['setAccount'] = async (address, state) => {
    const reply = await fetch(localnet.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'surfnet_setAccount', params: [address, state] }) });
    expect(await reply.json()).not.toHaveProperty('error');
    await vi.waitUntil(() => chain.account(address, 'confirmed'), patient);
  };
  const tokensFor = async (holder: Address, mint: Address, amount: bigint): Promise<Address> => {
    const data = Buffer.alloc(165);
    data.set(addressBytes(mint), 0);
    data.set(addressBytes(holder), 32);
    data.writeBigUInt64LE(amount, 64);
    data[108] = 1;
    const { address } = signerFromSeed(randomBytes(32));
    await setAccount(address, { owner: tokenProgram, lamports: 2_100_000, data: data.toString('hex') });
    return address;
  };
  const running = opening.move();
  return {
    localnet, chain, rich, land, setAccount,
    async deposited(mint) {
      const [{ signer: admin }, { signer: funder, seed }, { signer: relayer }, { signer: attestor }] = [await rich(), await rich(), await rich(), await rich()];
      await land([createOperator({ program, admin: admin.address, host: 'github.example', relayer: relayer.address, attestor: attestor.address })], admin);
      const operator = operatorAddress({ program, firstAdmin: admin.address }).address;
      const key = { program, operator, repositoryId: '11', issueId: '22', funder: funder.address, nonce: BigInt(randomInt(2 ** 40)) };
      const terms = { ...key, amount: 500_000_000n, deadline: (await chain.time()) + BigInt(2 * day), withRelayer: true };
      await land([mint === undefined ? fundSol(terms) : fundToken({ ...terms, mint, source: await tokensFor(funder.address, mint, terms.amount) })], funder);
      return { address: depositAddress(key).address, operator, amount: terms.amount, funder, seed, admin, relayer, attestor };
    },
    async keyFile(name, { signer, seed }) {
      const file = join(folder, `${name}.json`);
      await writeFile(file, JSON.stringify([...seed, ...addressBytes(signer.address)]));
      return file;
    },
    async run(command, ...args) {
      const lines: string[] = [];
      const code = await command([...args, '--rpc', localnet.rpcUrl], (line) => { lines.push(line); });
      return { code, lines };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Base units of a token in the canonical account of a wallet. */
export async function tokensOf({ chain }: LocalChain, wallet: Address, mint: Address): Promise<bigint> {
  const account = await chain.account(associatedTokenAddress({ wallet, mint }).address, 'confirmed');
  return account === undefined ? 0n : Buffer.from(account.data).readBigUInt64LE(64);
}
