import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { treasury } from '@doubloon/rpc';
import { openAuthority, type Authority } from '../../testing/authority.ts';
import { fundedOffer, offerRequest, openHome, openLocalChain, openTreasury, patient, repositoryId, typesOf, type Funded, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const { DepositState, IntentState, OfferState } = treasury;
const hours72 = 72 * 3_600;

let open: AsyncDisposableStack;
let local: LocalChain;
let home: Home;
let authority: Authority;
let clients: RunningTreasury;
beforeAll(async () => {
  open = new AsyncDisposableStack();
  local = open.use(await openLocalChain());
  authority = await openAuthority((end) => { open.defer(end); });
  home = await openHome(local, { ...authority.env, TREASURY_RELAYER_KEY_FILE: local.relayerKeyFile }, (end) => { open.defer(end); });
  clients = await openTreasury(home);
  open.defer(() => clients.stop());
});
afterAll(() => open.disposeAsync());

const someone = () => String(randomInt(1, 2 ** 40));
const source = (issueId: string, sourceId = someone()) => ({ repositoryId, issueId, issueNumber: 7, sourceKind: 'issue-comment', sourceId });
const told = ({ issueId }: Funded) => typesOf(home, issueId);
const balanceOf = async (address: Parameters<LocalChain['chain']['account']>[0]) => (await local.chain.account(address, 'finalized'))?.lamports ?? 0n;
const shown = async ({ offerId }: Funded) => (await clients.web.getOffer({ offerId })).offer;

test('a comment awards, and when that is final and both have wallets they are paid by themselves, exactly', async () => {
  const money = await fundedOffer(local, clients, offerRequest({ amount: '500000001' }));
  const [ada, grace] = [someone(), someone()];
  const [first, second] = [await local.link(ada), await local.link(grace)];
  const before = [await balanceOf(first.address), await balanceOf(second.address)];
  const shares = [{ githubId: ada, bps: 6_667 }, { githubId: grace, bps: 3_333 }];
  const { decision } = await clients.app.award({ source: source(money.issueId), shares });
  expect(decision).toMatchObject({ action: 'award', actor: { login: 'ada' }, intents: [{ deposit: money.deposit, state: IntentState.WAITING }] });
  expect(authority.asked.at(-1)).toMatchObject({ action: 'award', awardeeIds: [ada, grace], awardeeBps: [6_667, 3_333], stakes: [{ deposit: money.deposit, funder: money.funder.address, withRelayer: true }] });
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded']);
  await expect.poll(async () => (await clients.app.getBounty({ repositoryId, issueId: money.issueId })).decisions, patient).toMatchObject([{ intents: [{ state: IntentState.DONE }] }]);

  const relayerBefore = await balanceOf(local.keys.relayer.address);
  await local.localnet.timeTravel(hours72 + 5);
  await expect.poll(() => told(money), patient).toEqual(['offered', 'submitted', 'funded', 'awarded', 'paid', 'paid']);
  expect(await shown(money)).toMatchObject({ state: OfferState.PAID, deposit: { state: DepositState.PAID } });
  const after = [await balanceOf(first.address), await balanceOf(second.address)];
  expect(after.map((one, index) => one - (before[index] ?? 0n))).toEqual([500_000_001n - 166_650_000n, 166_650_000n]);
  // Both in one transaction, for its fee alone.
  const { rows } = await home.database.pool.query<{ signature: string; cost: string }>("select distinct t.signature, t.cost from relayer_intent i join relayer_transaction t using (signature) where i.deposit = $1 and i.action = 'payout'", [money.deposit]);
  expect(rows).toHaveLength(1);
  expect(relayerBefore - await balanceOf(local.keys.relayer.address)).toBeLessThanOrEqual(BigInt(rows[0]?.cost ?? 0));
});
