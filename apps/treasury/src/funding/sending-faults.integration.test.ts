import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRpcProxy, type RpcProxy } from '@doubloon/dev/rpc-proxy/rpc-proxy.ts';
import { compileTransaction, depositNonce, fundSol, localProgram, parseAddress, signTransaction, transactionSignature, type Signer } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { offered, openHome, openLocalChain, openTreasury, patient, repositoryId, signedFor, stateOf, typesOf, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const { OfferState } = treasury;
const untilTooOld = { ...patient, timeout: 40_000 };
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

interface Signed { readonly offerId: string; readonly issueId: string; readonly wallet: Signer; readonly transaction: Uint8Array; readonly lastValid: bigint }

async function signed(): Promise<Signed> {
  const [{ offerId, issueId }, wallet] = [await offered(clients), await local.wallet()];
  const transaction = await signedFor(clients, offerId, wallet);
  return { offerId, issueId, wallet, transaction, lastValid: (await local.chain.latestBlockhash()).lastValidBlockHeight };
}
const submit = ({ offerId, transaction }: Signed) => clients.web.submitFunding({ offerId, transaction });
const rowOf = async ({ transaction }: Signed) => (await home.database.pool.query<{ state: string; attempts: number; doubted_slot: string | null }>('select state, attempts, doubted_slot from submission where signature = $1', [transactionSignature(transaction)])).rows[0];
const sendsOf = ({ transaction }: Signed): number => node.sent().filter((one) => one === Buffer.from(transaction).toString('base64')).length;
const addressOf = async ({ transaction }: Signed): Promise<string> => (await home.database.pool.query<{ deposit: string }>('select deposit from submission where signature = $1', [transactionSignature(transaction)])).rows[0]?.deposit ?? '';
const deposits = async ({ offerId }: Signed): Promise<number> => (await home.database.pool.query('select from deposit where offer_id = $1', [offerId])).rowCount ?? 0;

/** Funded in the end by these bytes and no others, once, and told so once. */
async function landsOnce(one: Signed, timeout = patient): Promise<void> {
  await expect.poll(() => stateOf(clients, one.offerId), timeout).toBe(OfferState.FUNDED);
  await expect.poll(() => typesOf(home, one.issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  expect(await deposits(one)).toBe(1);
  const { rows } = await home.database.pool.query('select signature from submission where offer_id = $1', [one.offerId]);
  expect(rows).toEqual([{ signature: transactionSignature(one.transaction) }]);
  await expect.poll(async () => (await rowOf(one))?.state, patient).toBe('finalized');
}

describe('a send whose result is not known', () => {
  test.each(['error', 'bad-gateway', 'silence'] as const)('landed, and was answered with %s: it is looked up, and funds once', async (how) => {
    const one = await signed();
    node.loseSendAnswers(how, 1);
    await submit(one);
    await landsOnce(one);
  });

  test('is looked up before it is sent again', async () => {
    const one = await signed();
    const order: string[] = [];
    node.strike((call, forward) => { order.push(call.method); return forward(); }, { methods: ['sendTransaction', 'getSignatureStatuses'] });
    node.loseSendAnswers('error', 1);
    await submit(one);
    await landsOnce(one);
    expect(order.slice(0, 3)).toEqual(['getSignatureStatuses', 'sendTransaction', 'getSignatureStatuses']);
  });

  test('was dropped, again and again: the same bytes are sent until they land', async () => {
    const one = await signed();
    node.dropSends(3);
    await submit(one);
    await landsOnce(one);
    expect(sendsOf(one)).toBeGreaterThanOrEqual(4);
  });

  test('hung until its connection was cut', async () => {
    const one = await signed();
    node.answerNever({ methods: ['sendTransaction'], times: 1 });
    await submit(one);
    await expect.poll(() => sendsOf(one), patient).toBe(1);
    await node.cut();
    await landsOnce(one);
  });
});

describe('a node that can’t', () => {
  /** Each strikes two calls: a call counts for all faults, and the newest is met. */
  const inTurn = <K>(kinds: readonly K[], strike: (kind: K, times: number) => unknown): void => { for (const [index, kind] of kinds.entries()) strike(kind, 2 * (kinds.length - index)); };
  // Several at once, each of which meets some of it: what is waited for is the chain, and all of it passes.
  const several = async (many: number, strike: () => void): Promise<number> => {
    const all = await Promise.all(Array.from({ length: many }, signed));
    strike();
    await Promise.all(all.map(submit));
    await Promise.all(all.map((one) => landsOnce(one)));
    return all.reduce((sum, one) => sum + sendsOf(one), 0);
  };

  test('take a transaction, whatever it says of that, gets it again', async () => {
    const kinds = ['behind', 'rate-limited', 'internal', 'bad-gateway'] as const;
    const sends = await several(kinds.length, () => { inTurn(kinds, (kind, times) => node.answerError(kind, { methods: ['sendTransaction'], times })); });
    expect(sends).toBeGreaterThanOrEqual(3 * kinds.length);
  });

  test.each(['not-json', 'wrong-id', 'wrong-shape', 'truncated', 'huge'] as const)('say what became of one (%s) is asked again', async (kind) => {
    const one = await signed();
    node.answerRubbish(kind, { methods: ['getSignatureStatuses'], times: kind === 'huge' ? 1 : 2 });
    await submit(one);
    await landsOnce(one);
  });

  test('say whether it took one, but only rubbish, is asked what became of it', async () => {
    const kinds = ['not-json', 'wrong-id', 'wrong-shape', 'truncated'] as const;
    const sends = await several(kinds.length, () => { inTurn(kinds, (kind, times) => node.answerRubbish(kind, { methods: ['sendTransaction'], times })); });
    expect(sends).toBeGreaterThanOrEqual(2 * kinds.length);
  });

  test('answer in time is waited for', async () => {
    const one = await signed();
    node.answerLate(300);
    await submit(one);
    await landsOnce(one);
  });

  test('be reached for a while gets it when it is back', async () => {
    const one = await signed();
    await node.goAway();
    await submit(one);
    await expect.poll(() => clients.health.ready(), patient).toMatchObject({ ok: true, dependencies: { sender: { ok: false, reason: 'CHAIN_UNAVAILABLE' } } });
    expect(await rowOf(one)).toMatchObject({ state: 'recorded' });
    await node.comeBack();
    await landsOnce(one);
  });
});

describe('nothing ends early', () => {
  const pastItsEnd = (one: Signed) => expect.poll(() => local.chain.blockHeight('finalized'), untilTooOld).toBeGreaterThan(one.lastValid + 10n);
  const looked = async (one: Signed, times: number) => {
    const before = (await rowOf(one))?.attempts ?? 0;
    await expect.poll(async () => (await rowOf(one))?.attempts, patient).toBeGreaterThanOrEqual(before + times);
  };

  // It is not final yet when this is done, so that nobody has seen it.
  const hideDeposit = async (one: Signed): Promise<void> => { node.hideAccounts({ addresses: [await addressOf(one)] }); };

  test('by a node that is behind: it landed, and the node has not come as far', async () => {
    const one = await signed();
    await node.beBehind();
    await submit(one);
    await pastItsEnd(one);
    await looked(one, 2);
    expect(await stateOf(clients, one.offerId)).toBe(OfferState.SUBMITTED);
    expect(await rowOf(one)).toMatchObject({ doubted_slot: null });
    await node.heal();
    await landsOnce(one);
  });

  test('by a node that follows some slots behind', async () => {
    const one = await signed();
    await node.beBehind(40);
    await submit(one);
    await landsOnce(one);
  });

  test('by block heights that run ahead: the node would still take its blockhash', async () => {
    const one = await signed();
    node.claimBlockHeights(10_000);
    node.dropSends();
    await submit(one);
    await expect.poll(() => node.calls('isBlockhashValid'), patient).toBeGreaterThanOrEqual(3);
    expect(await rowOf(one)).toMatchObject({ doubted_slot: null });
    await node.heal();
    await landsOnce(one);
  });

  test('by a node that claims its blockhash has expired', async () => {
    const one = await signed();
    node.claimExpired();
    await submit(one);
    await expect.poll(() => sendsOf(one), patient).toBeGreaterThanOrEqual(3);
    expect(await stateOf(clients, one.offerId)).toBe(OfferState.SUBMITTED);
    await node.heal();
    await landsOnce(one);
  });

  test('by a node that forgot its signature: its account is there', async () => {
    const one = await signed();
    node.forgetStatuses();
    await submit(one);
    await landsOnce(one);
    expect(await rowOf(one)).toMatchObject({ doubted_slot: null });
  });

  test('by one look at which signature and account are forgotten', async () => {
    const one = await signed();
    node.forgetStatuses();
    await submit(one);
    await hideDeposit(one);
    await expect.poll(async () => (await rowOf(one))?.doubted_slot, untilTooOld).toEqual(expect.any(String));
    expect(await stateOf(clients, one.offerId)).toBe(OfferState.SUBMITTED);
    await node.heal();
    await landsOnce(one);
    expect(await rowOf(one)).toMatchObject({ doubted_slot: null });
  });

  test('by one look at which it is said to have failed', async () => {
    const one = await signed();
    node.claimStatuses('finalized', { InstructionError: [2, { Custom: 6 }] });
    await submit(one);
    await hideDeposit(one);
    await expect.poll(async () => (await rowOf(one))?.doubted_slot, patient).toEqual(expect.any(String));
    expect(await stateOf(clients, one.offerId)).toBe(OfferState.SUBMITTED);
    await node.heal();
    await landsOnce(one);
  });

  // Anybody can make something stand at an address; what keeps an offer locked is money for it.
  test('but what can no longer land does, at the second look, when the node takes it no more, whatever stands at the address of its deposit', async () => {
    const all = await Promise.all([signed(), signed(), signed()]);
    const [nothing, lamports, otherTerms] = all;
    node.dropSends();
    await Promise.all(all.map(submit));
    await local.localnet.faucet.airdrop(parseAddress(await addressOf(lamports)), 1_000_000n);
    const [{ blockhash }, time] = [await local.chain.latestBlockhash(), await local.chain.time()];
    const { issueId, wallet, offerId } = otherTerms;
    const instruction = fundSol({ program: localProgram, operator: local.operator, repositoryId, issueId, funder: wallet.address, nonce: depositNonce(offerId), amount: 1_000_000n, deadline: time + 90n * 86_400n, withRelayer: true });
    await local.chain.send(signTransaction(compileTransaction({ payer: wallet.address, blockhash, instructions: [instruction] }), [wallet]));
    for (const one of [lamports, otherTerms]) {
      const address = parseAddress(await addressOf(one));
      await expect.poll(() => local.chain.account(address, 'finalized'), patient).toBeDefined();
    }
    await expect.poll(async () => (await rowOf(nothing))?.doubted_slot, { ...untilTooOld, interval: 20 }).toEqual(expect.any(String));
    for (const one of all) {
      await expect.poll(() => stateOf(clients, one.offerId), untilTooOld).toBe(OfferState.OFFERED);
      await expect.poll(() => typesOf(home, one.issueId), patient).toEqual(['offered', 'submitted', 'submission-expired']);
    }
    expect(await local.chain.signatureStatuses([transactionSignature(nothing.transaction)], { searchHistory: true })).toEqual([undefined]);
  });
});

describe('what a node says of signatures proves nothing', () => {
  test('final, it never came: it is not counted, and sent again when the node knows nothing of it', async () => {
    const one = await signed();
    const endDrops = node.dropSends();
    const endClaims = node.claimStatuses('finalized');
    await submit(one);
    await expect.poll(async () => (await rowOf(one))?.state, patient).toBe('finalized');
    expect([await stateOf(clients, one.offerId), await deposits(one)]).toEqual([OfferState.SUBMITTED, 0]);
    endClaims();
    endDrops();
    await landsOnce(one);
  });

  test('confirmed, it was rolled back: it is not counted, and sent again', async () => {
    const one = await signed();
    const endDrops = node.dropSends();
    const endClaims = node.claimStatuses('confirmed');
    await submit(one);
    await expect.poll(async () => (await rowOf(one))?.state, patient).toBe('confirmed');
    expect([await stateOf(clients, one.offerId), await deposits(one)]).toEqual([OfferState.SUBMITTED, 0]);
    endClaims();
    await expect.poll(async () => (await rowOf(one))?.state, patient).toBe('sent');
    endDrops();
    await landsOnce(one);
  });
});

test('a node that serves another chain in mid-run is sent nothing, not believed about what was signed, and nothing is built on it', async () => {
  const one = await signed();
  const { offerId } = await offered(clients);
  const wallet = await local.wallet();
  node.claimGenesis(otherGenesis);
  // What another chain knows of blockhashes and heights says nothing about what was signed for ours.
  node.claimExpired();
  node.claimBlockHeights(10_000);
  await submit(one);
  await expect.poll(() => clients.health.ready(), patient).toMatchObject({ ok: true, dependencies: { sender: { ok: false, reason: 'GENESIS_MISMATCH' } } });
  expect(sendsOf(one)).toBe(0);
  await expect(clients.web.buildFunding({ offerId, wallet: wallet.address })).rejects.toMatchObject({ code: 'GENESIS_MISMATCH' });
  await node.heal();
  await landsOnce(one);
});

test('the metrics tell of what is open, of the node’s failures, and of what became of it', async () => {
  const read = async (): Promise<(name: string) => number> => {
    const lines = (await clients.metrics.metrics()).replaceAll(/,?app="treasury"/g, '').split('\n');
    return (name) => Number(lines.find((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{} `))?.split(' ').at(-1) ?? Number.NaN);
  };
  const one = await signed();
  const before = await read();
  await node.goAway();
  await submit(one);
  await expect.poll(async () => (await read())('doubloon_submissions{state="unknown"}'), patient).toBe(1);
  await expect.poll(async () => (await read())('doubloon_rounds_total{round="sender",outcome="CHAIN_UNAVAILABLE"}'), patient).toBeGreaterThan(0);
  const away = await read();
  expect(away('doubloon_chain_failures_total{code="CHAIN_UNAVAILABLE"}')).toBeGreaterThan(before('doubloon_chain_failures_total{code="CHAIN_UNAVAILABLE"}') || 0);
  await expect.poll(async () => (await read())('doubloon_round_age_seconds{round="sender"}'), patient).toBeGreaterThan(1);
  await node.comeBack();
  await landsOnce(one);
  await expect.poll(async () => (await read())('doubloon_submissions_settled_total{outcome="landed"}'), patient).toBe((before('doubloon_submissions_settled_total{outcome="landed"}') || 0) + 1);
  await expect.poll(async () => (await read())('doubloon_submissions{state="unknown"}'), patient).toBe(0);
  const after = await read();
  expect(after('doubloon_deposits_credited_total')).toBe(before('doubloon_deposits_credited_total') + 1);
  expect(after('doubloon_submissions{state="final"}')).toBe(0);
  await expect.poll(async () => (await read())('doubloon_round_age_seconds{round="sender"}'), patient).toBeLessThan(1);
});
