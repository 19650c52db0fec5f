import { parseAddress } from '@doubloon/escrow';
import { readFinal } from '@doubloon/escrow/chain';
import { creditDeposit, readingProgramOnce, type WatchingContext } from './credit-deposit.ts';
import { each } from '../each.ts';

// What we handed out lands within its blockhash's life, a minute or two; after that only the scan looks for it. Anybody can
// have transactions built, so that only the newest are worth a look each second.
const freshBuildMs = 15 * 60_000;
// What has landed and is credited has no next look, and must not be read again each second.
const awaited = `
  (select deposit from submission s where state in ('recorded', 'sent', 'confirmed', 'finalized') and next_at < 'infinity' and not exists (select from deposit d where d.address = s.deposit) order by place limit 1000)
  union
  (select deposit from funding_build b where built_at > $1 and not exists (select from deposit d where d.address = b.deposit) order by id desc limit 200)`;

/**
 * Looks, in finalized state, at the addresses where deposits may appear now: what was submitted, and what wallets may have
 * sent themselves. Answers how many are there already and not final yet.
 */
export async function watchAwaited(context: WatchingContext): Promise<{ pending: number }> {
  const { pool, now } = context;
  const { rows } = await pool.query<{ deposit: string }>(awaited, [new Date(now().getTime() - freshBuildMs)]);
  if (rows.length === 0) return { pending: 0 };
  const addresses = rows.map(({ deposit }) => parseAddress(deposit));
  const final = await readFinal(context, addresses);
  let pending = 0;
  const inRound = readingProgramOnce(context);
  await each(addresses.entries(), async ([index, address]) => {
    const account = final.accounts[index];
    if (account !== undefined && (await creditDeposit(inRound, address, account, final)).kind === 'not-final') pending++;
  });
  return { pending };
}
