import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRpcProxy, type RpcProxy } from '@doubloon/dev/rpc-proxy/rpc-proxy.ts';
import { decodeDeposit, depositLayout, encodeBase58, localProgram, parseAddress, transactionSignature, type Signer } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { offered, openHome, openLocalChain, openTreasury, patient, signedFor, stateOf, typesOf, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const { OfferState } = treasury;
const otherGenesis = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';

// One treasury for all tests of this file, behind a node that is healed before each.
let open: AsyncDisposableStack;
let local: LocalChain;
let node: RpcProxy;
let home: Home;
let clients: RunningTreasury;
beforeAll(async () => {
  open = new AsyncDisposableStack();
  local = open.use(await openLocalChain());
  node = open.use(await startRpcProxy(local.localnet));
  home = await openHome(local, { SOLANA_RPC_URL: node.url, SOLANA_WS_URL: node.wsUrl }, (close) => { open.defer(close); });
  clients = await openTreasury(home);
  open.defer(() => clients.stop());
});
afterAll(() => open.disposeAsync());
beforeEach(() => node.heal());

interface Money { readonly offerId: string; readonly issueId: string; readonly deposit: string; readonly wallet: Signer; readonly transaction: Uint8Array }

/** A signed transaction for a new offer, that nobody has sent yet. */
async function signed(): Promise<Money> {
  const [{ offerId, issueId }, wallet] = [await offered(clients), await local.wallet()];
  const transaction = await signedFor(clients, offerId, wallet);
  const { rows: [build] } = await home.database.pool.query<{ deposit: string }>('select deposit from funding_build where offer_id = $1', [offerId]);
  return { offerId, issueId, deposit: build?.deposit ?? '', wallet, transaction };
}

/** Past the node's faults: the wallet sends it itself. Resolves when it is final, and so many slots after. */
async function lands({ transaction, deposit }: Money, slotsLater = 0n): Promise<void> {
  await local.chain.send(transaction);
  await expect.poll(async () => (await local.chain.signatureStatuses([transactionSignature(transaction)]))[0], patient).toMatchObject({ commitment: 'finalized' });
  const account = await local.chain.account(parseAddress(deposit), 'finalized');
  if (account === undefined) throw new Error('the deposit is not there');
  await finalSlot(decodeDeposit(account.data).createdSlot + slotsLater);
}
const finalSlot = (slot: bigint) => expect.poll(() => local.chain.slot('finalized'), patient).toBeGreaterThanOrEqual(slot);
const lookedAgain = async (method: string, times = 3) => {
  const before = node.calls(method);
  await expect.poll(() => node.calls(method), patient).toBeGreaterThanOrEqual(before + times);
};

const expectUncounted = async (one: Money) => {
  expect(await stateOf(clients, one.offerId)).toBe(OfferState.OFFERED);
  expect((await home.database.pool.query('select from deposit where offer_id = $1', [one.offerId])).rowCount).toBe(0);
};
async function isCountedOnce(one: Money): Promise<void> {
  await expect.poll(() => stateOf(clients, one.offerId), patient).toBe(OfferState.FUNDED);
  await expect.poll(() => typesOf(home, one.issueId), patient).toEqual(['offered', 'funded']);
  expect((await home.database.pool.query('select from deposit where offer_id = $1', [one.offerId])).rowCount).toBe(1);
}
const dependency = async (name: string, reason: string) => {
  await expect.poll(() => clients.health.ready(), patient).toMatchObject({ ok: true, dependencies: { [name]: { ok: false, reason } } });
};
async function funded(): Promise<Money> {
  const one = await signed();
  await lands(one);
  await isCountedOnce(one);
  return one;
}
const heldRow = async ({ deposit }: Money) => (await home.database.pool.query<{ state: string; doubted_slot: string | null }>('select state, doubted_slot from deposit where address = $1', [deposit])).rows[0];

describe('a deposit is not counted', () => {
  test('before its own slot is final, though the node shows it at finalized', async () => {
    const one = await signed();
    node.claimSlots(-100_000, ['finalized']);
    await lands(one, 5n);
    await lookedAgain('getMultipleAccounts');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('when the final slot runs ahead of the state that is shown', async () => {
    const one = await signed();
    node.claimSlots(10_000, ['finalized']);
    await lands(one, 5n);
    await dependency('watcher', 'CHAIN_UNAVAILABLE');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('when slots and contexts run ahead together, but not the Clock account', async () => {
    const one = await signed();
    node.claimSlots(10_000);
    node.strike(async (call, forward) => {
      const body = (call.body.replace(/"minContextSlot":\d+/, '"minContextSlot":0'));
      const reply = await (await fetch(local.localnet.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
      return { ...(await forward()), body: reply.replace(/"slot":(\d+)/, (_all, slot: string) => `"slot":${String(Number(slot) + 10_000)}`) };
    }, { methods: ['getMultipleAccounts'] });
    await lands(one, 5n);
    await lookedAgain('getMultipleAccounts');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('when the node says it is not there', async () => {
    const one = await signed();
    node.hideAccounts({ addresses: [one.deposit], inLists: true });
    await lands(one, 5n);
    await lookedAgain('getMultipleAccounts');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('when at finalized it holds less than it says, whatever it holds at confirmed', async () => {
    const one = await signed();
    node.claimLamports(one.deposit, 499_999_999, ['finalized']);
    await lands(one, 5n);
    await lookedAgain('getMultipleAccounts');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('by a list alone: only an answer about its own address counts', async () => {
    const one = await signed();
    node.hideAccounts({ addresses: [one.deposit] });
    await lands(one, 5n);
    await lookedAgain('getProgramAccounts');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('while another program stands at the address of ours', async () => {
    const one = await signed();
    node.hideAccounts({ addresses: [localProgram] });
    await lands(one);
    await dependency('watcher', 'PROGRAM_REFUSED');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('while the node serves another chain', async () => {
    const one = await signed();
    node.claimGenesis(otherGenesis);
    await lands(one, 5n);
    await dependency('watcher', 'GENESIS_MISMATCH');
    await dependency('scan', 'GENESIS_MISMATCH');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });

  test('by a node that is behind, and is when it has come as far', async () => {
    const one = await signed();
    await node.beBehind();
    await lands(one, 5n);
    await lookedAgain('getSlot');
    await expectUncounted(one);
    await node.heal();
    await isCountedOnce(one);
  });
});

describe('a deposit is counted in the end', () => {
  test.each(['behind', 'rate-limited', 'internal', 'bad-gateway'] as const)('though every other answer was an error: %s', async (kind) => {
    const one = await signed();
    for (const methods of [['getSlot'], ['getMultipleAccounts'], ['getProgramAccounts'], ['getGenesisHash']]) node.answerError(kind, { methods, times: 1 });
    await lands(one);
    await isCountedOnce(one);
  });

  test.each(['not-json', 'wrong-id', 'wrong-shape', 'truncated', 'huge'] as const)('though answers were rubbish: %s', async (kind) => {
    const one = await signed();
    const struck = kind === 'huge' ? ['getMultipleAccounts'] : ['getSlot', 'getMultipleAccounts', 'getProgramAccounts', 'getGenesisHash'];
    for (const method of struck) node.answerRubbish(kind, { methods: [method], times: 1 });
    await lands(one);
    await isCountedOnce(one);
  });

  test('though the node went away while it landed, and connections were cut', async () => {
    const one = await signed();
    await node.goAway();
    await lands(one);
    await dependency('watcher', 'CHAIN_UNAVAILABLE');
    await node.comeBack();
    await node.cut();
    await isCountedOnce(one);
  });

  test('though nothing was recorded of it: the scan finds it', async () => {
    const one = await signed();
    await home.database.pool.query('delete from funding_build where offer_id = $1', [one.offerId]);
    await lands(one);
    await isCountedOnce(one);
  });

  test('though hundreds were made for its offer that never count: the scan passes them', async () => {
    const one = await signed();
    await home.database.pool.query('delete from funding_build where offer_id = $1', [one.offerId]);
    const addresses = Array.from({ length: 500 }, () => encodeBase58(randomBytes(32)));
    node.strike(async (_call, forward) => {
      const reply = await forward();
      const answer = JSON.parse(reply.body) as { result: { value: { pubkey: string; account: { data: [string, string] } }[] } };
      const account = answer.result.value.find(({ pubkey }) => pubkey === one.deposit)?.account;
      if (account === undefined) return reply;
      const bytes = Buffer.from(account.data[0], 'base64');
      bytes.writeBigUInt64LE(1n, depositLayout.fields.amount.offset);
      const others = addresses.map((pubkey) => ({ pubkey, account: { ...account, data: [bytes.toString('base64'), 'base64'] } }));
      return { ...reply, body: JSON.stringify({ ...answer, result: { ...answer.result, value: [...others, ...answer.result.value] } }) };
    }, { methods: ['getProgramAccounts'] });
    await lands(one);
    await isCountedOnce(one);
    await expect.poll(async () => (await clients.metrics.getSingleMetricAsString('doubloon_deposits_unverified')).split(' ').at(-1), patient).toBe('500');
  });
});

describe('a deposit that was counted', () => {
  test('stays so while the node forgets its account', async () => {
    const one = await funded();
    node.hideAccounts({ addresses: [one.deposit], inLists: true });
    await dependency('refunds', 'CHAIN_ANSWER_MALFORMED');
    await finalSlot((await local.chain.slot('processed')) + 5n);
    await lookedAgain('getMultipleAccounts');
    expect(await heldRow(one)).toEqual({ state: 'held', doubted_slot: null });
    await node.heal();
    await expect.poll(() => clients.health.ready(), patient).toMatchObject({ dependencies: { refunds: { ok: true } } });
    expect(await typesOf(home, one.issueId)).toEqual(['offered', 'funded']);
  });

  test('is counted while slots go back', async () => {
    const one = await funded();
    node.claimSlots(-100_000);
    await lookedAgain('getMultipleAccounts');
    expect(await heldRow(one)).toEqual({ state: 'held', doubted_slot: null });
  });
});

// Last in its file: they move the chain's clock.
describe('a deposit that went back', () => {
  test('is not believed to at one look: it may be rolled back', async () => {
    const one = await funded();
    await local.refundAfterDeadline(one.deposit, one.wallet);
    await expect.poll(() => heldRow(one), patient).toMatchObject({ state: 'held', doubted_slot: expect.any(String) as unknown });
    await expect.poll(() => stateOf(clients, one.offerId), patient).toBe(OfferState.REFUNDED);
    await expect.poll(() => typesOf(home, one.issueId), patient).toEqual(['offered', 'funded', 'refunded']);
  });

  test('and was closed while nobody looked leaves the totals, with no claim about where its money went, but not by one index of the node', async () => {
    const one = await funded();
    await node.goAway();
    await local.refundAfterDeadline(one.deposit, one.wallet);
    await expect.poll(async () => decodeDeposit((await local.chain.account(parseAddress(one.deposit), 'confirmed'))?.data ?? new Uint8Array()).state, patient).toBe('refunded');
    const account = await local.chain.account(parseAddress(one.deposit), 'confirmed');
    await local.closeAfterLingering(one.deposit, one.wallet);
    await expect.poll(() => local.chain.account(parseAddress(one.deposit), 'finalized'), patient).toBeUndefined();
    // Its list still shows it, as one that lags does.
    const listed = { pubkey: one.deposit, account: { data: [Buffer.from(account?.data ?? []).toString('base64'), 'base64'], executable: false, lamports: 1, owner: localProgram, rentEpoch: 0 } };
    const end = node.strike((call) => Promise.resolve({ status: 200, body: JSON.stringify({ jsonrpc: '2.0', id: call.id, result: { context: { slot: 1 }, value: [listed] } }) }), { methods: ['getProgramAccounts'] });
    await node.comeBack();
    await expect.poll(() => heldRow(one), patient).toMatchObject({ state: 'held', doubted_slot: expect.any(String) as unknown });
    await finalSlot(BigInt((await heldRow(one))?.doubted_slot ?? 0) + 5n);
    await lookedAgain('getProgramAccounts', 4);
    expect(await heldRow(one)).toMatchObject({ state: 'held' });
    end();
    await expect.poll(() => typesOf(home, one.issueId), patient).toEqual(['offered', 'funded', 'closed']);
  });
});
