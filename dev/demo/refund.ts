import { randomBytes } from 'node:crypto';
import { decodeDeposit, signerFromSeed } from '@doubloon/escrow';
import { instant } from './clock.ts';
import { runWithKey } from './doubloon.ts';
import type { Funded } from './fund.ts';
import { amountText, holdingsOf } from './holdings.ts';
import type { Teller } from './teller.ts';

const lamportsPerSol = 1_000_000_000n;

/** Somebody without any part in it sends a deposit back by the command line, which asks the chain alone. */
export async function refundByStranger({ stack, tell }: Teller, { wish, address, deposit }: Funded): Promise<void> {
  const { chain, localnet } = stack;
  const { funder } = deposit;
  const seed = randomBytes(32);
  const stranger = signerFromSeed(seed);
  await localnet.faucet.airdrop(stranger.address, lamportsPerSol);
  const held = await holdingsOf(stack, funder);
  const said = await runWithKey(['refund', '--deposit', address, '--rpc', localnet.rpcUrl], { seed, address: stranger.address });
  const signature = /^sending +(\w+)$/m.exec(said)?.[1];
  if (signature === undefined) throw new Error(`somebody else was first to send it back:\n${said}`);
  const [holds, left, after] = [await holdingsOf(stack, funder), await holdingsOf(stack, stranger.address), decodeDeposit((await chain.account(address, 'confirmed'))?.data ?? new Uint8Array())];
  if (holds[wish.denom] - held[wish.denom] !== wish.amount || after.state !== 'refunded') throw new Error('the money did not go back to its funder');
  tell(`A stranger's key sends the ${wish.text} ${wish.denom} back, with none of our services: doubloon refund --deposit ${address} --rpc ${localnet.rpcUrl} --keypair …`, [
    `signature ${signature}`,
    `deposit   ${after.state} at ${instant(after.endedAt ?? 0n)}`,
    `funder    ${funder} held ${amountText(held[wish.denom], wish.denom)} and now holds ${amountText(holds[wish.denom], wish.denom)}`,
    `stranger  ${stranger.address} paid ${String(lamportsPerSol - left.sol)} lamports for the network and got nothing`,
  ]);
}
