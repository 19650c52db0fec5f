import { decodeDeposit } from '@doubloon/escrow';
import { depositOf } from './deposit-of.ts';
import type { Funded } from './fund.ts';
import { amountText, holdingsOf, type Denom, type Holdings } from './holdings.ts';
import type { Linked } from './link.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

/** A share of a deposit, and what it has to come to. */
export interface Due {
  readonly of: Funded;
  readonly share: number;
  readonly amount: bigint;
}

/** Does what makes the shares payable, and waits until they are in the wallet, by themselves and exactly. */
export async function paidByItself({ stack, tell }: Teller, winner: Linked, dues: readonly Due[], makeDue: () => Promise<void>): Promise<void> {
  const held = await holdingsOf(stack, winner.wallet);
  await makeDue();
  const started = performance.now();
  await until(`the shares of ${winner.login} to be paid`, async () => {
    const settled = await Promise.all(dues.map(async ({ of, share }) => decodeDeposit((await stack.chain.account(of.address, 'confirmed'))?.data ?? new Uint8Array()).award?.shares[share]?.settled));
    return settled.every((it) => it === 'paid') ? true : undefined;
  });
  const seconds = (performance.now() - started) / 1000;
  const holds = await holdingsOf(stack, winner.wallet);
  const due: Holdings = { sol: sumOf(dues, 'sol'), usdc: sumOf(dues, 'usdc') };
  for (const denom of ['sol', 'usdc'] as const) {
    if (holds[denom] - held[denom] !== due[denom]) throw new Error(`${winner.login} was to get ${amountText(due[denom], denom)} and got ${amountText(holds[denom] - held[denom], denom)}`);
  }
  const signatures = await until('the treasury to know the payouts', async () => {
    const found = await Promise.all(dues.map(async ({ of, share }) => (await depositOf(stack, of))?.award?.shares[share]?.signature ?? ''));
    return found.includes('') ? undefined : [...new Set(found)];
  });
  tell(`Nobody does anything, and ${seconds.toFixed(1)} s later ${winner.login} is paid:`, [
    ...signatures.map((signature) => `signature ${signature}`),
    ...dues.map(({ of, share, amount }) => `share     ${String(share)} of ${of.address}: ${amountText(amount, of.wish.denom)}`),
    ...(['sol', 'usdc'] as const).filter((denom) => due[denom] > 0n).map((denom) => `wallet    ${winner.wallet} held ${amountText(held[denom], denom)} and now holds ${amountText(holds[denom], denom)}`),
  ]);
}

const sumOf = (dues: readonly Due[], denom: Denom): bigint => dues.filter(({ of }) => of.wish.denom === denom).reduce((sum, { amount }) => sum + amount, 0n);
