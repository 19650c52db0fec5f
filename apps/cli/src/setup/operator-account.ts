import { randomBytes } from 'node:crypto';
import { formatAmount } from '@doubloon/domain';
import { addressBytes, createOperator, decodeOperator, hostHash, keyInForce, operatorAddress, operatorLayout, signerFromSeed, type Address, type Signer } from '@doubloon/escrow';
import { openChain, readProgram, type Chain } from '@doubloon/escrow/chain';
import { DoubloonError } from '@doubloon/errors';
import { clusterOf } from '../clusters.ts';
import { signerOf } from '../key-file.ts';
import { land } from '../land.ts';
import type { Folder } from './folder.ts';

export interface OperatorWish {
  readonly rpcUrl: string;
  readonly cluster: string;
  readonly program: Address;
  /** Whoever was announced as able to replace it. */
  readonly upgradeAuthority: Address | undefined;
  /** GitHub's host, which the account is bound to for good. */
  readonly host: string;
}

/** Where each key is kept: two are given to services, and the admin's belongs away from this machine. */
const keyFiles = { admin: 'keys/admin.json', relayer: 'secrets/relayer-key', attestor: 'secrets/attestor-key' } as const;
/** Where it was before a service was given it. */
const relayerBefore = 'keys/relayer.json';
/** For the transaction itself, and some more. */
const feeLamports = 100_000n;

/**
 * Creates the operator account, unless it is there. Answers its address, or `undefined` when its admin has too little to pay
 * with: what to do is printed then. PROGRAM_REFUSED, CONFIG_INVALID, CHAIN_UNAVAILABLE.
 */
export async function openOperator(folder: Folder, { rpcUrl, cluster, program, upgradeAuthority, host }: OperatorWish, print: (line: string) => void): Promise<Address | undefined> {
  const admin = keyOf(folder, 'admin', print);
  const relayer = keyOf(folder, 'relayer', print);
  const attestor = keyOf(folder, 'attestor', print);
  await using chain = openChain({ rpcUrl });
  const found = clusterOf(await chain.genesisHash());
  if (found !== cluster) throw new DoubloonError('CONFIG_INVALID', { problems: [`the node serves ${found}, and ${cluster} is asked for: point --rpc at a node of the right cluster`] });
  await readProgram(chain, { program, cluster, upgradeAuthority });

  const { address } = operatorAddress({ program, firstAdmin: admin.address });
  const account = await chain.account(address, 'finalized');
  if (account !== undefined) {
    const operator = decodeOperator(account.data);
    if (!Buffer.from(operator.hostHash).equals(hostHash(host))) throw new DoubloonError('CONFIG_INVALID', { problems: [`the operator account ${address} of ${keyFiles.admin} was made for another GitHub than ${host}: give another admin key`] });
    const now = await chain.time();
    for (const [name, key] of [['relayer', relayer], ['attestor', attestor]] as const) if (keyInForce(operator, name, now) !== key.address) print(`The operator account names another ${name} than ${keyFiles[name]}: see doubloon operator show.`);
    print(`The operator account ${address} is there already.`);
    return address;
  }
  if (!(await canPay(chain, { admin: admin.address, rpcUrl, cluster }, print))) return undefined;
  const signature = await land(chain, [createOperator({ program, admin: admin.address, host, relayer: relayer.address, attestor: attestor.address })], [admin]);
  print(`Made the operator account ${address} for ${host} (${signature}).`);
  return address;
}

function keyOf(folder: Folder, name: keyof typeof keyFiles, print: (line: string) => void): Signer {
  const file = keyFiles[name];
  const before = name === 'relayer' ? folder.read(relayerBefore) : undefined;
  if (before !== undefined && folder.make(file, before)) print(`copied ${relayerBefore} to ${file}, where the treasury reads it: remove ${relayerBefore}`);
  if (!folder.has(file)) {
    const seed = randomBytes(32);
    if (folder.make(file, JSON.stringify([...seed, ...addressBytes(signerFromSeed(seed).address)]))) print(`made ${file}`);
  }
  const signer = signerOf(folder.read(file) ?? '');
  if (signer === undefined) throw new DoubloonError('KEY_INVALID', { problem: `${file} is not a JSON array of 64 bytes, as solana-keygen writes it` });
  return signer;
}

async function canPay(chain: Chain, { admin, rpcUrl, cluster }: { admin: Address; rpcUrl: string; cluster: string }, print: (line: string) => void): Promise<boolean> {
  // What is left in the admin's account must keep it alive.
  const [rent, alive] = await Promise.all([chain.minimumBalance(operatorLayout.size), chain.minimumBalance(0)]);
  const needed = rent + alive + feeLamports;
  const holds = async (): Promise<bigint> => (await chain.account(admin, 'confirmed'))?.lamports ?? 0n;
  let balance = await holds();
  if (balance >= needed) return true;
  if (cluster === 'localnet') {
    await airdrop(rpcUrl, admin, needed);
    const end = Date.now() + 20_000;
    while ((balance = await holds()) < needed && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
    if (balance >= needed) return true;
  }
  print(`The admin ${admin} holds ${formatAmount(balance, 9)} SOL on ${cluster}, and ${formatAmount(needed, 9)} SOL are needed: send it at least ${formatAmount(needed - balance, 9)} SOL, and run this again.`);
  return false;
}

/** Nodes of local chains give SOL for the asking. */
async function airdrop(rpcUrl: string, address: Address, lamports: bigint): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'requestAirdrop', params: [address, Number(lamports)] });
  await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(10_000) }).catch((cause: unknown) => { throw new DoubloonError('CHAIN_UNAVAILABLE', { call: 'requestAirdrop' }, { cause }); });
}
