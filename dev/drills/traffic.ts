import { setTimeout as sleep } from 'node:timers/promises';
import { addressBytes, decodeDeposit, depositLayout, localProgram } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import type { Stack } from '../stack/stack.ts';
import { fund, newWallet, offer, openPlace, type Place } from './play.ts';
import { atRest } from './rest.ts';
import { must, repository, type Site } from './site.ts';

/** People who go on meanwhile. */
export interface Traffic {
  /** Lets them finish what they began, waits until nothing moves, and rejects when any of it is lost or doubled. Answers how much it was. */
  stop(): Promise<string>;
}

const pauseMs = 250;

/** Somebody offers and funds, on one new issue after the other; somebody else only offers. */
export async function startTraffic({ stack }: Site, title: string): Promise<Traffic> {
  const wallet = await newWallet(stack);
  const played: { readonly place: Place; readonly sources: readonly string[] }[] = [];
  let isOver = false;
  const running = (async () => {
    for (let nth = 1; !isOver; nth++) {
      const place = openPlace(stack, `${title} ${String(nth)}`);
      const funded = await fund(stack, place, 'ada', { denom: 'usdc', text: '1' }, wallet);
      const offered = await offer(stack, place, 'linus', { denom: 'sol', text: '0.1' });
      played.push({ place, sources: [funded.comment, offered.comment].map(String) });
      await sleep(pauseMs);
    }
  })();
  // Told where it is waited for.
  running.catch(() => undefined);
  return {
    async stop() {
      isOver = true;
      await running;
      must(played.length > 0, 'nobody did anything meanwhile: the drill shows nothing');
      await atRest(stack);
      const accounts = await depositsOnChain(stack);
      for (const { place, sources } of played) await judge(stack, place, sources, accounts.filter((issueId) => issueId === place.issueId).length);
      return `${String(played.length * 2)} offers and ${String(played.length)} deposits meanwhile: none lost, none doubled, one comment on each of ${String(played.length)} issues`;
    },
  };
}

async function judge(stack: Stack, place: Place, sources: readonly string[], deposits: number): Promise<void> {
  const { repositoryId, issueId, number } = place;
  const on = `on issue ${String(number)}`;
  const { offers } = await stack.treasury.getBounty({ repositoryId, issueId });
  must(offers.map(({ source }) => source?.id).sort().join() === [...sources].sort().join(), `there are ${String(offers.length)} offers ${on}`);
  must(offers.filter(({ state }) => state === treasury.OfferState.FUNDED).length === 1 && deposits === 1, `there are ${String(deposits)} deposits ${on}`);
  const ours = stack.github.look(repository, number).comments.filter(({ viaApp }) => viaApp);
  must(ours.length === 1, `there are ${String(ours.length)} comments of ours ${on}`);
  must(ours[0]?.body.includes('**1 usdc** funded') === true, `our comment ${on} does not say what is funded`);
}

async function depositsOnChain({ chain, operator }: Stack): Promise<string[]> {
  const memcmp = [{ offset: depositLayout.fields.operator.offset, bytes: addressBytes(operator) }];
  return (await chain.programAccounts(localProgram, { dataSize: depositLayout.size, memcmp }, 'finalized')).map(({ account }) => decodeDeposit(account.data).issueId);
}
